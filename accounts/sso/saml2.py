"""SAML 2.0: our signed request, and what we demand of the answer beyond python3-saml (SAM-07 to SAM-14, SSO-17)."""

import base64
from collections.abc import Mapping

import xmlsec
from django.utils import timezone
from lxml import etree
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from . import assertion, prefilter
from .agreement import Agreement, current_agreement, library_settings
from .identity import Identity, Refused
from .prefilter import ASSERTION, ASSERTION_TAG, PROTOCOL, SIGNATURE_TAG

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


class _Request(OneLogin_Saml2_Authn_Request):  # type: ignore[misc]
    """The library's request with an id of ours: its own has less than 128 random bits (SSO-04)."""

    def __init__(self, built: OneLogin_Saml2_Settings, request_id: str) -> None:
        self._chosen = request_id
        super().__init__(built, set_nameid_policy=False)

    def _generate_request_id(self) -> str:
        return self._chosen


class Saml2:
    """The SAML 2.0 side of the adapter."""

    def __init__(self) -> None:
        self._agreement = current_agreement()

    def address_for(self, request_id: str) -> str:
        built = library_settings(self._agreement)
        message = _Request(built, request_id).get_request()
        query = {"SAMLRequest": message, "SigAlg": OneLogin_Saml2_Constants.RSA_SHA256}
        signed = "&".join(f"{name}={OneLogin_Saml2_Utils.escape_url(value)}" for name, value in query.items())
        signature = OneLogin_Saml2_Utils.sign_binary(
            signed, built.get_sp_key(), xmlsec.constants.TransformRsaSha256, built.is_debug_active()
        )
        encoded = OneLogin_Saml2_Utils.escape_url(base64.b64encode(signature).decode())
        joint = "&" if "?" in self._agreement.sso_url else "?"
        return f"{self._agreement.sso_url}{joint}{signed}&Signature={encoded}"

    def metadata(self) -> bytes:
        described: str | bytes = library_settings(self._agreement).get_sp_metadata()
        return described.encode() if isinstance(described, str) else described

    def read(self, form: Mapping[str, str]) -> Identity:
        root = prefilter.look_over(form.get("SAMLResponse", ""))
        signed = _signed_part(root, self._agreement)
        identity = assertion.read(signed, self._agreement, timezone.now())
        _refuse_other_envelope(root, identity, self._agreement)
        self._ask_library(root, identity.request_id)
        return identity

    def _ask_library(self, root: etree._Element, request_id: str) -> None:
        """A second opinion: the schema and the library's own checks, told our fixed address, never the request's."""
        response = OneLogin_Saml2_Response(
            library_settings(self._agreement), base64.b64encode(etree.tostring(root)).decode()
        )
        scheme, _, rest = self._agreement.reply_to.partition("://")
        host, _, path = rest.partition("/")
        where = {"https": "on" if scheme == "https" else "off", "http_host": host, "script_name": f"/{path}"}
        if not response.is_valid(where, request_id=request_id):
            raise Refused("library_refused")


def _signed_part(root: etree._Element, agreement: Agreement) -> etree._Element:
    """The assertion as it was signed, parsed anew from the very bytes the signature covers (SSO-17, SAM-07)."""
    node = root.find(ASSERTION_TAG)
    if node is None:
        raise Refused("no_assertion")
    _verify(node, agreement)
    if root.find(SIGNATURE_TAG) is not None:
        _verify(root, agreement)
    canonical = etree.tostring(node, method="c14n", exclusive=True, with_comments=False)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(canonical, parser)


def _verify(node: etree._Element, agreement: Agreement) -> None:
    """The node's own signature under a pinned certificate; a key named in the message is not looked at (SSO-02)."""
    signature = node.find(SIGNATURE_TAG)
    if signature is None:
        raise Refused("assertion_not_signed")
    for certificate in agreement.provider_certificates:
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
        context.register_id(node, "ID", None)
        try:
            context.verify(signature)
        except xmlsec.Error:
            continue
        return
    raise Refused("signature_invalid")


def _refuse_other_envelope(root: etree._Element, identity: Identity, agreement: Agreement) -> None:
    """SAM-08, SAM-10, SAM-11 on the Response: success, ours, answering the request named in the signed part."""
    codes = root.findall(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    if root.get("Version") != "2.0" or [code.get("Value") for code in codes] != [SUCCESS]:
        raise Refused("status_not_success")
    if root.get("Destination") != agreement.reply_to:
        raise Refused("wrong_destination")
    if root.get("InResponseTo") != identity.request_id:
        raise Refused("other_request")
    issuers = root.findall(f"{{{ASSERTION}}}Issuer")
    if any(assertion.text_of(issuer) != agreement.provider for issuer in issuers) or len(issuers) > 1:
        raise Refused("wrong_issuer")
    if not _is_recent(root.get("IssueInstant", "")):
        raise Refused("stale")


def _is_recent(instant: str) -> bool:
    issued = assertion.moment_of(instant)
    age = timezone.now() - issued
    return -assertion.SKEW <= age <= assertion.OLDEST + assertion.SKEW
