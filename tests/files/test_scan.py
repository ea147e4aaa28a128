"""The verdict on a file: clean, refused, or none yet. A scanner that is away opens nothing (F12)."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from standins.scanner.__main__ import EICAR
from stars.files import selectors, services, tasks
from stars.files.errors import ScannerAway
from stars.files.models import StoredFile
from stars.files.services import clamd, scanning
from stars.files.states import ScanState
from tests.factories.files import StoredFileFactory, laid
from tests.standins.servers import Server


def after_scan(stored: StoredFile) -> StoredFile:
    tasks.scan(str(stored.pk))
    stored.refresh_from_db()
    return stored


@pytest.mark.django_db
def test_upl_06_a_harmless_file_becomes_clean(scanner: Server) -> None:
    stored = after_scan(laid(b"labs saturs " * 20_000))
    assert stored.state == ScanState.CLEAN
    assert stored.scanned_at is not None
    assert stored.verdict == ""


@pytest.mark.django_db
def test_upl_06_a_virus_is_refused_by_name(scanner: Server, caplog: pytest.LogCaptureFixture) -> None:
    stored = after_scan(laid(b"sakums" + EICAR))
    assert (stored.state, stored.verdict) == (ScanState.REFUSED, "Eicar-Test-Signature")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["dead", "error", "slow"])
def test_f12_without_a_verdict_a_file_stays_in_quarantine_and_is_scanned_later(
    scanner: Server, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamd, "SECONDS_IN_ALL", 0.3)
    stored = laid()
    scanner.turn(fault, 1)
    assert after_scan(stored).state == ScanState.QUARANTINED
    assert stored.leased_until is None
    assert selectors.file_behind(selectors.download_url(stored).rpartition("/")[2]) is None
    scanner.turn("")
    monkeypatch.undo()
    tasks.scan_due()
    stored.refresh_from_db()
    assert stored.state == ScanState.CLEAN


@pytest.mark.django_db
def test_f12_a_scanner_that_is_not_there_opens_nothing(settings: Any) -> None:
    settings.STARS_CLAMD_PORT = 1
    first, second = laid(), laid()
    assert services.scan_due() == 0
    assert {first.state, second.state} == {ScanState.QUARANTINED}


@pytest.mark.parametrize(
    "answer", [b"", b"stream: OKAY\0", b"OK\0", b"stream: Can't allocate memory ERROR\0", b"\xff\xfe"]
)
def test_f12_only_a_clear_answer_is_a_verdict(answer: bytes) -> None:
    with pytest.raises(ScannerAway):
        clamd._verdict(answer)


@pytest.mark.django_db
def test_a_file_that_changed_on_disk_or_vanished_is_refused(scanner: Server, media: Path) -> None:
    changed, gone = laid(), laid()
    (media / changed.path).write_bytes(b"cits")
    (media / gone.path).unlink()
    assert (after_scan(changed).state, changed.verdict) == (ScanState.REFUSED, "changed on disk")
    assert (after_scan(gone).state, gone.verdict) == (ScanState.REFUSED, "missing on disk")


@pytest.mark.django_db
def test_a_second_run_does_nothing(scanner: Server) -> None:
    stored = laid()
    assert services.scan(file_id=stored.pk)
    assert not services.scan(file_id=stored.pk)
    assert not services.scan(file_id=uuid4())
    assert services.scan_due() == 0


@pytest.mark.django_db
def test_what_another_worker_holds_is_left_alone_until_its_lease_lapses(scanner: Server) -> None:
    stored = laid(leased_until=timezone.now() + timedelta(seconds=30))
    assert services.scan_due() == 0
    StoredFile.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert services.scan_due() == 1
    stored.refresh_from_db()
    assert stored.state == ScanState.CLEAN


@pytest.mark.django_db(transaction=True)
def test_two_workers_scan_a_file_once(scanner: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    laid()
    start, scanned = threading.Barrier(2), []
    original = scanning.virus_in

    def counted(content: Any) -> str:
        scanned.append(1)
        return original(content)

    def work() -> None:
        try:
            start.wait(10)
            services.scan_due()
        finally:
            connections.close_all()

    monkeypatch.setattr(scanning, "virus_in", counted)
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(scanned) == 1


@pytest.mark.django_db
def test_a_refused_file_is_not_scanned_again(scanner: Server) -> None:
    StoredFileFactory(refused=True)
    assert services.scan_due() == 0
