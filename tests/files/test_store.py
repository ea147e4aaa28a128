"""A file on disk and its row, never one without the other."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from stars.files import services
from stars.files.errors import EmptyFile, FileTooLarge
from stars.files.models import StoredFile
from stars.files.services.storing import clean_name
from stars.files.states import ScanState
from tests.factories.files import laid
from tests.files.conftest import lying

BODY = b"%PDF-1.7 saturs"


def keep(content: bytes = BODY, **fields: Any) -> StoredFile:
    said = {"name": "apliecība.pdf", "content_type": "application/pdf"}
    return services.store(content=ContentFile(content), **said | fields)


@pytest.mark.django_db(transaction=True)
def test_upl_04_a_file_lies_in_quarantine_under_a_random_name(media: Path, sent_tasks: list[Any]) -> None:
    stored = keep()
    assert stored.state == ScanState.QUARANTINED
    assert (stored.size, stored.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert stored.display_name == "apliecība.pdf"
    assert lying(media) == [stored.path]
    assert "apliec" not in stored.path
    assert (media / stored.path).read_bytes() == BODY
    assert sent_tasks == [("files.scan", (str(stored.pk),))]


@pytest.mark.django_db
def test_upl_01_an_empty_file_is_refused(media: Path) -> None:
    with pytest.raises(EmptyFile):
        keep(b"")
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_upl_01_the_limit_itself_passes_and_a_byte_more_does_not(media: Path) -> None:
    assert services.storing.MOST_BYTES == 10 * 1024 * 1024
    keep(b"x" * 1000, most_bytes=1000)
    with pytest.raises(FileTooLarge) as refused:
        keep(b"x" * 1001, most_bytes=1000)
    assert refused.value.code == "file_too_large"
    assert len(lying(media)) == StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_i11_no_file_is_left_where_the_row_cannot_be_written(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the row is refused")

    monkeypatch.setattr(StoredFile, "save", broken)
    with pytest.raises(RuntimeError):
        keep()
    assert lying(media) == []


@pytest.mark.django_db(transaction=True)
def test_i11_a_file_whose_transaction_was_undone_is_swept_after_an_hour(media: Path) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        keep()
        raise Undone
    assert len(lying(media)) == 1
    assert services.remove_orphans() == 0
    kept = laid(stored_at=timezone.now())
    for path in media.rglob("*"):
        long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
        os.utime(path, (long_ago, long_ago))
    assert services.remove_orphans() == 1
    assert lying(media) == [kept.path]
    assert services.remove_orphans() == 0


def test_a_sweep_of_nothing_finds_nothing(media: Path) -> None:
    assert services.remove_orphans() == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Apliecība par kursu.pdf", "Apliecība par kursu.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Dokumenti\\rēķins.docx", "rēķins.docx"),
        ("ana\u202efdp.exe", "anafdp.exe"),
        ("rinda\r\nX-Header: 1.pdf", "rindaX-Header: 1.pdf"),
        ("a\u0304.pdf", "ā.pdf"),
        ("...", "file"),
        ("", "file"),
        ("ž" * 200 + ".pdf", "ž" * 146 + ".pdf"),
    ],
)
def test_upl_04_names_are_for_display_only(given: str, kept: str) -> None:
    assert clean_name(given) == kept
