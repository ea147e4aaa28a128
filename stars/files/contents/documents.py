"""PDF files: one file, whole, open to everybody who gets it."""

import zipfile
from typing import IO

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader

from stars.files.errors import FileRefused, Why

_TAIL = 1024


def check_pdf(content: IO[bytes]) -> None:
    """Raises FileRefused for a PDF that is cut off, locked by a password, or something else as well."""
    content.seek(0, 2)
    content.seek(max(content.tell() - _TAIL, 0))
    if b"%%EOF" not in content.read():
        raise FileRefused(Why.BROKEN)
    if zipfile.is_zipfile(content):
        raise FileRefused(Why.TWO_IN_ONE)
    content.seek(0)
    try:
        reader = PdfFileReader(content, strict=False)
        is_locked = reader.encrypted
        pages = None if is_locked else reader.root["/Pages"]
    except Exception as error:
        raise FileRefused(Why.BROKEN) from error
    if is_locked:
        raise FileRefused(Why.LOCKED)
    if not isinstance(pages, DictionaryObject) or "/Kids" not in pages:
        raise FileRefused(Why.BROKEN)
