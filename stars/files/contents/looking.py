"""One look at a file: its kind, or a refusal in words. Nothing is trusted but the bytes."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from stars.files.errors import EmptyFile, FileRefused, Why

from . import archives, documents, images
from .kinds import ASICE, DOCX, JPEG, KINDS, PDF, PNG, Kind, named

_FIRST = 16


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found; `clean` holds other bytes to keep in place of those that came (a picture drawn anew)."""

    kind: Kind
    clean: bytes | None = None


def look(content: IO[bytes], *, name: str, allowed: Collection[Kind] = KINDS) -> Looked:
    """The kind of a file that its content, its own parser and its name agree on. Raises EmptyFile or FileRefused."""
    content.seek(0)
    first = content.read(_FIRST)
    if not first:
        raise EmptyFile
    kind = _by_first_bytes(first, content)
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    called = next((one for one in allowed if ending in one.endings), None)
    if called is not None and called is not kind:
        raise FileRefused(Why.LIES, kinds=called.name)
    if kind is None or kind not in allowed:
        raise FileRefused(Why.KIND, kinds=named(allowed))
    if called is None:
        raise FileRefused(Why.NAME)
    content.seek(0)
    if kind in {PNG, JPEG}:
        return Looked(kind, images.drawn_anew(content, kind))
    if kind is PDF:
        documents.check_pdf(content)
    elif kind is DOCX:
        archives.check_docx(content)
    else:
        archives.check_container(content)
    return Looked(kind)


def _by_first_bytes(first: bytes, content: IO[bytes]) -> Kind | None:
    if first.startswith(b"%PDF-"):
        return PDF
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if first.startswith(b"\xff\xd8\xff"):
        return JPEG
    if first.startswith(b"PK\x03\x04"):
        return ASICE if archives.is_container(content) else DOCX
    return None
