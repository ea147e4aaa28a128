"""Which file may be given out, and under which address."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .models import RenderedDocument, StoredFile
from .states import ScanState

LINK_SECONDS = 5 * 60
_SALT = "stars.files.download"


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
