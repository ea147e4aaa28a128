"""Files that are archives inside: measured while they are unpacked, never believed (UPL-02)."""

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from typing import IO

from lxml import etree

from stars.files.errors import FileRefused, Why

from . import documents, images
from .kinds import JPEG, PDF, PNG, Kind

MOST_ENTRIES = 300
MOST_BYTES = 100 * 1024 * 1024  # of everything unpacked
MOST_RATIO, RATIO_FROM = 100, 1024 * 1024  # of one entry, once it is large enough to matter
LARGEST_XML = 20 * 1024 * 1024  # of one part of a Word document that is read as a tree
MOST_MARKS = 2_000_000  # elements and attributes of one: a tree takes a hundred bytes and more for each
DEEPEST = 2  # a document inside a signed container
LONGEST_COMMENT = 100
_END, _END_REST = b"PK\x05\x06", 18  # how an archive ends, before its comment
_CHUNK = 64 * 1024
_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
_SIGNATURES = re.compile(r"^META-INF/[^/]*signatures[^/]*\.xml$", re.IGNORECASE)
_LONGEST_MIMETYPE = 100
_ASICE_MIMETYPE = b"application/vnd.etsi.asic-e+zip"
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$", re.IGNORECASE)
_FIELD_WORDS = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def is_signature(name: str) -> bool:
    """Whether an entry of a container is one of its signatures: META-INF/signatures0.xml, META-INF/edoc-signatures-S1.xml."""
    return bool(_SIGNATURES.match(name))


def is_container(content: IO[bytes]) -> bool:
    """Whether an archive says of itself that it is a signed container (ASiC-E, eDoc)."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()[: MOST_ENTRIES + 1]
            if any(is_signature(name) for name in names):
                return True
            if "mimetype" not in names:
                return False
            with archive.open("mimetype") as said:
                return said.read(_LONGEST_MIMETYPE).strip() == _ASICE_MIMETYPE
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return False


def check_docx(content: IO[bytes], *, depth: int = 1) -> None:
    """A Word document without macros, templates from elsewhere or commands in fields. Raises FileRefused."""
    names = set()
    for name, entry in unpacked(content, depth=depth):
        names.add(name)
        if _MACROS.search(name):
            raise FileRefused(Why.ACTIVE)
        if name.endswith(".rels"):
            _refuse_outside(entry)
        elif name == "[Content_Types].xml":
            if b"macroenabled" in entry.lower():
                raise FileRefused(Why.ACTIVE)
        elif name.startswith("word/") and name.endswith(".xml"):
            _refuse_commands(entry)
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise FileRefused(Why.BROKEN)


def check_container(content: IO[bytes], *, depth: int = 1) -> None:
    """A signed container with documents we take; a valid signature spares none of them the look. Raises FileRefused."""
    documents = 0
    for name, entry in unpacked(content, depth=depth):
        if name == "mimetype" or name.startswith("META-INF/"):
            continue
        documents += 1
        _check_inside(name, entry, depth=depth + 1)
    if not documents:
        raise FileRefused(Why.BROKEN)


def unpacked(content: IO[bytes], *, depth: int = 1) -> Iterator[tuple[str, bytes]]:
    """Each file of an archive with its name and bytes, counted as they come. Raises FileRefused."""
    if depth > DEEPEST:
        raise FileRefused(Why.ARCHIVE)
    total = 0
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
            _refuse_odd(entries)
            _refuse_more_than_archive(content, archive)
            for entry in entries:
                if entry.is_dir():
                    continue
                found = _read(archive, entry, left=MOST_BYTES - total)
                total += len(found)
                yield entry.filename, found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise FileRefused(Why.BROKEN) from error


def _refuse_more_than_archive(content: IO[bytes], archive: zipfile.ZipFile) -> None:
    """The archive begins where the file begins and ends where it ends; its comment is a word of the maker's."""
    comment = archive.comment
    tail = len(_END) + _END_REST + len(comment)
    content.seek(-tail, 2)
    is_whole = content.read(len(_END)) == _END and min(entry.header_offset for entry in archive.infolist()) == 0
    if not is_whole or len(comment) > LONGEST_COMMENT or not all(31 < sign < 127 for sign in comment):
        raise FileRefused(Why.TWO_IN_ONE)


