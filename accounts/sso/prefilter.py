"""Looks an answer over before any signature is touched (SAM-01 to SAM-05).

libxmlsec1 runs the transforms a signature names before judging it, so a small anonymous post could cost seconds and a
gigabyte. What passes here is small, flat, and signed in the one way we accept.
"""

import base64
import binascii
from collections.abc import Iterator

from lxml import etree

from .identity import Refused

LARGEST_FORM = 90 * 1024
LARGEST_XML = 64 * 1024
DEEPEST, MOST_ELEMENTS, MOST_SIGNATURES, MOST_TRANSFORMS = 32, 2000, 2, 2

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"

RESPONSE_TAG = f"{{{PROTOCOL}}}Response"
ASSERTION_TAG = f"{{{ASSERTION}}}Assertion"
SIGNATURE_TAG = f"{{{DS}}}Signature"
INCLUSIVE_PREFIXES = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
SIGNATURE_METHODS = {f"{_MORE}{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)}
DIGEST_METHODS = {f"{_ENC}sha256", f"{_MORE}sha384", f"{_ENC}sha512"}
TRANSFORMS = {ENVELOPED, EXCLUSIVE_C14N}

_UNDER_RESPONSE = {f"{{{ASSERTION}}}Issuer", SIGNATURE_TAG, f"{{{PROTOCOL}}}Status", ASSERTION_TAG}
_DS_ALLOWED = {
    f"{{{DS}}}{name}"
    for name in (
        "Signature",
        "SignedInfo",
        "CanonicalizationMethod",
        "SignatureMethod",
        "Reference",
        "Transforms",
        "Transform",
        "DigestMethod",
        "DigestValue",
        "SignatureValue",
        "KeyInfo",
        "KeyName",
        "X509Data",
        "X509Certificate",
        "X509SubjectName",
        "X509IssuerSerial",
        "X509IssuerName",
        "X509SerialNumber",
    )
}


def look_over(encoded: str) -> etree._Element:
    """The parsed Response, or Refused."""
    root = _parse(_decode(encoded))
    _refuse_odd_shape(root)
    _refuse_odd_structure(root)
    for signature in _refuse_odd_places(root):
        _refuse_odd_signature(signature)
    return root


def _decode(encoded: str) -> bytes:
    if len(encoded) > LARGEST_FORM:
        raise Refused("too_large")
    try:
        raw = base64.b64decode("".join(encoded.split()).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Refused("not_base64") from error
    if len(raw) > LARGEST_XML:
        raise Refused("too_large")
    return raw


def _parse(raw: bytes) -> etree._Element:
    """Nobody needs a DTD, comment, CDATA or processing instruction: refused before parsing, and in one encoding."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8") from error
    body = text.removeprefix("\ufeff")
    if body.startswith("<?xml "):
        body = body.partition("?>")[2]
    if "<!" in body:
        raise Refused("markup_declaration")
    if "<?" in body:
        raise Refused("processing_instruction")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(body.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Refused("not_xml") from error
    if root.getroottree().docinfo.doctype:
        raise Refused("markup_declaration")
    return root


def _refuse_odd_shape(root: etree._Element) -> None:
    for seen, (depth, element) in enumerate(_walk(root, 1), 1):
        if depth > DEEPEST or seen > MOST_ELEMENTS:
            raise Refused("too_complex")
        if not isinstance(element.tag, str):
            raise Refused("comment_or_instruction")


def _walk(element: etree._Element, depth: int) -> Iterator[tuple[int, etree._Element]]:
    stack = [(depth, element)]
    while stack:
        level, one = stack.pop()
        yield level, one
        if level <= DEEPEST:
            stack.extend((level + 1, child) for child in one)


def _local(name: str) -> str:
    return etree.QName(name).localname


def _refuse_odd_structure(root: etree._Element) -> None:
    """SAM-02: a Response holding one Assertion as its own child; ids unique; nothing from other vocabularies."""
    if root.tag != RESPONSE_TAG:
        raise Refused("not_a_response")
    if any(child.tag not in _UNDER_RESPONSE for child in root):
        raise Refused("unexpected_part")
    tags = [str(element.tag) for element in root.iter()]
    if sum(_local(tag) == "Response" for tag in tags) != 1:
        raise Refused("nested_response")
    if sum(_local(tag) in {"Assertion", "EncryptedAssertion"} for tag in tags) > 1:
        raise Refused("several_assertions")
    if sum(child.tag == ASSERTION_TAG for child in root) != 1:
        raise Refused(_why_no_assertion(root))
    if any(etree.QName(tag).namespace not in {PROTOCOL, ASSERTION, DS, EXCLUSIVE_C14N} for tag in tags):
        raise Refused("foreign_vocabulary")
    ids = [
        value for element in root.iter() for name, value in element.attrib.items() if _local(str(name)).lower() == "id"
    ]
    if len(ids) != len(set(ids)) or not all(ids):
        raise Refused("ids_not_unique")


def _why_no_assertion(root: etree._Element) -> str:
    code = root.find(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    is_success = code is not None and str(code.get("Value", "")).endswith(":Success")
    return "no_assertion" if is_success else "provider_said_no"


def _refuse_odd_places(root: etree._Element) -> list[etree._Element]:
    """SAM-03: at most two signatures, one under the Response and one under the Assertion."""
    signatures = [element for element in root.iter() if _local(str(element.tag)) == "Signature"]
    if len(signatures) > MOST_SIGNATURES:
        raise Refused("too_many_signatures")
    for signature in signatures:
        parent = signature.getparent()
        if parent is None or parent.tag not in {RESPONSE_TAG, ASSERTION_TAG}:
            raise Refused("signature_out_of_place")
        if len(parent.findall(SIGNATURE_TAG)) != 1:
            raise Refused("too_many_signatures")
    if any(element.tag not in _DS_ALLOWED for element in root.iter(f"{{{DS}}}*")):
        raise Refused("unexpected_signature_part")
    for part in root.iter(f"{{{DS}}}*", f"{{{EXCLUSIVE_C14N}}}*"):
        if part.tag != SIGNATURE_TAG and next(part.iterancestors(SIGNATURE_TAG), None) is None:
            raise Refused("signature_out_of_place")
    return signatures


def _refuse_odd_signature(signature: etree._Element) -> None:
    parent = signature.getparent()
    signed_info = _only(signature, "SignedInfo")
    reference = _only(signed_info, "Reference")
    if parent is None or not parent.get("ID") or reference.get("URI") != f"#{parent.get('ID')}":
        raise Refused("reference_elsewhere")
    _refuse_odd_canonicalization(_only(signed_info, "CanonicalizationMethod"))
    _refuse_odd_transforms(_only(reference, "Transforms"))
    for owner, name, allowed in (
        (signed_info, "SignatureMethod", SIGNATURE_METHODS),
        (reference, "DigestMethod", DIGEST_METHODS),
    ):
        method = _only(owner, name)
        if method.get("Algorithm") not in allowed or len(method):
            raise Refused("algorithm_not_allowed")
    _only(signature, "SignatureValue")


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{{{DS}}}{name}")
    if len(found) != 1:
        raise Refused("malformed_signature")
    return found[0]


def _refuse_odd_canonicalization(method: etree._Element) -> None:
    if method.get("Algorithm") != EXCLUSIVE_C14N or not _only_prefixes(method):
        raise Refused("canonicalization_not_allowed")


def _refuse_odd_transforms(transforms: etree._Element) -> None:
    """SAM-04: enveloped-signature and exclusive c14n without comments, once each, and no other."""
    names = [transform.get("Algorithm") for transform in transforms]
    if not 1 <= len(names) <= MOST_TRANSFORMS or len(set(names)) != len(names):
        raise Refused("transform_not_allowed")
    for transform in transforms:
        if transform.get("Algorithm") not in TRANSFORMS or not _only_prefixes(transform):
            raise Refused("transform_not_allowed")


def _only_prefixes(element: etree._Element) -> bool:
    return len(element) <= 1 and all(child.tag == INCLUSIVE_PREFIXES and not len(child) for child in element)
