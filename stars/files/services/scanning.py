"""Quarantine to clean or refused; without a scanner a file just stays where it is (UPL-06, D4)."""

import hashlib
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from stars.files.errors import ScannerAway
from stars.files.models import StoredFile
from stars.files.states import ScanState

from .clamd import virus_in

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 50


def scan(*, file_id: UUID) -> bool:
    """Scans one file if it is in quarantine and nobody is at it; tells whether there is a verdict now."""
    stored = _claim(Q(pk=file_id))
    return stored is not None and _scan(stored)


def scan_due() -> int:
    """Scans what the doorbell missed; gives the number of verdicts. Stops early while the scanner is away."""
    for done in range(BATCH):
        stored = _claim(Q())
        if stored is None or not _scan(stored):
            return done
    return BATCH


@transaction.atomic
def _claim(which: Q) -> StoredFile | None:
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    stored = (
        StoredFile.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(which, free, state=ScanState.QUARANTINED)
        .order_by("stored_at", "pk")
        .first()
    )
    if stored is not None:
        stored.leased_until = now + LEASE
        stored.save(update_fields=["leased_until"])
    return stored


def _scan(stored: StoredFile) -> bool:
    """No transaction is open while the scanner reads."""
    try:
        with default_storage.open(stored.path, "rb") as content:
            found = "" if _is_as_stored(stored, content) else "changed on disk"
            found = found or virus_in(content)
    except FileNotFoundError:
        found = "missing on disk"
    except ScannerAway as error:
        _quarantined(stored).update(leased_until=None)
        logger.warning("file_not_scanned file=%s error=%s", stored.pk, error)
        return False
    state = ScanState.REFUSED if found else ScanState.CLEAN
    _quarantined(stored).update(state=state, verdict=found, scanned_at=timezone.now(), leased_until=None)
    if found:
        logger.error("file_refused file=%s verdict=%s", stored.pk, found)
    return True


def _quarantined(stored: StoredFile) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(pk=stored.pk, state=ScanState.QUARANTINED)


def _is_as_stored(stored: StoredFile, content: Any) -> bool:
    """The verdict is about the bytes whose hash we keep."""
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    return digest == stored.sha256
