"""The request we send: signed by our key, naming our addresses, asking for allowed means only."""

import base64
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from lxml import etree

from tests.accounts.answers import NS, PORTAL, REPLY_TO, Keys

pytestmark = pytest.mark.django_db


def sent() -> tuple[str, dict[str, str]]:
    address = Client().get("/pieslegties/iedzivotajs")["Location"]
    raw = urlsplit(address).query
    return raw, {name: values[0] for name, values in parse_qs(raw).items()}


def test_sam_14_the_request_is_signed_with_our_key(sign_on: Keys, portal_keys: Keys) -> None:
    raw, query = sent()
    signed = raw.partition("&Signature=")[0]
    assert query["SigAlg"] == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    public = x509.load_pem_x509_certificate(portal_keys.cert_file.read_bytes()).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(base64.b64decode(query["Signature"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_sso_08_the_request_asks_for_allowed_means(sign_on: Keys) -> None:
    root = etree.fromstring(zlib.decompress(base64.b64decode(sent()[1]["SAMLRequest"]), -15))
    assert root.get("AssertionConsumerServiceURL") == REPLY_TO
    assert root.get("Destination") == "https://idp.example.lv/saml/sso"
    assert root.findtext("a:Issuer", namespaces=NS) == PORTAL
    assert root.xpath("p:RequestedAuthnContext/a:AuthnContextClassRef/text()", namespaces=NS) == ["EID", "SMARTID"]
    assert len(str(root.get("ID"))) == 41
