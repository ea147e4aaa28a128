"""WS-Federation, passive: our request, and the envelope of the answer; the token in it is read by `saml1` (WSF-01 to WSF-06)."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from django.utils import timezone
from lxml import etree

from . import documents, encryption, saml1, signatures
from .agreement import Agreement, current_agreement
from .documents import local, only, space, text_of
from .identity import Identity, Refused, message_id
from .protocol import Farewell, SignedOut, Word
from .saml1 import ASSERTION, ASSERTION_TAG

SIGN_IN, SIGN_OUT, CLEAN_UP = "wsignin1.0", "wsignout1.0", "wsignoutcleanup1.0"
TRUST = {"http://docs.oasis-open.org/ws-sx/ws-trust/200512", "http://schemas.xmlsoap.org/ws/2005/02/trust"}
POLICY = "http://schemas.xmlsoap.org/ws/2004/09/policy"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
OLD_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
FEDERATION = "http://docs.oasis-open.org/wsfed/federation/200706"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"

_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity"
_VOCABULARY = {
    *TRUST,
    *signatures.VOCABULARY,
    ASSERTION,
    POLICY,
    ADDRESSING,
    OLD_ADDRESSING,
    f"{_SECURITY}-utility-1.0.xsd",
    f"{_SECURITY}-secext-1.0.xsd",
}
_EPR, _ADDRESS = f"{{{ADDRESSING}}}EndpointReference", f"{{{ADDRESSING}}}Address"
_TOKEN_TYPES = {
    "urn:oasis:names:tc:SAML:1.0:assertion",
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
}


class WsFederation:
    """The WS-Federation side of the adapter."""

    def __init__(self) -> None:
        self._agreement = current_agreement()

    def address_for(self, request_id: str, *, again: bool = False) -> str:
        """WSF-01: everything in the request is fixed but the one-time state; `wfresh=0` asks for the means anew."""
        asked = {
            "wa": SIGN_IN,
            "wtrealm": self._agreement.portal,
            "wreply": self._agreement.reply_to,
            "wctx": request_id,
            "wct": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return _with_query(self._agreement.sso_url, asked | ({"wfresh": "0"} if again else {}))

    def read(self, form: Mapping[str, str]) -> Identity:
        """WSF-02: `wctx` is not signed; it only names a request, which this browser must still show to be its own."""
        if form.get("wa") != SIGN_IN:
            raise Refused("not_a_sign_in")
        response = look_over(form.get("wresult", ""), self._agreement)
        _refuse_other_realm(response, self._agreement)
        signed = signatures.verified(_token(response), "AssertionID", self._agreement.provider_certificates)
        return saml1.read(signed, self._agreement, message_id(form.get("wctx", "")), timezone.now())

    def metadata(self) -> bytes:
        """Our realm and the one address answers go to."""
        xsi = "http://www.w3.org/2001/XMLSchema-instance"
        root = etree.Element(f"{{{METADATA}}}EntityDescriptor", nsmap={None: METADATA, "fed": FEDERATION, "xsi": xsi})
        root.set("entityID", self._agreement.portal)
        role = etree.SubElement(root, f"{{{METADATA}}}RoleDescriptor", protocolSupportEnumeration=FEDERATION)
        role.set(f"{{{xsi}}}type", "fed:ApplicationServiceType")
        for name, value in (
            ("TargetScopes", self._agreement.portal),
            ("PassiveRequestorEndpoint", self._agreement.reply_to),
        ):
            reference = etree.SubElement(
                etree.SubElement(role, f"{{{FEDERATION}}}{name}"), _EPR, nsmap={"wsa": ADDRESSING}
            )
            etree.SubElement(reference, _ADDRESS).text = value
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def sign_out_address(self, signed_out: SignedOut) -> str:  # noqa: ARG002 - this protocol names nobody
        """WSF-10: where to send a person who has left us, so that they leave the provider too."""
        if not self._agreement.slo_url:
            return ""
        asked = {"wa": SIGN_OUT, "wtrealm": self._agreement.portal, "wreply": self._agreement.signed_out_at}
        return _with_query(self._agreement.slo_url, asked)

    def read_farewell(self, raw_query: str) -> Farewell:
        """WSF-10: a clean-up names nobody and may be forged; without `wa` the person comes back from the provider."""
        asked = parse_qs(raw_query).get("wa", [])
        if not asked:
            return Farewell(Word.RETURN)
        if asked != [CLEAN_UP]:
            raise Refused("not_a_sign_out")
        return Farewell(Word.CLEAN_UP)

    def farewell_answer(self, farewell: Farewell) -> str:  # noqa: ARG002
        """Nobody waits for one."""
        return ""


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def look_over(wresult: str, agreement: Agreement) -> etree._Element:
    """WSF-03, WSF-04: one answer with one token, an Assertion that bears the document's only signature."""
    if len(wresult) > documents.LARGEST_FORM:
        raise Refused("too_large")
    root = documents.parse(wresult.encode("utf-8", "surrogatepass"))
    response = _only_response(root)
    trust = space(response.tag)
    requested = only(response, f"{{{trust}}}RequestedSecurityToken")
    if agreement.takes_encrypted:
        encryption.open_child(requested, agreement.key)
    _refuse_odd_structure(root, requested)
    for kind in response.findall(f"{{{trust}}}TokenType"):
        if text_of(kind) not in _TOKEN_TYPES:
            raise Refused("other_token_type")
    signatures.look_over(root, {ASSERTION_TAG: "AssertionID"})
    return response


