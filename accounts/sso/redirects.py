"""Messages of SAML 2.0 that travel in an address: deflated, the query signed as it was sent (HTTP-Redirect binding)."""

import base64
import binascii
import zlib
from functools import lru_cache
from urllib.parse import quote, unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

from . import documents
from .identity import Refused

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
REQUEST, RESPONSE = "SAMLRequest", "SAMLResponse"

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{size}": algorithm
    for size, algorithm in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))
}


def address(target: str, name: str, message: str, key: str, *, relay_state: str = "") -> str:
    """The target with this message, base64 of deflated XML, and our signature over both."""
    fields = {name: message} | ({"RelayState": relay_state} if relay_state else {}) | {"SigAlg": RSA_SHA256}
    signed = "&".join(f"{field}={quote(value, safe='')}" for field, value in fields.items())
    signature = base64.b64encode(_private_key(key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))
    return f"{target}{'&' if '?' in target else '?'}{signed}&Signature={quote(signature.decode(), safe='')}"


def packed(root: etree._Element) -> str:
    """A message as it stands in an address."""
    return base64.b64encode(zlib.compress(etree.tostring(root), 9)[2:-4]).decode()


def read(raw_query: str, certificates: tuple[str, ...]) -> tuple[str, etree._Element, str]:
    """The message's name (REQUEST or RESPONSE), its parsed root, and the relay state; signed, or Refused."""
    raw = dict(_parts(raw_query))
    names = [name for name in (REQUEST, RESPONSE) if name in raw]
    if len(names) != 1:
        raise Refused("not_a_message")
    if not {"SigAlg", "Signature"} <= raw.keys():
        raise Refused("not_signed")
    algorithm = _HASHES.get(unquote_plus(raw["SigAlg"]))
    if algorithm is None:
        raise Refused("algorithm_not_allowed")
    signed = "&".join(f"{name}={raw[name]}" for name in (names[0], "RelayState", "SigAlg") if name in raw)
    try:
        signature = base64.b64decode(unquote_plus(raw["Signature"]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("not_base64") from error
    if not any(_holds(certificate, signature, signed.encode(), algorithm()) for certificate in certificates):
        raise Refused("signature_invalid")
    return names[0], documents.from_query(unquote_plus(raw[names[0]])), unquote_plus(raw.get("RelayState", ""))


def _parts(raw_query: str) -> list[tuple[str, str]]:
    """Names and values as they were sent, each name once (WEB-07)."""
    if len(raw_query) > documents.LARGEST_QUERY:
        raise Refused("too_large")
    parts = [part.partition("=")[::2] for part in raw_query.split("&") if part]
    if len({name for name, _ in parts}) != len(parts):
        raise Refused("repeated_parameter")
    return parts


def _holds(certificate: str, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    try:
        public.verify(signature, signed, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=2)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ImproperlyConfigured("STARS_SP_KEY_FILE must hold an RSA key.")
    return key
