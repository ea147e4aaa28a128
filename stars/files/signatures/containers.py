"""Signed containers (ASiC-E and the Latvian eDoc): each XAdES signature checked against the bytes beside it.

The rules are those of the sign-on (security.md 3): every reference is followed, ids are unique, and only what the
signature itself covers is believed.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import unquote

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from stars.files.contents import archives

from .findings import Finding, moment, name_in
from .stamping import Stamp, stamp_in
from .trusting import Roots, trust_in

_DS = "http://www.w3.org/2000/09/xmldsig#"
_XADES = ("http://uri.etsi.org/01903/v1.3.2#", "http://uri.etsi.org/01903/v1.4.1#")
_ENC, _MORE = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_PLAIN_C14N = ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11")
_EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_DIGESTS = {f"{_ENC}sha256": "sha256", f"{_MORE}sha384": "sha384", f"{_ENC}sha512": "sha512"}
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_ALGORITHMS = {
    **{f"{_MORE}rsa-{name}": ("rsa", name) for name in _HASHES},
    **{f"{_MORE_2007}{name}-rsa-MGF1": ("pss", name) for name in _HASHES},
    **{f"{_MORE}ecdsa-{name}": ("ecdsa", name) for name in _HASHES},
}
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False
)


class _Broken(Exception):
    """The signature does not hold; the argument says why, for the log."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signature whose every reference was followed."""

    files: frozenset[str]
    properties: etree._Element


def is_signed(content: IO[bytes]) -> bool:
    """Whether the container holds any signature; says nothing of whether it holds true."""
    return any(archives.is_signature(name) for name, _entry in archives.unpacked(content))


def findings_in(content: IO[bytes], roots: Roots) -> list[Finding]:
    """Every signature of the container."""
    files = dict(archives.unpacked(content))
    inside = {name for name in files if name != "mimetype" and not name.startswith("META-INF/")}
    found = []
    for name in sorted(files):
        if archives.is_signature(name):
            found += [_finding(one, files, inside, roots) for one in _signatures(files[name])]
    return found


def _signatures(content: bytes) -> Iterator[etree._Element]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _Broken("doctype")
    tree = etree.fromstring(content, _PARSER)
    ids = [str(value) for value in tree.xpath("//@Id")]
    if len(set(ids)) != len(ids):
        raise _Broken("ids are not unique")
    yield from ([tree] if tree.tag == f"{{{_DS}}}Signature" else tree.findall(f"{{{_DS}}}Signature"))


def _finding(signature: etree._Element, files: Mapping[str, bytes], inside: set[str], roots: Roots) -> Finding:
    """Follows every reference, checks the value under the certificate the signer has signed too, reads the stamp."""
    certificates = _certificates(signature)
    try:
        signed = _followed(signature, files)
        certificate = _bound(certificates, signed.properties)
        _check_value(signature, certificate)
    except (_Broken, InvalidSignature, ValueError) as error:
        signer = name_in(certificates[0]) if certificates else ""
        problem = str(error) or type(error).__name__
        return Finding(signer=signer, is_unbroken=False, covers_all=False, problem=problem)
    said_at, stamp = _said_at(signed.properties), _stamp(signature)
    at = stamp.at if stamp else said_at
    return Finding(
        signer=name_in(certificate),
        is_unbroken=True,
        covers_all=signed.files == inside,
        said_at=moment(said_at),
        stamped_at=moment(stamp.at) if stamp else "",
        stamped_by=stamp.by if stamp else "",
        trust=trust_in(certificate, [one for one in certificates if one is not certificate], roots, at),
    )


def _followed(signature: etree._Element, files: Mapping[str, bytes]) -> _Signed:
    """The digests of all references agree: of files beside the signature, and of its own signed properties."""
    names: set[str] = set()
    properties: etree._Element | None = None
    for reference in signature.findall(f"{{{_DS}}}SignedInfo/{{{_DS}}}Reference"):
        address = str(reference.get("URI", ""))
        if address.startswith("#"):
            properties = _own_properties(signature, address[1:])
            content = _canonical(properties, _transform(reference))
        else:
            name = unquote(address)
            if name not in files or _transform(reference):
                raise _Broken("a reference leads nowhere")
            content = files[name]
            names.add(name)
        if _digest(reference, content) != _decoded(reference.findtext(f"{{{_DS}}}DigestValue")):
            raise _Broken("a digest differs")
    if properties is None or not names:
        raise _Broken("nothing is signed")
    return _Signed(frozenset(names), properties)


def _own_properties(signature: etree._Element, wanted: str) -> etree._Element:
    """The signed properties of this very signature, never an element of that id elsewhere (wrapping)."""
    for space in _XADES:
        path = f"{{{_DS}}}Object/{{{space}}}QualifyingProperties/{{{space}}}SignedProperties"
        found = [one for one in signature.findall(path) if one.get("Id") == wanted]
        if len(found) == 1:
            return found[0]
    raise _Broken("the signed properties are not its own")


