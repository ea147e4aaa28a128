"""SAML 2.0, the provider's side: HTTP-Redirect requests verified, HTTP-POST answers signed twice, single logout."""

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from standins.sso.identity import CLAIMS, IVIS, MARK, Answer, Identity, Means, Opened, SignInRequest
from standins.sso.signing import RSA_SHA256, Signer, opened, sealed
from standins.web import RefusedError

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
NS = {"p": P, "a": A}
SUCCESS, RESPONDER, AUTHN_FAILED = (
    f"urn:oasis:names:tc:SAML:2.0:status:{name}" for name in ("Success", "Responder", "AuthnFailed")
)
LIFE = timedelta(minutes=4)
OLDEST_REQUEST = timedelta(minutes=10)
LARGEST_REQUEST = 64 * 1024


@dataclass(frozen=True)
class Partner:
    """The portal as it was registered with the provider; nothing of it is taken from a message."""

    entity_id: str
    reply_to: str
    cert_file: Path
    signed_out_at: str = ""
    wants_sealed: bool = False


@dataclass(frozen=True)
class Provider:
    """This sign-on: its names, its keys, and the one portal it serves."""

    entity_id: str
    sso_url: str
    slo_url: str
    signer: Signer
    partner: Partner

    # --- requests ---------------------------------------------------------

    def read_request(self, raw_query: str) -> SignInRequest:
        """A signed, fresh AuthnRequest of our partner; anything else raises RefusedError."""
        root = self._read_redirect(raw_query, "SAMLRequest", "AuthnRequest", self.sso_url)
        reply_to = root.get("AssertionConsumerServiceURL", self.partner.reply_to)
        if reply_to != self.partner.reply_to:
            raise RefusedError("AssertionConsumerServiceURL nav reģistrēts.")
        means = [
            text.strip() for text in root.xpath("p:RequestedAuthnContext/a:AuthnContextClassRef/text()", namespaces=NS)
        ]
        return SignInRequest(root.get("ID", ""), reply_to, _relay_state(raw_query), tuple(means))

    def read_sign_out(self, raw_query: str) -> tuple[str, str]:
        """The session that a signed LogoutRequest ends, and where our answer goes; "" when the partner registered none."""
        root = self._read_redirect(raw_query, "SAMLRequest", "LogoutRequest", self.slo_url)
        index = root.findtext(f"{{{P}}}SessionIndex", "").strip()
        if self._name(root) == "":
            raise RefusedError("Pieprasījumā nav personas.")
        if not self.partner.signed_out_at:
            return index, ""
        response = self._envelope("LogoutResponse", self.partner.signed_out_at)
        response.set("InResponseTo", root.get("ID", ""))
        _status(response, SUCCESS)
        return index, self._redirect("SAMLResponse", response, _relay_state(raw_query))

    def _name(self, root: etree._Element) -> str:
        """Whom a LogoutRequest names, in clear or for our eyes only."""
        hidden = root.find(f"{{{A}}}EncryptedID")
        if hidden is None:
            return root.findtext(f"{{{A}}}NameID", "").strip()
        return (opened(hidden[0], self.signer.pairs()).text or "").strip()

    def read_sign_out_answer(self, raw_query: str) -> bool:
        """Whether the portal, asked to end a session, says that it did."""
        root = self._read_redirect(raw_query, "SAMLResponse", "LogoutResponse", self.slo_url)
        code = root.find(f"{{{P}}}Status/{{{P}}}StatusCode")
        return code is not None and code.get("Value") == SUCCESS

    def sign_out_request(self, session: Opened) -> str:
        """Where the browser takes our request to end this session at the portal."""
        root = self._envelope("LogoutRequest", self.partner.signed_out_at)
        root.set("NotOnOrAfter", _stamp(_now() + LIFE))
        _add(root, "NameID", session.name_id, Format=session.name_format)
        etree.SubElement(root, f"{{{P}}}SessionIndex").text = session.index
        return self._redirect("SAMLRequest", root, "")

    def _redirect(self, name: str, root: etree._Element, relay_state: str) -> str:
        fields = {name: base64.b64encode(zlib.compress(etree.tostring(root), 9)[2:-4]).decode()}
        fields |= {"RelayState": relay_state} if relay_state else {}
        return self.signer.signed_address(self.partner.signed_out_at, fields)

    def _read_redirect(self, raw_query: str, name: str, kind: str, destination: str) -> etree._Element:
        self._verify_signature(raw_query, name)
        try:
            packed = base64.b64decode(parse_qs(raw_query)[name][0], validate=True)
            inflater = zlib.decompressobj(-15)
            document = inflater.decompress(packed, LARGEST_REQUEST)
            if inflater.unconsumed_tail:
                raise RefusedError("Pieprasījums ir pārāk liels.")
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
            root = etree.fromstring(document, parser)
        except (binascii.Error, zlib.error, etree.XMLSyntaxError) as error:
            raise RefusedError("Pieprasījumu nevar izlasīt.") from error
        if root.getroottree().docinfo.doctype or root.tag != f"{{{P}}}{kind}":
            raise RefusedError("Pieprasījums nav tāds, kādu šeit gaida.")
        if root.findtext(f"{{{A}}}Issuer", "").strip() != self.partner.entity_id:
            raise RefusedError("Pieprasījuma sūtītājs nav reģistrēts.")
        if root.get("Destination") != destination:
            raise RefusedError("Pieprasījums adresēts citam.")
        refuse_stale(root.get("IssueInstant", ""))
        return root

    def _verify_signature(self, raw_query: str, name: str) -> None:
        """HTTP-Redirect binding: the signature covers the query as it was sent, byte for byte."""
        parts = dict(part.partition("=")[::2] for part in raw_query.split("&"))
        raw = {key: value for key, value in parts.items() if key in {name, "RelayState", "SigAlg"}}
        decoded = {key: values[0] for key, values in parse_qs(raw_query).items()}
        if not {name, "SigAlg"} <= raw.keys() or not decoded.get("Signature"):
            raise RefusedError("Pieprasījums nav parakstīts.")
        if decoded["SigAlg"] != RSA_SHA256:
            raise RefusedError("Paraksta algoritms nav atļauts.")
        signed = "&".join(f"{key}={raw[key]}" for key in (name, "RelayState", "SigAlg") if key in raw)
        public = x509.load_pem_x509_certificate(self.partner.cert_file.read_bytes()).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        try:
            signature = base64.b64decode(decoded["Signature"], validate=True)
            public.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error) as error:
            raise RefusedError("Pieprasījuma paraksts neder.") from error

    # --- answers ----------------------------------------------------------

    def answer(self, request: SignInRequest, identity: Identity, means: Means) -> Answer:
        """Assertion and response, each signed by our key; the assertion sealed where the portal wants it so."""
        session = Opened(identity.name_id, identity.name_format, _new_id())
        response = self._answering(request)
        _status(response, SUCCESS)
        assertion = self._assertion(request, identity, means, session)
        self._sign(assertion)
        if self.partner.wants_sealed:
            _add(response, "EncryptedAssertion").append(sealed(assertion, self.partner.cert_file))
        else:
            response.append(assertion)
        self._sign(response)
        return self._post(request, response, session)

    def refusal(self, request: SignInRequest) -> Answer:
        """The person did not want to: a signed answer without an assertion."""
        response = self._answering(request)
        _status(response, RESPONDER, AUTHN_FAILED)
        self._sign(response)
        return self._post(request, response, None)

    def _post(self, request: SignInRequest, response: etree._Element, session: Opened | None) -> Answer:
        fields = {"SAMLResponse": base64.b64encode(etree.tostring(response)).decode()}
        return Answer(request.reply_to, fields | ({"RelayState": request.state} if request.state else {}), session)

    def _sign(self, node: etree._Element) -> None:
        self.signer.sign(node, after=node.find(f"{{{A}}}Issuer"))

    def _answering(self, request: SignInRequest) -> etree._Element:
        root = self._envelope("Response", request.reply_to)
        root.set("InResponseTo", request.id)
        return root

    def _envelope(self, kind: str, destination: str) -> etree._Element:
        root = etree.Element(f"{{{P}}}{kind}", nsmap={"samlp": P, "saml": A})
        root.set("ID", _new_id())
        root.set("Version", "2.0")
        root.set("IssueInstant", _stamp(_now()))
        root.set("Destination", destination)
        etree.SubElement(root, f"{{{A}}}Issuer").text = self.entity_id
        return root

    def _assertion(self, request: SignInRequest, identity: Identity, means: Means, session: Opened) -> etree._Element:
        now, until = _now(), _now() + LIFE
        assertion = etree.Element(f"{{{A}}}Assertion", nsmap={"saml": A, "xs": "http://www.w3.org/2001/XMLSchema"})
        assertion.set("ID", _new_id())
        assertion.set("Version", "2.0")
        assertion.set("IssueInstant", _stamp(now))
        _add(assertion, "Issuer", self.entity_id)
        subject = _add(assertion, "Subject")
        _add(subject, "NameID", session.name_id, Format=session.name_format)
        confirmation = _add(subject, "SubjectConfirmation", Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")
        bounds = {"NotOnOrAfter": _stamp(until), "Recipient": request.reply_to, "InResponseTo": request.id}
        _add(confirmation, "SubjectConfirmationData", **bounds)
        conditions = _add(assertion, "Conditions", NotBefore=_stamp(now), NotOnOrAfter=_stamp(until))
        _add(_add(conditions, "AudienceRestriction"), "Audience", self.partner.entity_id)
        identified = _stamp(identity.identified_at())
        statement = _add(assertion, "AuthnStatement", AuthnInstant=identified, SessionIndex=session.index)
        _add(_add(statement, "AuthnContext"), "AuthnContextClassRef", means.name)
        attributes = _add(assertion, "AttributeStatement")
        _attribute(attributes, f"{CLAIMS}/givenname", identity.given_name)
        _attribute(attributes, f"{CLAIMS}/surname", identity.surname)
        for code, is_marked in identity.told_codes():
            _attribute(
                attributes, f"{CLAIMS}/privatepersonalidentifier", code, marked_by=self.entity_id if is_marked else ""
            )
        _attribute(attributes, f"{IVIS}/citizenQAALevel", str(identity.level(means)))
        return assertion


def _relay_state(raw_query: str) -> str:
    return parse_qs(raw_query).get("RelayState", [""])[0]


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{A}}}{name}", attributes)
    child.text = text
    return child


def _attribute(statement: etree._Element, name: str, value: str, *, marked_by: str = "") -> None:
    node = _add(statement, "Attribute", Name=name, NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri")
    if marked_by:
        node.set(MARK, marked_by)
    _add(node, "AttributeValue", value)


def _status(response: etree._Element, *codes: str) -> None:
    place = etree.SubElement(response, f"{{{P}}}Status")
    for code in codes:
        place = etree.SubElement(place, f"{{{P}}}StatusCode", Value=code)


def refuse_stale(instant: str) -> None:
    """A request's own moment is at most ten minutes off."""
    try:
        issued = datetime.fromisoformat(instant)
        is_fresh = abs(_now() - issued) <= OLDEST_REQUEST
    except (ValueError, TypeError):
        is_fresh = False
    if not is_fresh:
        raise RefusedError("Pieprasījums ir novecojis.")


def _new_id() -> str:
    return f"_{secrets.token_hex(20)}"


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
