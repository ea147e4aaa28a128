"""SAML 2.0: the shape of a posted Response, looked over before anything else touches it (SAM-01 to SAM-05)."""

from lxml import etree

from . import documents, encryption, signatures
from .agreement import Agreement
from .documents import local, only, space
from .identity import Refused

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"

RESPONSE_TAG = f"{{{PROTOCOL}}}Response"
ASSERTION_TAG = f"{{{ASSERTION}}}Assertion"
ENCRYPTED_TAG = f"{{{ASSERTION}}}EncryptedAssertion"

_HOLDERS = {RESPONSE_TAG: "ID", ASSERTION_TAG: "ID"}
_BESIDE = {f"{{{ASSERTION}}}Issuer", signatures.SIGNATURE_TAG, f"{{{PROTOCOL}}}Status"}
_UNDER_RESPONSE, _UNDER_SEALED = _BESIDE | {ASSERTION_TAG}, _BESIDE | {ENCRYPTED_TAG}
_VOCABULARY = {PROTOCOL, ASSERTION, *signatures.VOCABULARY}


def look_over(encoded: str, agreement: Agreement) -> etree._Element:
    """The parsed Response with its Assertion in clear, or Refused.

    SSO-16: what was encrypted obeys every rule again once it is opened; a signature around it was over the sealed form.
    """
    root = documents.from_form(encoded)
    sealed = root.find(ENCRYPTED_TAG) if agreement.takes_encrypted else None
    if sealed is None:
        _refuse_odd_structure(root, _UNDER_RESPONSE, _VOCABULARY)
        return root
    _refuse_odd_structure(root, _UNDER_SEALED, _VOCABULARY | encryption.VOCABULARY)
    if (signature := root.find(signatures.SIGNATURE_TAG)) is not None:
        signatures.verify(root, "ID", agreement.provider_certificates)
        root.remove(signature)
    encryption.open_child(sealed, agreement.key)
    root.replace(sealed, only(sealed, ASSERTION_TAG))
    _refuse_odd_structure(root, _UNDER_RESPONSE, _VOCABULARY)
    return root


def _refuse_odd_structure(root: etree._Element, parts: set[str], vocabulary: set[str]) -> None:
    """SAM-02: a Response holding one Assertion as its own child; ids unique; nothing from other vocabularies."""
    if root.tag != RESPONSE_TAG:
        raise Refused("not_a_response")
    if any(child.tag not in parts for child in root):
        raise Refused("unexpected_part")
    tags = [str(element.tag) for element in root.iter()]
    if sum(local(tag) == "Response" for tag in tags) != 1:
        raise Refused("nested_response")
    if sum(local(tag) in {"Assertion", "EncryptedAssertion"} for tag in tags) > 1:
        raise Refused("several_assertions")
    if sum(child.tag in {ASSERTION_TAG, ENCRYPTED_TAG} for child in root) != 1:
        raise Refused(_why_no_assertion(root))
    if any(space(tag) not in vocabulary for tag in tags):
        raise Refused("foreign_vocabulary")
    documents.refuse_doubled_ids(root, "id")
    signatures.look_over(root, _HOLDERS)


def _why_no_assertion(root: etree._Element) -> str:
    code = root.find(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    is_success = code is not None and str(code.get("Value", "")).endswith(":Success")
    return "no_assertion" if is_success else "provider_said_no"
