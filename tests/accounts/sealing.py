"""Tokens encrypted by libxmlsec1, which shares no line with the code that opens them here."""

from collections.abc import Callable
from typing import Any

import xmlsec
from lxml import etree

from tests.accounts.answers import Bend, Keys, nothing

X = "http://www.w3.org/2001/04/xmlenc#"
X11 = "http://www.w3.org/2009/xmlenc11#"
DATA, KEY = f"{{{X}}}EncryptedData", f"{{{X}}}EncryptedKey"

Seal = Callable[[etree._Element], etree._Element]


def sealing(
    keys: Keys,
    *,
    content: Any = xmlsec.constants.TransformAes256Gcm,
    wrapping: Any = xmlsec.constants.TransformRsaOaep,
    bits: int = 256,
    kind: Any = xmlsec.constants.KeyDataAes,
    after: Bend = nothing,
) -> Seal:
    """Seals a node for the owner of these keys; `after` bends what comes out."""

    def seal(node: etree._Element) -> etree._Element:
        holder = etree.Element("holder")
        holder.append(node)
        data = xmlsec.template.encrypted_data_create(holder, content, type=f"{X}Element", ns="xenc")
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
        xmlsec.template.encrypted_data_ensure_cipher_value(xmlsec.template.add_encrypted_key(info, wrapping))
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_file(str(keys.cert_file), xmlsec.constants.KeyDataFormatCertPem))
        context = xmlsec.EncryptionContext(manager)
        context.key = xmlsec.Key.generate(kind, bits, xmlsec.constants.KeyDataTypeSession)
        sealed = etree.fromstring(etree.tostring(context.encrypt_xml(data, node)))
        after(sealed)
        return sealed

    return seal