def _refuse_odd(entries: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: how many, under which names, what kind of entry."""
    if not entries or len(entries) > MOST_ENTRIES:
        raise FileRefused(Why.ARCHIVE)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise FileRefused(Why.ARCHIVE)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise FileRefused(Why.LOCKED)
        is_outside = entry.filename.startswith("/") or "\\" in entry.filename or ":" in entry.filename
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_outside or is_link or ".." in entry.filename.split("/") or "\0" in entry.orig_filename:
            raise FileRefused(Why.ARCHIVE)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, left: int) -> bytes:
    found = io.BytesIO()
    packed = max(entry.compress_size, 1)
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            found.write(chunk)
            size = found.tell()
            if size > left or (size > RATIO_FROM and size > packed * MOST_RATIO):
                raise FileRefused(Why.ARCHIVE)
    return found.getvalue()


def _check_inside(name: str, entry: bytes, *, depth: int) -> None:
    """A document inside a container: the same looks, but that it may also be plain text, and pictures stay as signed."""
    from_start = io.BytesIO(entry)
    if entry.startswith(b"PK\x03\x04"):
        if is_container(from_start):
            raise FileRefused(Why.ARCHIVE)
        check_docx(from_start, depth=depth)
    elif (kind := next((kind for first, kind in _BEGIN.items() if entry.startswith(first)), None)) is None:
        _refuse_unless_text(name, entry)
    elif not name.lower().endswith(kind.endings):
        raise FileRefused(Why.INSIDE)
    elif kind is PDF:
        documents.check_pdf(from_start)
    else:
        images.check_picture(from_start, kind)


_BEGIN: dict[bytes, Kind] = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}


def _refuse_unless_text(name: str, entry: bytes) -> None:
    try:
        words = entry.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused(Why.INSIDE) from error
    if not name.lower().endswith(".txt") or "\0" in words:
        raise FileRefused(Why.INSIDE)


def _tree(entry: bytes) -> etree._Element:
    """One part as a tree, which is many times as large as its text: what would make a giant is refused unread."""
    if len(entry) > LARGEST_XML or entry.count(b"<") + entry.count(b"=") > MOST_MARKS:
        raise FileRefused(Why.ARCHIVE)
    if b"<!DOCTYPE" in entry or b"<!ENTITY" in entry:
        raise FileRefused(Why.ACTIVE)
    try:
        tree = etree.fromstring(entry, _XML)
    except etree.XMLSyntaxError as error:
        raise FileRefused(Why.BROKEN) from error
    if tree.getroottree().docinfo.doctype:  # in an encoding in which the words above read otherwise
        raise FileRefused(Why.ACTIVE)
    return tree


def _refuse_outside(entry: bytes) -> None:
    """A link a person may press is fine; what Word would fetch by itself is not."""
    for relation in _tree(entry):
        kind = str(relation.get("Type", "")).rpartition("/")[2].lower()
        is_outside = str(relation.get("TargetMode", "")).lower() == "external"
        if (is_outside and kind != "hyperlink") or kind == "oleobject":
            raise FileRefused(Why.ACTIVE)


def _refuse_commands(entry: bytes) -> None:
    tree = _tree(entry)
    words = "".join(str(part.text or "") for part in tree.iter(f"{_WORD}instrText"))
    simple = " ".join(str(part.get(f"{_WORD}instr", "")) for part in tree.iter(f"{_WORD}fldSimple"))
    if _FIELD_WORDS.search(words) or _FIELD_WORDS.search(simple):
        raise FileRefused(Why.ACTIVE)
