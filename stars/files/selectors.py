"""Which file may be given out, under which address, and how far a PDF has come."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from stars.kernel.secrets import decrypt, encrypt

from .models import HeldUpload, RenderedDocument, StoredFile
from .states import RenderState, ScanState

LINK_SECONDS = 5 * 60
_SALT = "stars.files.download"
_HELD_SALT = "stars.files.held"
_BINDING = "files.link"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose browser a link is made for: the person, the session they are signed in with, and what the browser calls itself."""

    user_id: int
    session_key: str
    browser: str


class PaperState(StrEnum):
    """How far a PDF has come, as a person needs to know it."""

    MAKING = "making"
    CHECKING = "checking"  # made; the scanner has not spoken yet
    READY = "ready"
    WAITING = "waiting"  # this machine cannot make PDFs now
    FAILED = "failed"


def document(key: str) -> RenderedDocument | None:
    """The PDF asked for under this key, with its file, whatever its state."""
    return RenderedDocument.objects.select_related("file").filter(key=key).first()


def paper_state(made: RenderedDocument) -> PaperState:
    """What to tell the person who waits for this PDF."""
    if made.file is not None:
        by_scanner = {ScanState.CLEAN.value: PaperState.READY, ScanState.REFUSED.value: PaperState.FAILED}
        return by_scanner.get(made.file.state, PaperState.CHECKING)
    if made.state == RenderState.FAILED:
        return PaperState.FAILED
    lacks_libraries = bool(made.last_error) and made.attempts == 0
    return PaperState.WAITING if lacks_libraries else PaperState.MAKING


def download_url(stored: StoredFile, bearer: Bearer | None = None) -> str:
    """A link for five minutes, on the files' own host, bound to this one file (UPL-05, ACC-07).

    With a `bearer` it opens only in that browser, and only while the person's session lives; public papers need none.
    Whoever calls has asked first whether the person may have the file.
    """
    said: dict[str, Any] = {"f": stored.pk.hex}
    if bearer is not None:
        key = encrypt(bearer.session_key, bound_to=_BINDING)
        said |= {"u": bearer.user_id, "s": key, "b": _mark(bearer.browser)}
    return settings.STARS_FILES_BASE_URL + reverse("files:download", args=[signing.dumps(said, salt=_SALT)])


def file_behind(token: str, browser: str = "") -> StoredFile | None:
    """The clean file a live link stands for; None for any other link, and while the file is in quarantine."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
        stored_id = UUID(hex=said["f"])
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None
    if "u" in said and not _is_borne(said, browser):
        return None
    return StoredFile.objects.filter(pk=stored_id, state=ScanState.CLEAN).first()


def _is_borne(said: dict[str, Any], browser: str) -> bool:
    """Whether the link is used where it was made: no cookie reaches this host, so the session itself is asked."""
    if said["b"] != _mark(browser):
        return False
    try:
        key = decrypt(said["s"], bound_to=_BINDING)
    except ImproperlyConfigured:  # sealed under a key that is gone
        return False
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    is_theirs = session.get(SESSION_KEY) == str(said["u"])
    return is_theirs and get_user_model()._default_manager.filter(pk=said["u"], is_active=True).exists()


def _mark(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()[:16]


def held_token(held_id: UUID) -> str:
    """What a form carries in place of a file that was sent before."""
    return signing.dumps(held_id.hex, salt=_HELD_SALT)


def held_behind(token: str, purpose: str) -> HeldUpload | None:
    """The held file of a token, for the form it was sent with and no other; None once its day is over."""
    try:
        held_id = UUID(hex=signing.loads(token, salt=_HELD_SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    held = HeldUpload.objects.select_related("file").filter(pk=held_id, purpose=purpose, until__gt=timezone.now())
    return held.exclude(file__state=ScanState.REFUSED).first()
