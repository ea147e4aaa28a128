"""From a stored file to its findings; whatever a broken or hostile file makes a reader do is one finding."""

from typing import IO

from stars.files.contents import ASICE, PDF

from . import containers, pdfs
from .findings import Finding
from .trusting import Roots

READERS = {PDF.content_type: pdfs.findings_in, ASICE.content_type: containers.findings_in}


def read_signatures(content: IO[bytes], *, content_type: str, roots: Roots = ()) -> list[Finding]:
    """Every signature of the file, none for an unsigned one or a kind that carries no signatures."""
    reader = READERS.get(content_type)
    if reader is None:
        return []
    try:
        return reader(content, roots)
    except Exception as error:  # noqa: BLE001 - a file nobody can read has no signature that holds
        return [Finding(signer="", is_unbroken=False, covers_all=False, problem=type(error).__name__)]
