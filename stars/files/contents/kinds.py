"""The kinds of files people may send."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: how people call it, what it is served as, the endings its names may have."""

    name: str
    content_type: str
    endings: tuple[str, ...]


PDF = Kind("PDF", "application/pdf", (".pdf",))
PNG = Kind("PNG", "image/png", (".png",))
JPEG = Kind("JPG", "image/jpeg", (".jpg", ".jpeg"))
DOCX = Kind("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
ASICE = Kind("EDOC", "application/vnd.etsi.asic-e+zip", (".edoc", ".asice", ".sce"))
TEXT = Kind("TXT", "text/plain", (".txt",))  # only inside a signed container

KINDS = (PDF, PNG, JPEG, DOCX, ASICE)


def offered(allowed: Collection[Kind]) -> str:
    """What a file control offers to choose: endings with a comma between."""
    return ",".join(ending for kind in allowed for ending in kind.endings)


def named(allowed: Collection[Kind]) -> str:
    """As people read it: PDF, JPG, PNG, EDOC."""
    return ", ".join(kind.name for kind in allowed)
