"""Files come in, are scanned, and go out as PDFs of our own making."""

from .holding import Upload, discard, drop_held, hold, keep
from .rendering import claim_document, give_up_document, keep_document, postpone_document, request_document
from .scanning import scan, scan_due
from .signing import check_signatures, request_signature_check
from .storing import remove_orphans, store

__all__ = [
    "Upload",
    "check_signatures",
    "claim_document",
    "discard",
    "drop_held",
    "give_up_document",
    "hold",
    "keep",
    "keep_document",
    "postpone_document",
    "remove_orphans",
    "request_document",
    "request_signature_check",
    "scan",
    "scan_due",
    "store",
]
