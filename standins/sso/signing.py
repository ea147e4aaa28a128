"""The sign-on's keys: signs XML and addresses, with the next pair while certificates are rolled over, and seals tokens."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import xmlsec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from standins.web import RefusedError

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
XENC = "http://www.w3.org/2001/04/xmlenc#"


@dataclass(frozen=True)
class Pair:
    """A key and its certificate, PEM files."""

    key_file: Path
    cert_file: Path


@dataclass(frozen=True)
class Signer:
    """Signs as this sign-on. `is_rolled` tells at each signature whether the new pair is in use."""

    pair: Pair
    next_pair: Pair | None = None
    is_rolled: Callable[[], bool] = lambda: False

    def current(self) -> Pair:
        return self.next_pair if self.next_pair and self.is_rolled() else self.pair

    def pairs(self) -> list[Pair]:
        return [self.pair, *([self.next_pair] if self.next_pair else [])]

    def sign(self, node: etree._Element, *, id_name: str = "ID", after: etree._Element | None = None) -> None:
        """Enveloped RSA-SHA256 over exclusive c14n, after the given child or last, as the schemas want it."""
        signature = xmlsec.template.create(
            node, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
        )
        if after is None:
            node.append(signature)
        else:
            after.addnext(signature)
        reference = xmlsec.template.add_reference(
            signature, xmlsec.constants.TransformSha256, uri=f"#{node.get(id_name)}"
        )
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        pair, context = self.current(), xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(pair.key_file), xmlsec.constants.KeyDataFormatPem)
        context.key.load_cert_from_file(str(pair.cert_file), xmlsec.constants.KeyDataFormatPem)
        context.register_id(node, id_name)
        context.sign(signature)

    def signed_address(self, target: str, fields: Mapping[str, str]) -> str:
        """HTTP-Redirect binding of SAML 2.0: the signature covers the query as it is sent."""
        query = urlencode(dict(fields) | {"SigAlg": RSA_SHA256}, quote_via=quote, safe="")
        key = serialization.load_pem_private_key(self.current().key_file.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        signature = base64.b64encode(key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256()))
        return f"{target}{'&' if '?' in target else '?'}{query}&Signature={quote(signature, safe='')}"


def sealed(node: etree._Element, cert_file: Path) -> etree._Element:
    """The node encrypted for the owner of this certificate: AES-256-GCM under RSA-OAEP."""
    holder = etree.Element("holder")
    holder.append(node)
    data = xmlsec.template.encrypted_data_create(
        holder, xmlsec.constants.TransformAes256Gcm, type=f"{XENC}Element", ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    wrapped = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_file(str(cert_file), xmlsec.constants.KeyDataFormatCertPem))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, 256, xmlsec.constants.KeyDataTypeSession)
    found: etree._Element = context.encrypt_xml(data, node)
    return found


def opened(data: etree._Element, pairs: Sequence[Pair]) -> etree._Element:
    """What was encrypted for one of these pairs."""
    manager = xmlsec.KeysManager()
    for pair in pairs:
        manager.add_key(xmlsec.Key.from_file(str(pair.key_file), xmlsec.constants.KeyDataFormatPem))
    try:
        found: etree._Element = xmlsec.EncryptionContext(manager).decrypt(data)
    except xmlsec.Error as error:
        raise RefusedError("Pieprasījumā nosaukto personu nevar izlasīt.") from error
    return found
