"""What the roof does on its own account: the PDF of a policy, a person's own data as a file, its erasure, and what goes by itself."""

from .erasing import erase_person, forget_person
from .exporting import drop_expired_exports, exports_to_make, make_export, request_export
from .keeping import save_sections
from .policy_papers import request_policy_pdf
from .retaining import apply_retention
from .warning import warn_of_erasure

__all__ = [
    "apply_retention",
    "drop_expired_exports",
    "erase_person",
    "exports_to_make",
    "forget_person",
    "make_export",
    "request_export",
    "request_policy_pdf",
    "save_sections",
    "warn_of_erasure",
]
