"""Why a file was not stored, scanned or made."""

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stars.kernel.errors import DomainError


class Why(StrEnum):
    """What a file was refused for; the sentences say what to do next."""

    KIND = "kind"
    NAME = "name"
    LIES = "lies"
    BROKEN = "broken"
    LOCKED = "locked"
    TWO_IN_ONE = "two_in_one"
    ARCHIVE = "archive"
    ACTIVE = "active"
    INSIDE = "inside"
    PIXELS = "pixels"
    UNSIGNED = "unsigned"
    TOO_MANY = "too_many"


_SENTENCES = {
    Why.KIND: gettext_lazy("Add a file of one of these kinds: %(kinds)s"),
    Why.NAME: gettext_lazy("The end of the file's name does not match what is inside it. Save the document again"),
    Why.LIES: gettext_lazy(
        "The file is called %(kinds)s, but something else is inside it. Open the document in the program it was made with,"
        " save it as %(kinds)s and add it again"
    ),
    Why.BROKEN: gettext_lazy("The file is damaged or incomplete. Save the document again and add it once more"),
    Why.LOCKED: gettext_lazy("The file is protected by a password. Add it without a password"),
    Why.TWO_IN_ONE: gettext_lazy("The file holds something else beside the document. Save the document again"),
    Why.ARCHIVE: gettext_lazy("The container holds too much, or files in places where they may not be. Make it again"),
    Why.ACTIVE: gettext_lazy("The document holds macros or commands. Save it as a PDF and add that"),
    Why.INSIDE: gettext_lazy(
        "The container holds a document of another kind. PDF, DOCX, JPG, PNG and TXT are accepted"
    ),
    Why.PIXELS: gettext_lazy("The picture is too large. Make it smaller and add it again"),
    Why.UNSIGNED: gettext_lazy("The document is not signed. Sign it with an electronic signature and add it again"),
    Why.TOO_MANY: gettext_lazy("Add fewer files"),
}


class EmptyFile(DomainError):
    def __init__(self) -> None:
        super().__init__(_("The file is empty."), code="empty_file")


class FileTooLarge(DomainError):
    def __init__(self, most_bytes: int) -> None:
        megabytes = most_bytes // (1024 * 1024)
        super().__init__(_("The file must be smaller than %(most)s MB.") % {"most": megabytes}, code="file_too_large")


class NoRoom(DomainError):
    """One person has as many files here as one person may (UPL-01)."""

    def __init__(self, most_files: int, most_bytes: int) -> None:
        words = {"files": most_files, "megabytes": most_bytes // (1024 * 1024)}
        super().__init__(self.sentence() % words, code="no_room")

    def sentence(self) -> str:
        return _(
            "The file was not added: at most %(files)s files, %(megabytes)s MB together, are kept for one person. Write to"
            " stars@viaa.gov.lv, and those no longer needed will be deleted."
        )


class NoRoomForInstitution(NoRoom):
    def sentence(self) -> str:
        return _(
            "The file was not added: at most %(files)s files, %(megabytes)s MB together, are kept for one institution."
            " Delete files of programmes you will not offer, or write to stars@viaa.gov.lv."
        )


class FileRefused(DomainError):
    """The file is not what we take; `why` names the reason (UPL-01, UPL-02)."""

    def __init__(self, why: Why, *, kinds: str = "") -> None:
        super().__init__(str(_SENTENCES[why]) % {"kinds": kinds}, code=why.value)
        self.why = why


class ScannerAway(Exception):
    """The scanner did not give a verdict; the file stays in quarantine (D4)."""


class CannotRender(Exception):
    """This machine lacks what PDFs are made with; the words say what. The document waits."""


class RenderFailed(Exception):
    """The document itself could not be made: too long, too slow, or broken."""
