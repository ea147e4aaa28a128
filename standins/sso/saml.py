"""SAML 2.0, the provider's side: HTTP-Redirect requests verified, HTTP-POST answers signed twice."""

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from standins.sso.identity import Answer, Identity, Means, SignInRequest
from standins.web import RefusedError

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
NS = {"p": P, "a": A}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SUCCESS, RESPONDER, AUTHN_FAILED = (
    f"urn:oasis:names:tc:SAML:2.0:status:{name}" for name in ("Success", "Responder", "AuthnFailed")
)
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
MARK = "http://schemas.xmlsoap.org/ws/2009/09/identity/claims"
LEVEL = "http://ivis.eps.gov.lv/schema/identity/claims/citizenQAALevel"
NAME_ID_FORMAT = "urn:ivis:100001:name.id-viss"
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


@dataclass(frozen=True)
class Provider:
    """This sign-on: its names, its key pair, and the one portal it serves."""

    entity_id: str
    sso_url: str
    slo_url: str
    key_file: Path
    cert_file: Path
    partner: Partner

    # --- requests ---------------------------------------------------------

    def read_request(self, raw_query: str) -> SignInRequest:
        """A signed, fresh AuthnRequest of our partner; anything else raises RefusedError."""
        root = self._read_redirect(raw_query, "SAMLRequest", f"{{{P}}}AuthnRequest", self.sso_url)
        reply_to = root.get("AssertionConsumerServiceURL", self.partner.reply_to)
        if reply_to != self.partner.reply_to:
            raise RefusedError("AssertionConsumerServiceURL nav reģistrēts.")
        means = [
            text.strip() for text in root.xpath("p:RequestedAuthnContext/a:AuthnContextClassRef/text()", namespaces=NS)
        ]
        relay_state = parse_qs(raw_query).get("RelayState", [""])[0]
        return SignInRequest(root.get("ID", ""), reply_to, relay_state, tuple(means))

    def read_sign_out(self, raw_query: str) -> str:
        """The address to send the browser to after a signed LogoutRequest; "" when the partner registered none."""
        root = self._read_redirect(raw_query, "SAMLRequest", f"{{{P}}}LogoutRequest", self.slo_url)
        if not self.partner.signed_out_at:
            return ""
        response = self._envelope("LogoutResponse", root.get("ID", ""), self.partner.signed_out_at)
        _status(response, SUCCESS)
        packed = zlib.compress(etree.tostring(response), 9)[2:-4]
        fields = {"SAMLResponse": base64.b64encode(packed).decode()}
        if relay_state := parse_qs(raw_query).get("RelayState", [""])[0]:
            fields["RelayState"] = relay_state
        query = urlencode(fields | {"SigAlg": RSA_SHA256}, quote_via=quote, safe="")
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{self.partner.signed_out_at}?{query}&Signature={quote(base64.b64encode(signature), safe='')}"

    def _read_redirect(self, raw_query: str, name: str, tag: str, destination: str) -> etree._Element:
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
        if root.getroottree().docinfo.doctype or root.tag != tag:
            raise RefusedError("Pieprasījums nav tāds, kādu šeit gaida.")
        if root.findtext(f"{{{A}}}Issuer", "").strip() != self.partner.entity_id:
            raise RefusedError("Pieprasījuma sūtītājs nav reģistrēts.")
        if root.get("Destination") != destination:
            raise RefusedError("Pieprasījums adresēts citam.")
        _refuse_stale(root.get("IssueInstant", ""))
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
        """Assertion and response, each signed by our key."""
        response = self._envelope("Response", request.id, request.reply_to)
        _status(response, SUCCESS)
        assertion = self._assertion(request, identity, means)
        self.sign(assertion)
        response.append(assertion)
        self.sign(response)
        return self.post(request, response)

    def refusal(self, request: SignInRequest) -> Answer:
        """The person did not want to: a signed answer without an assertion."""
        response = self._envelope("Response", request.id, request.reply_to)
        _status(response, RESPONDER, AUTHN_FAILED)
        self.sign(response)
        return self.post(request, response)

    def post(self, request: SignInRequest, response: etree._Element) -> Answer:
        fields = {"SAMLResponse": base64.b64encode(etree.tostring(response)).decode()}
        return Answer(request.reply_to, fields | ({"RelayState": request.relay_state} if request.relay_state else {}))

    def sign(self, node: etree._Element) -> None:
        """Enveloped RSA-SHA256 over exclusive c14n, right after the Issuer, as the schema wants it."""
        signature = xmlsec.template.create(
            node, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
        )
        issuer = node.find(f"{{{A}}}Issuer")
        assert issuer is not None
        issuer.addnext(signature)
        reference = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri=f"#{node.get('ID')}")
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(self.key_file), xmlsec.constants.KeyDataFormatPem)
        context.key.load_cert_from_file(str(self.cert_file), xmlsec.constants.KeyDataFormatPem)
        context.register_id(node, "ID")
        context.sign(signature)

    def _envelope(self, kind: str, in_response_to: str, destination: str) -> etree._Element:
        root = etree.Element(f"{{{P}}}{kind}", nsmap={"samlp": P, "saml": A})
        root.set("ID", _new_id())
        root.set("Version", "2.0")
        root.set("IssueInstant", _stamp(_now()))
        root.set("Destination", destination)
        root.set("InResponseTo", in_response_to)
        etree.SubElement(root, f"{{{A}}}Issuer").text = self.entity_id
        return root

    def _assertion(self, request: SignInRequest, identity: Identity, means: Means) -> etree._Element:
        now, until = _now(), _now() + LIFE
        assertion = etree.Element(f"{{{A}}}Assertion", nsmap={"saml": A, "xs": "http://www.w3.org/2001/XMLSchema"})
        assertion.set("ID", _new_id())
        assertion.set("Version", "2.0")
        assertion.set("IssueInstant", _stamp(now))
        _add(assertion, "Issuer", self.entity_id)
        subject = _add(assertion, "Subject")
        _add(subject, "NameID", identity.name_id, Format=NAME_ID_FORMAT)
        confirmation = _add(subject, "SubjectConfirmation", Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")
        bounds = {"NotOnOrAfter": _stamp(until), "Recipient": request.reply_to, "InResponseTo": request.id}
        _add(confirmation, "SubjectConfirmationData", **bounds)
        conditions = _add(assertion, "Conditions", NotBefore=_stamp(now), NotOnOrAfter=_stamp(until))
        _add(_add(conditions, "AudienceRestriction"), "Audience", self.partner.entity_id)
        statement = _add(assertion, "AuthnStatement", AuthnInstant=_stamp(now), SessionIndex=_new_id())
        _add(_add(statement, "AuthnContext"), "AuthnContextClassRef", means.name)
        attributes = _add(assertion, "AttributeStatement")
        _attribute(attributes, f"{CLAIMS}/givenname", identity.given_name)
        _attribute(attributes, f"{CLAIMS}/surname", identity.surname)
        for place, code in enumerate(identity.codes):
            is_marked = place == 0 and identity.is_current_marked and len(identity.codes) > 1
            _attribute(
                attributes, f"{CLAIMS}/privatepersonalidentifier", code, marked_by=self.entity_id if is_marked else ""
            )
        _attribute(attributes, LEVEL, str(means.level))
        return assertion


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{A}}}{name}", attributes)
    child.text = text
    return child


def _attribute(statement: etree._Element, name: str, value: str, *, marked_by: str = "") -> None:
    node = _add(statement, "Attribute", Name=name, NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri")
    if marked_by:
        node.set(f"{{{MARK}}}OriginalIssuer", marked_by)
    _add(node, "AttributeValue", value)


def _status(response: etree._Element, *codes: str) -> None:
    place = etree.SubElement(response, f"{{{P}}}Status")
    for code in codes:
        place = etree.SubElement(place, f"{{{P}}}StatusCode", Value=code)


def _refuse_stale(instant: str) -> None:
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
