"""WS-Federation, passive, the provider's side: unsigned requests of one registered realm, answers with a SAML 1.1 token."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode

from lxml import etree

from standins.sso.identity import CLAIMS, IVIS, MARK, Answer, Identity, Means, Opened, SignInRequest
from standins.sso.saml import Partner, refuse_stale
from standins.sso.signing import Signer, sealed
from standins.web import RefusedError

T = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
S = "urn:oasis:names:tc:SAML:1.0:assertion"
WSP = "http://schemas.xmlsoap.org/ws/2004/09/policy"
WSA = "http://www.w3.org/2005/08/addressing"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
TOKEN_TYPE = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1"
LIFE = timedelta(hours=4)  # as in the state's sample


@dataclass(frozen=True)
class SecurityTokenService:
    """This sign-on as it speaks WS-Federation, and the one portal it serves."""

    issuer: str
    signer: Signer
    partner: Partner

    def action(self, raw_query: str) -> str:
        return _asked(raw_query).get("wa", "")

    def read_request(self, raw_query: str) -> SignInRequest:
        """A fresh request of our partner's realm; anything else raises RefusedError."""
        asked = _asked(raw_query)
        if asked.get("wa") != "wsignin1.0":
            raise RefusedError("Pieprasījums nav tāds, kādu šeit gaida.")
        self._refuse_other_realm(asked)
        if asked.get("wreply", self.partner.reply_to) != self.partner.reply_to:
            raise RefusedError("Atbildes adrese nav reģistrēta.")
        if "wct" in asked:
            refuse_stale(asked["wct"])
        return SignInRequest(secrets.token_hex(8), self.partner.reply_to, asked.get("wctx", ""), is_wsfed=True)

    def read_sign_out(self, raw_query: str) -> str:
        """Where the person goes on to after `wsignout1.0`: the registered address, or nowhere."""
        asked = _asked(raw_query)
        self._refuse_other_realm(asked)
        wanted = asked.get("wreply", "")
        if wanted and wanted != self.partner.signed_out_at:
            raise RefusedError("Atgriešanās adrese nav reģistrēta.")
        return wanted

    def clean_up(self) -> str:
        """Where the browser tells the portal to forget it."""
        return f"{self.partner.signed_out_at}?{urlencode({'wa': 'wsignoutcleanup1.0'})}"

    def _refuse_other_realm(self, asked: dict[str, str]) -> None:
        if asked.get("wtrealm") != self.partner.entity_id:
            raise RefusedError("Pieprasījuma sūtītājs nav reģistrēts.")

    def answer(self, request: SignInRequest, identity: Identity, means: Means) -> Answer:
        """One token in a collection of one; the token is signed, the envelope never is."""
        assertion = self._assertion(identity, means)
        self.signer.sign(assertion, id_name="AssertionID")
        if self.partner.wants_sealed:
            assertion = sealed(assertion, self.partner.cert_file)
        root = etree.Element(f"{{{T}}}RequestSecurityTokenResponseCollection", nsmap={"trust": T})
        response = _add(root, T, "RequestSecurityTokenResponse")
        lifetime = _add(response, T, "Lifetime")
        _add(lifetime, WSU, "Created", _stamp(_now()))
        _add(lifetime, WSU, "Expires", _stamp(_now() + LIFE))
        reference = _add(_add(response, WSP, "AppliesTo"), WSA, "EndpointReference")
        _add(reference, WSA, "Address", self.partner.entity_id)
        _add(response, T, "RequestedSecurityToken").append(assertion)
        _add(response, T, "TokenType", TOKEN_TYPE)
        _add(response, T, "RequestType", f"{T}/Issue")
        _add(response, T, "KeyType", f"{T}/Bearer")
        fields = {"wa": "wsignin1.0", "wresult": etree.tostring(root, encoding="unicode")}
        opened = Opened(identity.name_id, identity.name_format, "")
        return Answer(request.reply_to, fields | ({"wctx": request.state} if request.state else {}), opened)

    def _assertion(self, identity: Identity, means: Means) -> etree._Element:
        now = _now()
        node = etree.Element(f"{{{S}}}Assertion", nsmap={"saml": S})
        node.set("MajorVersion", "1")
        node.set("MinorVersion", "1")
        node.set("AssertionID", f"_{secrets.token_hex(20)}")
        node.set("Issuer", self.issuer)
        node.set("IssueInstant", _stamp(now))
        conditions = _add(node, S, "Conditions", NotBefore=_stamp(now), NotOnOrAfter=_stamp(now + LIFE))
        _add(_add(conditions, S, "AudienceRestrictionCondition"), S, "Audience", self.partner.entity_id)
        attributes = _add(node, S, "AttributeStatement")
        _subject(attributes, identity)
        _claim(attributes, CLAIMS, "givenname", identity.given_name.upper())
        _claim(attributes, CLAIMS, "surname", identity.surname.upper())
        for code, is_marked in identity.told_codes():
            one = _claim(attributes, CLAIMS, "privatepersonalidentifier", code)
            if is_marked:
                one.set(MARK, self.issuer)
        _claim(attributes, IVIS, "citizenQAALevel", str(identity.level(means)))
        statement = _add(
            node,
            S,
            "AuthenticationStatement",
            AuthenticationMethod=means.name,
            AuthenticationInstant=_stamp(identity.identified_at()),
        )
        _subject(statement, identity)
        return node


def _asked(raw_query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(raw_query, max_num_fields=50).items()}


def _subject(statement: etree._Element, identity: Identity) -> None:
    subject = _add(statement, S, "Subject")
    _add(subject, S, "NameIdentifier", identity.name_id, Format=identity.name_format)
    confirmation = _add(subject, S, "SubjectConfirmation")
    _add(confirmation, S, "ConfirmationMethod", "urn:oasis:names:tc:SAML:1.0:cm:bearer")


def _claim(statement: etree._Element, namespace: str, name: str, value: str) -> etree._Element:
    node = _add(statement, S, "Attribute", AttributeName=name, AttributeNamespace=namespace)
    _add(node, S, "AttributeValue", value)
    return node


def _add(parent: etree._Element, space: str, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{space}}}{name}", attributes)
    child.text = text
    return child


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
