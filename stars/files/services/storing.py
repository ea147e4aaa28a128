"""A file on disk and its row: neither without the other (I11), and nothing given out before it is scanned."""

import hashlib
import logging
import re
import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import BigIntegerField, Count, Sum
from django.utils import timezone

from stars.files.errors import EmptyFile, FileTooLarge, NoRoom, NoRoomForInstitution
from stars.files.models import StoredFile
from stars.kernel.tasks import enqueue

logger = logging.getLogger(__name__)

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES_OF_A_PERSON, MOST_BYTES_OF_A_PERSON = 20, 100 * 1024 * 1024  # UPL-01
LONGEST_NAME = 150
ORPHAN_AGE = timedelta(hours=1)
_LAID_BY_US = re.compile(r"^[0-9a-f]{32}$")


@transaction.atomic
def store(
    *,
    content: File,  # type: ignore[type-arg]
    name: str,
    content_type: str,
    most_bytes: int = MOST_BYTES,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
) -> StoredFile:
    """Lays the file into quarantine under a random name and has it scanned after commit.

    Reads `content` from its start. Raises EmptyFile, FileTooLarge, or NoRoom for a natural person or an institution
    (its reference) that has too many; the limits themselves still pass.
    """
    size, digest = _measure(content, most_bytes)
    if person_id is not None:
        require_room(person_id, size)
    if institution_id is not None:
        require_institution_room(institution_id, size)
    stored = StoredFile(
        display_name=clean_name(name),
        content_type=content_type,
        size=size,
        sha256=digest,
        person_id=person_id,
        institution_id=institution_id,
    )
    content.seek(0)
    default_storage.save(stored.path, content)
    try:
        stored.save(force_insert=True)
    except Exception:
        default_storage.delete(stored.path)
        raise
    enqueue("files.scan", str(stored.pk))
    return stored


def require_room(person_id: UUID, size: int) -> None:
    """Everything of this person counts, files held for a form too; two uploads of one person wait for each other."""
    files, total = _counted("person_id", person_id)
    if files >= MOST_FILES_OF_A_PERSON or total + size > MOST_BYTES_OF_A_PERSON:
        raise NoRoom(MOST_FILES_OF_A_PERSON, MOST_BYTES_OF_A_PERSON)


def require_institution_room(institution_id: UUID, size: int) -> None:
    """The same for an institution, whose offers need more: how many is a setting, those in sealed offers count too."""
    files, total = _counted("institution_id", institution_id)
    most_files, most_bytes = settings.STARS_INSTITUTION_FILES, settings.STARS_INSTITUTION_MEGABYTES * 1024 * 1024
    if files >= most_files or total + size > most_bytes:
        raise NoRoomForInstitution(most_files, most_bytes)


def _counted(owner: str, owner_id: UUID) -> tuple[int, int]:
    """Files and bytes of one owner, under a lock that its other uploads wait for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files:{owner_id}"])
    known = StoredFile.objects.filter(**{owner: owner_id}).aggregate(
        files=Count("pk"), size=Sum("size", default=0, output_field=BigIntegerField())
    )
    return known["files"], known["size"]


def remove_orphans() -> int:
    """Deletes files whose row was never committed, once they are an hour old; gives how many there were."""
    removed = 0
    before = timezone.now() - ORPHAN_AGE
    folders, _ = default_storage.listdir("") if default_storage.exists("") else ([], [])
    for folder in folders:
        names = [name for name in default_storage.listdir(folder)[1] if _LAID_BY_US.match(name)]
        known = set(StoredFile.objects.filter(pk__in=[UUID(hex=name) for name in names]).values_list("pk", flat=True))
        for name in names:
            path = f"{folder}/{name}"
            if UUID(hex=name) not in known and default_storage.get_modified_time(path) < before:
                default_storage.delete(path)
                removed += 1
    if removed:
        logger.warning("orphan_files_removed count=%s", removed)
    return removed


def _measure(content: File, most_bytes: int) -> tuple[int, str]:  # type: ignore[type-arg]
    """Bytes and SHA-256 of what really comes, not of what a header says."""
    size, digest = 0, hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        size += len(chunk)
        if size > most_bytes:
            raise FileTooLarge(most_bytes)
        digest.update(chunk)
    if size == 0:
        raise EmptyFile
    return size, digest.hexdigest()


def clean_name(name: str) -> str:
    """For display only: no path, no control or direction characters, an end, Latvian letters kept (UPL-04)."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")
    plain = " ".join(plain.split()).strip(". ") or "file"
    if len(plain) <= LONGEST_NAME:
        return plain
    ending = PurePosixPath(plain).suffix[:10]
    return plain[: LONGEST_NAME - len(ending)] + ending
