"""Files come in, are scanned, and go out as PDFs of our own making."""

from .rendering import claim_document, give_up_document, keep_document, postpone_document, request_document
from .scanning import scan, scan_due
from .storing import remove_orphans, store

__all__ = [
    "claim_document",
    "give_up_document",
    "keep_document",
    "postpone_document",
    "remove_orphans",
    "request_document",
    "scan",
    "scan_due",
    "store",
]
