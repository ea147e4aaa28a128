"""A sign-on of our own for tests: honest answers, and every part of them can be bent before it is signed."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import xmlsec
from django.test import Client
from lxml import etree

from local.environment import make_pair

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
D = "http://www.w3.org/2000/09/xmldsig#"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
LEVEL = "http://ivis.eps.gov.lv/schema/identity/claims/citizenQAALevel"
MARK = "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
NS = {
    "p": P,
    "a": A,
    "d": D,
    "t": "http://docs.oasis-open.org/ws-sx/ws-trust/200512",
    "s": "urn:oasis:names:tc:SAML:1.0:assertion",
    "x": "http://www.w3.org/2001/04/xmlenc#",
    "wsp": "http://schemas.xmlsoap.org/ws/2004/09/policy",
    "wsa": "http://www.w3.org/2005/08/addressing",
}

PROVIDER = "https://idp.example.lv/saml"
PORTAL = "https://stars.example.lv/sso/metadata"
REPLY_TO = "https://stars.example.lv/sso/acs"
MEANS = ("EID", "SMARTID")

Bend = Callable[[etree._Element], None]


def nothing(_: etree._Element) -> None:
    """Leave it as it is."""


@dataclass(frozen=True)
class Keys:
    """A key and its certificate on disk."""

    key_file: Path
    cert_file: Path

    @classmethod
    def made_in(cls, folder: Path, name: str) -> "Keys":
        keys = cls(folder / f"{name}.key.pem", folder / f"{name}.cert.pem")
        make_pair(keys.key_file, keys.cert_file, name)
        return keys

    def as_xmlsec(self) -> xmlsec.Key:
        key = xmlsec.Key.from_file(str(self.key_file), xmlsec.constants.KeyDataFormatPem)
        key.load_cert_from_file(str(self.cert_file), xmlsec.constants.KeyDataFormatPem)
        return key


@dataclass(frozen=True)
class Answer:
    """What the provider says. `bend_*` change the tree before the signature, `after` the signed Response."""

    request_id: str = "_request"
    name_id: str = "PK:01019012345"
    given_name: str = "Anna"
    surname: str = "Bērziņa"
    codes: tuple[tuple[str, bool], ...] = (("010190-12345", False),)
    means: str = "EID"
    level: str = "4"
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    life: timedelta = timedelta(minutes=4)
    digest: str = "SHA256"
    method: str = "RSA_SHA256"
    sign_response: bool = True
    sign_assertion: bool = True
    seal: Callable[[etree._Element], etree._Element] | None = None  # tests/accounts/sealing.py
    bend_assertion: Bend = nothing
    bend_signature: Bend = nothing
    bend_response: Bend = nothing
    after: Bend = nothing

    def but(self, **changes: object) -> "Answer":
        return replace(self, **changes)  # type: ignore[arg-type]

    def tree(self, keys: Keys) -> etree._Element:
        response = self._response()
        assertion = self._assertion()
        self.bend_assertion(assertion)
        if self.sign_assertion:
            self._sign(assertion, keys)
        if self.seal:
            add(response, A, "EncryptedAssertion").append(self.seal(assertion))
        else:
            response.append(assertion)
        self.bend_response(response)
        if self.sign_response:
            self._sign(response, keys)
        response = etree.fromstring(etree.tostring(response))  # xmlsec's own nodes are not found by name before this
        self.after(response)
        return response

    def posted(self, keys: Keys) -> dict[str, str]:
        return packed(etree.tostring(self.tree(keys)))

    def _response(self) -> etree._Element:
        root = etree.Element(f"{{{P}}}Response", nsmap={"samlp": P, "saml": A})
        for name, value in {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": stamp(self.moment),
            "Destination": REPLY_TO,
            "InResponseTo": self.request_id,
        }.items():
            root.set(name, value)
        add(root, A, "Issuer", PROVIDER)
        add(add(root, P, "Status"), P, "StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Success")
        return root

    def _assertion(self) -> etree._Element:
        until = self.moment + self.life
        node = etree.Element(f"{{{A}}}Assertion", nsmap={"saml": A})
        node.set("ID", new_id())
        node.set("Version", "2.0")
        node.set("IssueInstant", stamp(self.moment))
        add(node, A, "Issuer", PROVIDER)
        subject = add(node, A, "Subject")
        add(subject, A, "NameID", self.name_id)
        bounds = {"NotOnOrAfter": stamp(until), "Recipient": REPLY_TO, "InResponseTo": self.request_id}
        add(add(subject, A, "SubjectConfirmation", Method=BEARER), A, "SubjectConfirmationData", **bounds)
        conditions = add(node, A, "Conditions", NotBefore=stamp(self.moment), NotOnOrAfter=stamp(until))
        add(add(conditions, A, "AudienceRestriction"), A, "Audience", PORTAL)
        statement = add(node, A, "AuthnStatement", AuthnInstant=stamp(self.moment), SessionIndex=new_id())
        add(add(statement, A, "AuthnContext"), A, "AuthnContextClassRef", self.means)
        attributes = add(node, A, "AttributeStatement")
        attribute(attributes, f"{CLAIMS}/givenname", self.given_name)
        attribute(attributes, f"{CLAIMS}/surname", self.surname)
        for code, is_marked in self.codes:
            one = attribute(attributes, f"{CLAIMS}/privatepersonalidentifier", code)
            if is_marked:
                one.set(MARK, PROVIDER)
        attribute(attributes, LEVEL, self.level)
        return node

    def _sign(self, node: etree._Element, keys: Keys) -> None:
        sign(node, keys, digest=self.digest, method=self.method, bend=self.bend_signature)


def sign(
    node: etree._Element,
    keys: Keys,
    *,
    id_name: str = "ID",
    digest: str = "SHA256",
    method: str = "RSA_SHA256",
    bend: Bend = nothing,
) -> None:
    """Enveloped, right after the Issuer, or last where there is none (SAML 1.1)."""
    algorithm = getattr(
        xmlsec.constants, f"Transform{method.replace('_', '').replace('RSA', 'Rsa').replace('SHA', 'Sha')}"
    )
    signature = xmlsec.template.create(node, xmlsec.constants.TransformExclC14N, algorithm, ns="ds")
    issuer = node.find(f"{{{A}}}Issuer")
    if issuer is None:
        node.append(signature)
    else:
        issuer.addnext(signature)
    hashed = getattr(xmlsec.constants, f"Transform{digest.replace('SHA', 'Sha')}")
    reference = xmlsec.template.add_reference(signature, hashed, uri=f"#{node.get(id_name)}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    bend(signature)
    context = xmlsec.SignatureContext()
    context.key = keys.as_xmlsec()
    context.register_id(node, id_name)
    context.sign(signature)


_counter = iter(range(1, 1_000_000))


def new_id() -> str:
    return f"_id{next(_counter)}"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add(parent: etree._Element, space: str, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{space}}}{name}", attributes)
    child.text = text
    return child


def attribute(statement: etree._Element, name: str, value: str) -> etree._Element:
    node = add(statement, A, "Attribute", Name=name)
    add(node, A, "AttributeValue", value)
    return node


def packed(document: bytes) -> dict[str, str]:
    return {"SAMLResponse": base64.b64encode(document).decode()}


FORM = "application/x-www-form-urlencoded"


def post(browser: Client, fields: Mapping[str, str | list[str]]) -> Any:
    """What the sign-on's page posts from its own site: a plain form."""
    return browser.post("/sso/acs", urlencode(fields, doseq=True), content_type=FORM)


def find(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path, NS)
    assert found is not None, path
    return found


def drop(path: str) -> Bend:
    """A bend that removes the part at this path."""

    def bend(root: etree._Element) -> None:
        part = find(root, path)
        parent = part.getparent()
        assert parent is not None
        parent.remove(part)

    return bend


def put(path: str, **attributes: str | None) -> Bend:
    """A bend that sets attributes at this path; None removes one."""

    def bend(root: etree._Element) -> None:
        part = root if path == "." else find(root, path)
        for name, value in attributes.items():
            if value is None:
                del part.attrib[name]
            else:
                part.set(name, value)

    return bend


def say(path: str, text: str) -> Bend:
    """A bend that replaces the text at this path."""

    def bend(root: etree._Element) -> None:
        find(root, path).text = text

    return bend


def twice(path: str) -> Bend:
    """A bend that repeats the part at this path."""

    def bend(root: etree._Element) -> None:
        part = find(root, path)
        part.addnext(etree.fromstring(etree.tostring(part)))

    return bend