def _only_response(root: etree._Element) -> etree._Element:
    """The response itself, or the only one in its collection."""
    if space(root.tag) not in TRUST:
        raise Refused("not_a_response")
    if local(root.tag) == "RequestSecurityTokenResponse":
        return root
    if local(root.tag) != "RequestSecurityTokenResponseCollection":
        raise Refused("not_a_response")
    if len(root) != 1 or root[0].tag != f"{{{space(root.tag)}}}RequestSecurityTokenResponse":
        raise Refused("nested_response")
    return root[0]


def _refuse_odd_structure(root: etree._Element, requested: etree._Element) -> None:
    tags = [str(element.tag) for element in root.iter()]
    for name, reason in (
        ("RequestSecurityTokenResponse", "nested_response"),
        ("RequestedSecurityToken", "several_tokens"),
    ):
        if sum(local(tag) == name for tag in tags) != 1:
            raise Refused(reason)
    if sum(local(tag) in {"Assertion", "EncryptedAssertion"} for tag in tags) > 1:
        raise Refused("several_assertions")
    if [child.tag for child in requested] != [ASSERTION_TAG]:
        raise Refused("other_token_type" if len(requested) else "no_assertion")
    if any(space(tag) not in _VOCABULARY for tag in tags):
        raise Refused("foreign_vocabulary")
    documents.refuse_doubled_ids(root, "id", "assertionid")


def _token(response: etree._Element) -> etree._Element:
    requested = only(response, f"{{{space(response.tag)}}}RequestedSecurityToken")
    return only(requested, ASSERTION_TAG)


def _refuse_other_realm(response: etree._Element, agreement: Agreement) -> None:
    """WSF-06: the envelope need not say for whom it is; where it does, it is for us."""
    stated = response.findall(f"{{{POLICY}}}AppliesTo")
    if not stated:
        return
    if len(stated) > 1 or len(stated[0]) != 1 or space(stated[0][0].tag) not in {ADDRESSING, OLD_ADDRESSING}:
        raise Refused("wrong_realm")
    addressing = space(stated[0][0].tag)
    reference = only(stated[0], f"{{{addressing}}}EndpointReference")
    if text_of(only(reference, f"{{{addressing}}}Address")) != agreement.portal:
        raise Refused("wrong_realm")
