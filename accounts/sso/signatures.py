"""XML signatures in the one form we accept: looked over before a transform is run, verified under a pinned key only.

libxmlsec1 runs the transforms a signature names before judging it, so a small anonymous post could cost seconds and a
gigabyte. What passes `look_over` is signed in the one way we accept (SAM-03 to SAM-05, WSF-04).
"""

from collections.abc import Mapping

import xmlsec
from lxml import etree

from . import documents
from .documents import local
from .identity import Refused

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
SIGNATURE_TAG = f"{{{DS}}}Signature"
VOCABULARY = {DS, EXCLUSIVE_C14N}

_INCLUSIVE_PREFIXES = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
SIGNATURE_METHODS = {f"{_MORE}{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)}
DIGEST_METHODS = {f"{_ENC}sha256", f"{_MORE}sha384", f"{_ENC}sha512"}
_ENCRYPTED = (
    f"{{{_ENC}}}EncryptedData"  # it names its key in the same words; refused elsewhere where nobody agreed on it
)
TRANSFORMS = [ENVELOPED, EXCLUSIVE_C14N]

# The same lists for libxmlsec1, so that what we overlook it still refuses.
_C14N = xmlsec.constants.TransformExclC14N
_DIGESTS = tuple(getattr(xmlsec.constants, f"TransformSha{size}") for size in (256, 384, 512))
_SIGNATURES = tuple(
    getattr(xmlsec.constants, f"Transform{kind}Sha{size}") for kind in ("Rsa", "Ecdsa") for size in (256, 384, 512)
)

_ALLOWED = {
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


def look_over(root: etree._Element, holders: Mapping[str, str]) -> None:
    """Every signature of the document, or Refused. `holders`: tag of an element that may be signed, and its id's name."""
    signatures = [element for element in root.iter() if local(element.tag) == "Signature"]
    if len(signatures) > len(holders):
        raise Refused("too_many_signatures")
    for signature in signatures:
        parent = signature.getparent()
        if signature.tag != SIGNATURE_TAG or parent is None or parent.tag not in holders:
            raise Refused("signature_out_of_place")
        if len(parent.findall(SIGNATURE_TAG)) != 1:
            raise Refused("too_many_signatures")
    if any(element.tag not in _ALLOWED for element in root.iter(f"{{{DS}}}*")):
        raise Refused("unexpected_signature_part")
    for part in root.iter(f"{{{DS}}}*", f"{{{EXCLUSIVE_C14N}}}*"):
        if part.tag != SIGNATURE_TAG and next(part.iterancestors(SIGNATURE_TAG, _ENCRYPTED), None) is None:
            raise Refused("signature_out_of_place")
    for signature in signatures:
        parent = signature.getparent()
        assert parent is not None
        _refuse_odd_signature(signature, parent.get(holders[str(parent.tag)], ""))


def _refuse_odd_signature(signature: etree._Element, own_id: str) -> None:
    signed_info = _only(signature, "SignedInfo")
    reference = _only(signed_info, "Reference")
    if not own_id or reference.get("URI") != f"#{own_id}":
        raise Refused("reference_elsewhere")
    method = _only(signed_info, "CanonicalizationMethod")
    if method.get("Algorithm") != EXCLUSIVE_C14N or not _has_only_prefixes(method):
        raise Refused("canonicalization_not_allowed")
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


def _refuse_odd_transforms(transforms: etree._Element) -> None:
    """SAM-04: enveloped-signature, then exclusive c14n without comments; a missing one would let in a default."""
    if [transform.get("Algorithm") for transform in transforms] != TRANSFORMS:
        raise Refused("transform_not_allowed")
    if not all(_has_only_prefixes(transform) for transform in transforms):
        raise Refused("transform_not_allowed")


def _has_only_prefixes(element: etree._Element) -> bool:
    return len(element) <= 1 and all(child.tag == _INCLUSIVE_PREFIXES and not len(child) for child in element)


def verified(node: etree._Element, id_name: str, certificates: tuple[str, ...]) -> etree._Element:
    """The node as it was signed, without its signature: parsed anew from the very bytes the signature covers (SSO-17)."""
    verify(node, id_name, certificates)
    signed = documents.parse_canonical(node)
    signed.remove(documents.only(signed, SIGNATURE_TAG))
    return signed


def verify(node: etree._Element, id_name: str, certificates: tuple[str, ...]) -> None:
    """The node's own signature under a pinned certificate; a key named in the message is not looked at (SSO-02)."""
    signature = node.find(SIGNATURE_TAG)
    if signature is None:
        raise Refused("assertion_not_signed")
    for certificate in certificates:
        context = xmlsec.SignatureContext()
        for transform in (xmlsec.constants.TransformEnveloped, _C14N, *_DIGESTS):
            context.enable_reference_transform(transform)
        for transform in (_C14N, *_SIGNATURES):
            context.enable_signature_transform(transform)
        context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
        context.register_id(node, id_name, None)
        try:
            context.verify(signature)
        except xmlsec.Error:
            continue
        return
    raise Refused("signature_invalid")
