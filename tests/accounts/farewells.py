"""The provider's words about signing out: honest ones, and every part can be bent before it is signed."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from tests.accounts.answers import PROVIDER, A, Bend, Keys, P, add, new_id, nothing, stamp

SIGNED_OUT_AT = "https://stars.example.lv/sso/slo"
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@dataclass(frozen=True)
class Goodbye:
    """A LogoutRequest of the provider; `sessions` are the indexes it names."""

    name_id: str = "PK:01019012345"
    sessions: tuple[str, ...] = ("_s1",)
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    kind: str = "LogoutRequest"
    relay_state: str = ""
    algorithm: str = RSA
    bend: Bend = nothing

    def but(self, **changes: object) -> "Goodbye":
        return replace(self, **changes)  # type: ignore[arg-type]

    def tree(self) -> etree._Element:
        root = etree.Element(f"{{{P}}}{self.kind}", nsmap={"samlp": P, "saml": A})
        for name, value in {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": stamp(self.moment),
            "Destination": SIGNED_OUT_AT,
        }.items():
            root.set(name, value)
        add(root, A, "Issuer", PROVIDER)
        if self.kind == "LogoutRequest":
            root.set("NotOnOrAfter", stamp(self.moment + timedelta(minutes=4)))
            add(root, A, "NameID", self.name_id)
            for index in self.sessions:
                add(root, P, "SessionIndex", index)
        else:
            root.set("InResponseTo", "_ours")
            add(add(root, P, "Status"), P, "StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Success")
        self.bend(root)
        return root

    def query(self, keys: Keys) -> str:
        """The query string as the browser carries it."""
        name = "SAMLRequest" if self.kind == "LogoutRequest" else "SAMLResponse"
        fields = {name: packed(etree.tostring(self.tree()))}
        fields |= {"RelayState": self.relay_state} if self.relay_state else {}
        return signed(fields | {"SigAlg": self.algorithm}, keys)


def packed(document: bytes) -> str:
    return base64.b64encode(zlib.compress(document, 9)[2:-4]).decode()


def signed(fields: Mapping[str, str], keys: Keys) -> str:
    query = urlencode(fields, quote_via=quote, safe="")
    key = serialization.load_pem_private_key(keys.key_file.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = base64.b64encode(key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    return f"{query}&Signature={quote(signature, safe='')}"


def unpacked(address: str, name: str) -> etree._Element:
    """The message the browser carries to the provider."""
    message = parse_qs(urlsplit(address).query)[name][0]
    return etree.fromstring(zlib.decompress(base64.b64decode(message), -15))
