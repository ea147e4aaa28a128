"""Which file may be given out, and under which address."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from .models import HeldUpload, RenderedDocument, StoredFile
from .states import ScanState

LINK_SECONDS = 5 * 60
_SALT = "stars.files.download"
_HELD_SALT = "stars.files.held"


def document(key: str) -> RenderedDocument | None:
    """The PDF asked for under this key, with its file, whatever its state."""
    return RenderedDocument.objects.select_related("file").filter(key=key).first()


def download_url(stored: StoredFile) -> str:
    """A link for five minutes, on the files' own host, bound to this one file (UPL-05, ACC-07).

    Whoever calls has asked first whether the person may have the file.
    """
    token = signing.TimestampSigner(salt=_SALT).sign(stored.pk.hex)
    return settings.STARS_FILES_BASE_URL + reverse("files:download", args=[token])


def file_behind(token: str) -> StoredFile | None:
    """The clean file a live link stands for; None for any other link, and while the file is in quarantine."""
    try:
        found = signing.TimestampSigner(salt=_SALT).unsign(token, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    return StoredFile.objects.filter(pk=UUID(hex=found), state=ScanState.CLEAN).first()


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
