"""Signatures inside PDF files (PAdES)."""

import asyncio
import re
from typing import IO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus

from .findings import Finding, moment, name_in
from .stamping import Stamp
from .trusting import Roots, context_of, trust_in

_MARK = re.compile(rb"/ByteRange\s*\[")  # must lie in the open: it names places of this very file
_CHUNK = 1024 * 1024
_OVERLAP = 64


def is_signed(content: IO[bytes]) -> bool:
    """Whether there is anything to check; says nothing of whether it holds."""
    content.seek(0)
    before = b""
    while chunk := content.read(_CHUNK):
        if _MARK.search(before + chunk):
            return True
        before = chunk[-_OVERLAP:]
    return False


def findings_in(content: IO[bytes], roots: Roots) -> list[Finding]:
    """Every signature of the document, in the order they were given."""
    content.seek(0)
    reader = PdfFileReader(content, strict=False)
    signatures = list(reader.embedded_regular_signatures)
    later = _document_stamp(list(reader.embedded_timestamp_signatures))
    return [_finding(one, roots, later) for one in signatures]


def _finding(signature: EmbeddedPdfSignature, roots: Roots, later: Stamp | None) -> Finding:
    status: PdfSignatureStatus = asyncio.run(async_validate_pdf_signature(signature, context_of(())))
    stamp = _own_stamp(status) or later
    others = list(signature.other_embedded_certs)
    at = stamp.at if stamp else status.signer_reported_dt
    return Finding(
        signer=name_in(signature.signer_cert),
        is_unbroken=status.intact and status.valid,
        covers_all=_covers_all(status),
        said_at=moment(status.signer_reported_dt),
        stamped_at=moment(stamp.at) if stamp else "",
        stamped_by=stamp.by if stamp else "",
        trust=trust_in(signature.signer_cert, others, roots, at),
    )


def _covers_all(status: PdfSignatureStatus) -> bool:
    """The signature ends where the file ends, or what was added later are further signatures and stamps only."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    return status.coverage == SignatureCoverageLevel.ENTIRE_REVISION and bool(status.docmdp_ok)


def _own_stamp(status: PdfSignatureStatus) -> Stamp | None:
    said = status.timestamp_validity
    if said is None or not (said.intact and said.valid):
        return None
    return Stamp(said.timestamp, name_in(said.signing_cert))


def _document_stamp(stamps: list[EmbeddedPdfSignature]) -> Stamp | None:
    """A stamp over the whole document proves the moment for every signature before it: the earliest that holds."""
    for one in stamps:
        said: DocumentTimestampStatus = asyncio.run(async_validate_pdf_timestamp(one, context_of(())))
        if said.intact and said.valid:
            return Stamp(said.timestamp, name_in(said.signing_cert))
    return None
