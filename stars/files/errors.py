"""Why a file was not stored, scanned or made."""

from django.utils.translation import gettext as _

from stars.kernel.errors import DomainError


class EmptyFile(DomainError):
    def __init__(self) -> None:
        super().__init__(_("The file is empty."), code="empty_file")


class FileTooLarge(DomainError):
    def __init__(self, most_bytes: int) -> None:
        megabytes = most_bytes // (1024 * 1024)
        super().__init__(_("The file must be smaller than %(most)s MB.") % {"most": megabytes}, code="file_too_large")


class ScannerAway(Exception):
    """The scanner did not give a verdict; the file stays in quarantine (D4)."""


class CannotRender(Exception):
    """This machine lacks what PDFs are made with; the words say what. The document waits."""


class RenderFailed(Exception):
    """The document itself could not be made: too long, too slow, or broken."""
