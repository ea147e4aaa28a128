"""Encrypted tokens: a key under RSA-OAEP around AES-GCM, and nothing else (SSO-16)."""

import base64
import binascii
import os
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

from . import documents
from .documents import only
from .identity import Refused

XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
VOCABULARY = {XENC, XENC11}
ENCRYPTED_DATA = f"{{{XENC}}}EncryptedData"

_KEY_BYTES = {f"{XENC11}aes{size}-gcm": size // 8 for size in (128, 192, 256)}
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,  # as a part of OAEP it is not broken, and it is the default
    f"{XENC}sha256": hashes.SHA256,
    f"{XENC}sha512": hashes.SHA512,
}
_MASKS: dict[str, type[hashes.HashAlgorithm]] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}
_NONCE = 12


def open_child(parent: etree._Element, key: str) -> bool:
    """Puts what the one EncryptedData under `parent` holds in its place; a parent without one is left alone.

    Raises Refused: by name for what nobody agreed on, and in one way for everything that depends on our key.
    """
    found = parent.findall(ENCRYPTED_DATA)
    if not found:
        return False
    data, keys = found[0], list(parent.iter(f"{{{XENC}}}EncryptedKey"))
    if len(found) > 1 or len(keys) != 1 or any(True for _ in parent.iter(f"{{{XENC}}}CipherReference")):
        raise Refused("encryption_not_allowed")
    size = _KEY_BYTES.get(only(data, f"{{{XENC}}}EncryptionMethod").get("Algorithm", ""))
    if size is None:
        raise Refused("encryption_not_allowed")
    method = _unwrapping(only(keys[0], f"{{{XENC}}}EncryptionMethod"))
    wrapped, sealed = _cipher_value(keys[0]), _cipher_value(data)
    inner = _opened(_key(wrapped, method, key, size), sealed)
    for element in [data, *(one for one in keys if one.getparent() is parent)]:
        parent.remove(element)
    parent.append(inner)
    documents.refuse_odd_shape(parent.getroottree().getroot())
    return True


def _unwrapping(method: etree._Element) -> padding.OAEP:
    """RSA-OAEP as the message names it; RSA 1.5 is never done, not even to fail (it tells about the key)."""
    algorithm = method.get("Algorithm", "")
    if (
        algorithm not in {f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"}
        or method.find(f"{{{XENC}}}OAEPparams") is not None
    ):
        raise Refused("encryption_not_allowed")
    digest, mask = method.find(f"{{{DS}}}DigestMethod"), method.find(f"{{{XENC11}}}MGF")
    chosen = hashes.SHA1 if digest is None else _DIGESTS.get(digest.get("Algorithm", ""))
    masked = hashes.SHA1 if mask is None else _MASKS.get(mask.get("Algorithm", ""))
    if chosen is None or masked is None or (mask is not None and algorithm != f"{XENC11}rsa-oaep"):
        raise Refused("encryption_not_allowed")
    return padding.OAEP(mgf=padding.MGF1(masked()), algorithm=chosen(), label=None)


def _cipher_value(element: etree._Element) -> bytes:
    value = documents.text_of(only(only(element, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue"))
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("not_base64") from error


def _key(wrapped: bytes, method: padding.OAEP, pem: str, size: int) -> bytes:
    """The key of the content, or one of chance where ours does not open it: the rest goes on and fails the same way."""
    chance = os.urandom(size)
    try:
        found = _private_key(pem).decrypt(wrapped, method)
    except ValueError:
        return chance
    return found if len(found) == size else chance


def _opened(key: bytes, sealed: bytes) -> etree._Element:
    try:
        return documents.parse(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
    except (InvalidTag, ValueError, Refused) as error:
        raise Refused("not_decryptable") from error


@lru_cache(maxsize=2)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refused("encryption_not_allowed")
    return key


def sealed_for(content: etree._Element, certificate: str) -> etree._Element:
    """EncryptedData that only the owner of the certificate opens: a fresh AES-256 key under RSA-OAEP."""
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ImproperlyConfigured("STARS_IDP_CERT_FILES: a name in a sign-out can be encrypted to an RSA key only.")
    key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - every provider knows it
    data = etree.Element(ENCRYPTED_DATA, Type=f"{XENC}Element", nsmap={"xenc": XENC, "ds": DS})
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=f"{XENC11}aes256-gcm")
    wrapped = etree.SubElement(etree.SubElement(data, f"{{{DS}}}KeyInfo"), f"{{{XENC}}}EncryptedKey")
    etree.SubElement(wrapped, f"{{{XENC}}}EncryptionMethod", Algorithm=f"{XENC}rsa-oaep-mgf1p")
    _add_cipher_value(wrapped, public.encrypt(key, oaep))
    _add_cipher_value(data, nonce + AESGCM(key).encrypt(nonce, etree.tostring(content), None))
    return data


def _add_cipher_value(parent: etree._Element, raw: bytes) -> None:
    value = etree.SubElement(etree.SubElement(parent, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue")
    value.text = base64.b64encode(raw).decode()
