"""Signed files for the demo and the tests: invented signers, a time-stamp authority of our own, true signatures.

Nobody's trust list holds these certificates, and the portal says that it has not checked them against one.
"""

import asyncio
import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

_DS, _XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
_C14N, _SHA256 = "http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2001/04/xmlenc#sha256"
_ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_MIMETYPE = "application/vnd.etsi.asic-e+zip"
_FROM, _UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2124, 1, 1, tzinfo=UTC)
_HALF = 32  # bytes of each number of a P-256 signature


@dataclass(frozen=True)
class Signer:
    """A key with a certificate of its own making."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        plain = serialization.NoEncryption()
        return asn1_keys.PrivateKeyInfo.load(
            self.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
        )


def signer(name: str, *, code: str = "", for_stamps: bool = False) -> Signer:
    """Somebody of this name; `code` is a personal code as certificates of the state hold it."""
    given, _, surname = name.partition(" ")
    parts = [(NameOID.COUNTRY_NAME, "LV"), (NameOID.COMMON_NAME, name)]
    if not for_stamps:
        parts += [(NameOID.GIVEN_NAME, given), (NameOID.SURNAME, surname or given)]
    if code:
        parts.append((NameOID.SERIAL_NUMBER, f"PNOLV-{code}"))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
    key = rsa.generate_private_key(65537, 2048) if for_stamps else ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=for_stamps,
        content_commitment=not for_stamps,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(usage, critical=True)
    )
    if for_stamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return Signer(key, builder.sign(key, hashes.SHA256()))


@lru_cache(maxsize=1)
def authority() -> Signer:
    return signer("Demo laika zīmogi", for_stamps=True)


def _no_others() -> SimpleCertificateStore:
    return SimpleCertificateStore()  # type: ignore[no-untyped-call]


def _stamper(at: datetime | None) -> DummyTimeStamper:
    own = authority()
    return DummyTimeStamper(tsa_cert=own.asn1, tsa_key=own.asn1_key, certs_to_embed=_no_others(), fixed_dt=at)


def plain_pdf(words: str = "STARS") -> bytes:
    """One page with a few Latin words."""
    shown = f"BT /F1 14 Tf 72 760 Td ({words}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
    )
    content, places = "%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    content += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    beginning = content.index("xref\n0 ")
    content += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{beginning}\n%%EOF\n"
    return content.encode("latin-1")


def signed_pdf(by: Signer, *, words: str = "STARS", at: datetime | None = None, stamped: bool = True) -> bytes:
    """A PDF with one PAdES signature; `at` is the moment of the stamp."""
    holder = signers.SimpleSigner(signing_cert=by.asn1, signing_key=by.asn1_key, cert_registry=_no_others())
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(plain_pdf(words))),
        signers.PdfSignatureMetadata(field_name="Paraksts", md_algorithm="sha256"),
        signer=holder,
        timestamper=_stamper(at) if stamped else None,
    )
    out.seek(0)
    content: bytes = out.read()
    return content


def signed_container(
    by: Signer, files: Mapping[str, bytes], *, at: datetime | None = None, stamped: bool = True
) -> bytes:
    """An ASiC-E container with one XAdES signature over all files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), _MIMETYPE)
        for name, inside in files.items():
            archive.writestr(name, inside)
        archive.writestr("META-INF/manifest.xml", _manifest(files))
        archive.writestr("META-INF/signatures0.xml", _signatures(by, files, at or datetime.now(UTC), stamped=stamped))
    return content.getvalue()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    root = etree.Element(f"{{{space}}}manifest", nsmap={"manifest": space})
    for name, kind in {"/": _MIMETYPE, **dict.fromkeys(files, "application/octet-stream")}.items():
        line = etree.SubElement(root, f"{{{space}}}file-entry")
        line.set(f"{{{space}}}full-path", name)
        line.set(f"{{{space}}}media-type", kind)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _signatures(by: Signer, files: Mapping[str, bytes], at: datetime, *, stamped: bool) -> bytes:
    root = etree.Element(
        "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures",
        nsmap={"asic": "http://uri.etsi.org/02918/v1.2.1#", "ds": _DS, "xades": _XADES},
    )
    signature = _under(root, _DS, "Signature", Id="S0")
    info = _under(signature, _DS, "SignedInfo")
    _under(info, _DS, "CanonicalizationMethod", Algorithm=_C14N)
    _under(info, _DS, "SignatureMethod", Algorithm=_ECDSA)
    for number, (name, inside) in enumerate(files.items()):
        _reference(info, name, inside, Id=f"S0-Ref{number}")
    value = _under(signature, _DS, "SignatureValue", Id="S0-SIG")
    data = _under(_under(signature, _DS, "KeyInfo"), _DS, "X509Data")
    _under(data, _DS, "X509Certificate").text = base64.b64encode(by.der).decode()
    qualifying = _under(_under(signature, _DS, "Object"), _XADES, "QualifyingProperties", Target="#S0")
    properties = _under(qualifying, _XADES, "SignedProperties", Id="S0-SignedProperties")
    signed = _under(properties, _XADES, "SignedSignatureProperties")
    _under(signed, _XADES, "SigningTime").text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = _under(_under(_under(signed, _XADES, "SigningCertificateV2"), _XADES, "Cert"), _XADES, "CertDigest")
    _digest(digest, by.der)
    objects = _under(properties, _XADES, "SignedDataObjectProperties")
    for number in range(len(files)):
        form = _under(objects, _XADES, "DataObjectFormat", ObjectReference=f"#S0-Ref{number}")
        _under(form, _XADES, "MimeType").text = "application/octet-stream"
    _reference(info, "#S0-SignedProperties", _canonical(properties), form=_C14N)
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(by.key.sign(_canonical(info), ec.ECDSA(hashes.SHA256())))
    value.text = base64.b64encode(r.to_bytes(_HALF) + s.to_bytes(_HALF)).decode()
    if stamped:
        unsigned = _under(_under(qualifying, _XADES, "UnsignedProperties"), _XADES, "UnsignedSignatureProperties")
        holder = _under(unsigned, _XADES, "SignatureTimeStamp", Id="S0-T0")
        _under(holder, _DS, "CanonicalizationMethod", Algorithm=_C14N)
        imprint = hashlib.sha256(_canonical(value)).digest()
        token = asyncio.run(_stamper(at).async_timestamp(imprint, "sha256"))
        _under(holder, _XADES, "EncapsulatedTimeStamp").text = base64.b64encode(token.dump()).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _under(parent: Any, space: str, name: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{space}}}{name}", attributes)


def _reference(info: Any, address: str, content: bytes, *, form: str = "", **attributes: str) -> None:
    kind = {"Type": "http://uri.etsi.org/01903#SignedProperties"} if form else {}
    reference = _under(info, _DS, "Reference", URI=address, **kind, **attributes)
    if form:
        _under(_under(reference, _DS, "Transforms"), _DS, "Transform", Algorithm=form)
    _digest(reference, content)


def _digest(parent: Any, content: bytes) -> None:
    _under(parent, _DS, "DigestMethod", Algorithm=_SHA256)
    _under(parent, _DS, "DigestValue").text = base64.b64encode(hashlib.sha256(content).digest()).decode()


def _canonical(element: Any) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=False, with_comments=False)


def as_pem(holder: Signer) -> bytes:
    """The certificate as trust lists keep it."""
    return holder.certificate.public_bytes(serialization.Encoding.PEM)
