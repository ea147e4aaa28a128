"""WS-Federation answers of our own provider: honest ones, and every part can be bent before it is signed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from lxml import etree

from tests.accounts.answers import (
    CLAIMS,
    MARK,
    PORTAL,
    PROVIDER,
    REPLY_TO,
    Bend,
    Keys,
    add,
    new_id,
    nothing,
    sign,
    stamp,
)

T = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
OLD_T = "http://schemas.xmlsoap.org/ws/2005/02/trust"
WSP = "http://schemas.xmlsoap.org/ws/2004/09/policy"
WSA = "http://www.w3.org/2005/08/addressing"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
S = "urn:oasis:names:tc:SAML:1.0:assertion"
IVIS = "http://ivis.eps.gov.lv/schema/identity/claims"
NAME_FORMAT = "urn:ivis:100001:name.id-viss"
BEARER = "urn:oasis:names:tc:SAML:1.0:cm:bearer"
SAML_TOKEN = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1"
ASSERTION = "t:RequestSecurityTokenResponse/t:RequestedSecurityToken/s:Assertion"


@dataclass(frozen=True)
class Token:
    """What the provider says. `bend_assertion` changes the tree before the signature, `after` the whole answer after it."""

    state: str = "_request"
    name: str = "PK:01019012345"
    name_format: str = NAME_FORMAT
    given_name: str = "ANNA"
    surname: str = "BĒRZIŅA"
    codes: tuple[tuple[str, bool], ...] = (("010190-12345", False),)
    means: str = "EID"
    level: str = "4"
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    authenticated: datetime | None = None
    life: timedelta = timedelta(hours=4)
    trust: str = T
    in_collection: bool = True
    digest: str = "SHA256"
    method: str = "RSA_SHA256"
    is_signed: bool = True
    seal: Callable[[etree._Element], etree._Element] | None = None  # tests/accounts/sealing.py
    bend_assertion: Bend = nothing
    bend_signature: Bend = nothing
    after: Bend = nothing

    def but(self, **changes: object) -> "Token":
        return replace(self, **changes)  # type: ignore[arg-type]

    def tree(self, keys: Keys) -> etree._Element:
        assertion = self._assertion()
        self.bend_assertion(assertion)
        if self.is_signed:
            sign(
                assertion, keys, id_name="AssertionID", digest=self.digest, method=self.method, bend=self.bend_signature
            )
        response = self._response()
        add(response, self.trust, "RequestedSecurityToken").append(self.seal(assertion) if self.seal else assertion)
        add(response, self.trust, "TokenType", SAML_TOKEN)
        root = response
        if self.in_collection:
            root = etree.Element(f"{{{self.trust}}}RequestSecurityTokenResponseCollection", nsmap={"t": self.trust})
            root.append(response)
        root = etree.fromstring(etree.tostring(root))  # xmlsec's own nodes are not found by name before this
        self.after(root)
        return root

    def posted(self, keys: Keys) -> dict[str, str]:
        return packed(etree.tostring(self.tree(keys)), self.state)

    def _response(self) -> etree._Element:
        root = etree.Element(f"{{{self.trust}}}RequestSecurityTokenResponse", nsmap={"t": self.trust})
        lifetime = add(root, self.trust, "Lifetime")
        add(lifetime, WSU, "Created", stamp(self.moment))
        add(lifetime, WSU, "Expires", stamp(self.moment + self.life))
        add(add(add(root, WSP, "AppliesTo"), WSA, "EndpointReference"), WSA, "Address", PORTAL)
        return root

    def _assertion(self) -> etree._Element:
        node = etree.Element(f"{{{S}}}Assertion", nsmap={"saml": S})
        for name, value in {
            "MajorVersion": "1",
            "MinorVersion": "1",
            "AssertionID": new_id(),
            "Issuer": PROVIDER,
            "IssueInstant": stamp(self.moment),
        }.items():
            node.set(name, value)
        conditions = add(
            node, S, "Conditions", NotBefore=stamp(self.moment), NotOnOrAfter=stamp(self.moment + self.life)
        )
        add(add(conditions, S, "AudienceRestrictionCondition"), S, "Audience", PORTAL)
        statement = add(node, S, "AttributeStatement")
        self._subject(statement)
        claim(statement, CLAIMS, "givenname", self.given_name)
        claim(statement, CLAIMS, "surname", self.surname)
        for code, is_marked in self.codes:
            one = claim(statement, CLAIMS, "privatepersonalidentifier", code)
            if is_marked:
                one.set(MARK, PROVIDER)
        claim(statement, IVIS, "citizenQAALevel", self.level)
        statement = add(
            node,
            S,
            "AuthenticationStatement",
            AuthenticationMethod=self.means,
            AuthenticationInstant=stamp(self.authenticated or self.moment),
        )
        self._subject(statement)
        return node

    def _subject(self, statement: etree._Element) -> None:
        subject = add(statement, S, "Subject")
        add(subject, S, "NameIdentifier", self.name, Format=self.name_format)
        add(add(subject, S, "SubjectConfirmation"), S, "ConfirmationMethod", BEARER)


def claim(statement: etree._Element, namespace: str, name: str, value: str) -> etree._Element:
    node = add(statement, S, "Attribute", AttributeName=name, AttributeNamespace=namespace)
    add(node, S, "AttributeValue", value)
    return node


def packed(document: bytes, state: str = "_request") -> dict[str, str]:
    return {"wa": "wsignin1.0", "wresult": document.decode(), "wctx": state, "wreply": REPLY_TO}
