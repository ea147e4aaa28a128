"""I11: a row for every file and a file for every row, with the hash that was kept."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import timezone

from stars.files.models import StoredFile

from .breach import Breach, breaches, firsts

YOUNG = timedelta(hours=1)  # a file whose transaction is still on its way
UNSCANNED = "SELECT id FROM files_storedfile WHERE state = 'clean' AND scanned_at IS NULL ORDER BY id"
UNMADE = "SELECT id FROM files_rendereddocument WHERE (state = 'ready') <> (file_id IS NOT NULL) ORDER BY id"


def files_and_rows_agree() -> Iterator[Breach]:
    """Nothing is given out unscanned, nothing is lost, nothing lies about without a row."""
    known, missing, changed = set(), [], []
    for stored in StoredFile.objects.order_by("stored_at", "pk").iterator(chunk_size=500):
        known.add(stored.path)
        digest = _digest(stored.path)
        if digest is None:
            missing.append(stored.pk)
        elif digest != stored.sha256:
            changed.append(stored.pk)
    yield from breaches("I11", "rows without their file", missing)
    yield from breaches("I11", "files that are not what was stored", changed)
    yield from breaches("I11", "files without a row", _orphans(known))
    yield from breaches("I11", "clean files nobody scanned", firsts(UNSCANNED))
    yield from breaches("I11", "documents ready without a file", firsts(UNMADE))


def _digest(path: str) -> str | None:
    try:
        with default_storage.open(path, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _orphans(known: set[str]) -> Iterator[str]:
    before = timezone.now() - YOUNG
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    for folder in sorted(folders):
        for name in sorted(default_storage.listdir(folder)[1]):
            path = f"{folder}/{name}"
            if path not in known and _is_ours(name) and default_storage.get_modified_time(path) < before:
                yield path


def _is_ours(name: str) -> bool:
    try:
        return UUID(hex=name).hex == name
    except ValueError:
        return False