def _transform(reference: etree._Element) -> str:
    """The one canonical form a reference may ask for; anything else is refused."""
    asked = [str(one.get("Algorithm", "")) for one in reference.iter(f"{{{_DS}}}Transform")]
    if len(asked) > 1 or (asked and asked[0] not in {*_PLAIN_C14N, _EXCLUSIVE_C14N}):
        raise _Broken("a transform is not allowed")
    return asked[0] if asked else ""


def _canonical(element: etree._Element, algorithm: str) -> bytes:
    chosen = algorithm or _PLAIN_C14N[0]
    if chosen not in {*_PLAIN_C14N, _EXCLUSIVE_C14N}:
        raise _Broken("a canonical form is not allowed")
    return etree.tostring(element, method="c14n", exclusive=chosen == _EXCLUSIVE_C14N, with_comments=False)


def _digest(reference: etree._Element, content: bytes) -> bytes:
    method = reference.find(f"{{{_DS}}}DigestMethod")
    name = _DIGESTS.get(str(method.get("Algorithm", ""))) if method is not None else None
    if name is None:
        raise _Broken("a digest is not allowed")
    return hashlib.new(name, content).digest()


def _decoded(text: str | None) -> bytes:
    return base64.b64decode("".join((text or "").split()), validate=True)


def _certificates(signature: etree._Element) -> list[x509.Certificate]:
    found = signature.iterfind(f"{{{_DS}}}KeyInfo/{{{_DS}}}X509Data/{{{_DS}}}X509Certificate")
    return [x509.Certificate.load(_decoded(one.text)) for one in found]


def _bound(certificates: Sequence[x509.Certificate], properties: etree._Element) -> x509.Certificate:
    """The certificate whose digest is among the signed properties: nobody can put another one in its place."""
    for space in _XADES:
        for kind in ("SigningCertificateV2", "SigningCertificate"):
            path = f"{{{space}}}SignedSignatureProperties/{{{space}}}{kind}/{{{space}}}Cert/{{{space}}}CertDigest"
            said = properties.find(path)
            if said is not None:
                wanted = _decoded(said.findtext(f"{{{_DS}}}DigestValue"))
                for one in certificates:
                    if _digest(said, one.dump()) == wanted:
                        return one
    raise _Broken("the certificate is not the one that was signed")


def _check_value(signature: etree._Element, certificate: x509.Certificate) -> None:
    """Raises InvalidSignature or _Broken unless SignedInfo is signed by this certificate's key."""
    info = signature.find(f"{{{_DS}}}SignedInfo")
    method = info.find(f"{{{_DS}}}SignatureMethod") if info is not None else None
    form = info.find(f"{{{_DS}}}CanonicalizationMethod") if info is not None else None
    if info is None or method is None or form is None:
        raise _Broken("no signed info")
    content = _canonical(info, str(form.get("Algorithm", "")))
    value = _decoded(signature.findtext(f"{{{_DS}}}SignatureValue"))
    kind, name = _ALGORITHMS.get(str(method.get("Algorithm", "")), ("", ""))
    key = load_der_x509_certificate(certificate.dump()).public_key()
    if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, content, padding.PKCS1v15(), _HASHES[name])
    elif kind == "pss" and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, content, padding.PSS(padding.MGF1(_HASHES[name]), _HASHES[name].digest_size), _HASHES[name])
    elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
        half = len(value) // 2
        joined = encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
        key.verify(joined, content, ec.ECDSA(_HASHES[name]))
    else:
        raise _Broken("the algorithm is not allowed, or not this key's")


def _said_at(properties: etree._Element) -> datetime | None:
    for space in _XADES:
        text = properties.findtext(f"{{{space}}}SignedSignatureProperties/{{{space}}}SigningTime")
        if text:
            said = datetime.fromisoformat(text.strip())
            return said if said.tzinfo else None
    return None


def _stamp(signature: etree._Element) -> Stamp | None:
    """A stamp over the signature's value; one that does not hold counts for nothing."""
    value = signature.find(f"{{{_DS}}}SignatureValue")
    for space in _XADES:
        path = f".//{{{space}}}UnsignedSignatureProperties/{{{space}}}SignatureTimeStamp"
        for holder in signature.iterfind(path):
            form = holder.find(f"{{{_DS}}}CanonicalizationMethod")
            token = holder.findtext(f"{{{space}}}EncapsulatedTimeStamp")
            if value is None or not token:
                continue
            over = _canonical(value, str(form.get("Algorithm", "")) if form is not None else "")
            if found := _holding(token, over):
                return found
    return None


def _holding(token: str, over: bytes) -> Stamp | None:
    try:
        return stamp_in(_decoded(token), lambda: over)
    except Exception:  # noqa: BLE001 - a token nobody can read proves nothing
        return None
