"""Strict reading of XML that strangers send: small, flat and plain, whatever the protocol (SAM-01, SSO-12, SSO-17)."""

import base64
import binascii
import zlib
from collections.abc import Iterator

from lxml import etree

from .identity import Refused

LARGEST_FORM = 90 * 1024
LARGEST_XML = 64 * 1024
LARGEST_QUERY = 12 * 1024
DEEPEST, MOST_ELEMENTS, MOST_ATTRIBUTES = 32, 2000, 40  # attributes of one element: sorting them costs their square


def from_form(encoded: str) -> etree._Element:
    """A base64 field of a posted form, parsed; nothing posted is ever inflated (SSO-12)."""
    if len(encoded) > LARGEST_FORM:
        raise Refused("too_large")
    return parse(_unpacked(encoded))


def from_query(encoded: str) -> etree._Element:
    """A message of the redirect binding, inflated no further than a document may be."""
    if len(encoded) > LARGEST_QUERY:
        raise Refused("too_large")
    inflater = zlib.decompressobj(-15)
    try:
        raw = inflater.decompress(_unpacked(encoded), LARGEST_XML + 1)
    except zlib.error as error:
        raise Refused("not_deflated") from error
    if not inflater.eof and len(raw) <= LARGEST_XML:
        raise Refused("not_deflated")
    return parse(raw)


def _unpacked(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Refused("not_base64") from error


def parse(raw: bytes) -> etree._Element:
    """Nobody needs a DTD, comment, CDATA or processing instruction: refused before parsing, and in one encoding."""
    if len(raw) > LARGEST_XML:
        raise Refused("too_large")
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
    try:
        root = etree.fromstring(body.encode(), _parser())
    except etree.XMLSyntaxError as error:
        raise Refused("not_xml") from error
    refuse_odd_shape(root)
    return root


def parse_canonical(node: etree._Element) -> etree._Element:
    """A tree of its own, out of the exclusive canonical form of the node: the bytes a signature covers."""
    return etree.fromstring(etree.tostring(node, method="c14n", exclusive=True, with_comments=False), _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, encoding="utf-8"
    )


def refuse_odd_shape(root: etree._Element) -> None:
    """SAM-01: neither deep nor long, and nothing but elements."""
    if root.getroottree().docinfo.doctype:
        raise Refused("markup_declaration")
    for seen, (depth, element) in enumerate(_walk(root), 1):
        if depth > DEEPEST or seen > MOST_ELEMENTS:
            raise Refused("too_complex")
        if not isinstance(element.tag, str):
            raise Refused("comment_or_instruction")
        if len(element.attrib) > MOST_ATTRIBUTES or len(element.nsmap) > MOST_ATTRIBUTES:
            raise Refused("too_complex")


def _walk(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    stack = [(1, root)]
    while stack:
        level, one = stack.pop()
        yield level, one
        if level <= DEEPEST:
            stack.extend((level + 1, child) for child in one)


# --- small questions to a parsed tree ---------------------------------------------


def local(name: object) -> str:
    return etree.QName(str(name)).localname


def space(name: object) -> str:
    return etree.QName(str(name)).namespace or ""


def only(parent: etree._Element, tag: str) -> etree._Element:
    """The one child of this tag; Refused for none and for several."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise Refused(f"not_one_{local(tag).lower()}")
    return found[0]


def text_of(element: etree._Element) -> str:
    """The whole text of an element that holds nothing but text (SSO-17)."""
    if len(element):
        raise Refused("text_in_pieces")
    return (element.text or "").strip()


def refuse_doubled_ids(root: etree._Element, *names: str) -> None:
    """No two elements may answer to the same id, under whichever spelling of these attribute names."""
    ids = [value for element in root.iter() for name, value in element.attrib.items() if local(name).lower() in names]
    if len(ids) != len(set(ids)) or not all(ids):
        raise Refused("ids_not_unique")
