"""Signatures are looked at by a worker, once the scanner has let the file through and never before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stars.demo import signing
from stars.files import services, tasks
from stars.files.models import SignatureCheck
from stars.files.states import CheckState, ScanState
from stars.files.telling import standing_of
from tests.conftest import Task
from tests.factories.files import SignatureCheckFactory, laid
from tests.standins.servers import Server

pytestmark = pytest.mark.django_db


def asked(content: bytes | None = None, **fields: object) -> SignatureCheck:
    signed = signing.signed_pdf(signing.signer("Anna Paraugs", code="010190-12345")) if content is None else content
    return services.request_signature_check(stored=laid(signed, **fields))


def test_what_was_found_is_kept_without_the_code() -> None:
    check = asked(clean=True)
    assert services.check_signatures() == 1
    check.refresh_from_db()
    assert (check.state, check.is_good, check.is_stamped) == (CheckState.DONE, True, True)
    assert [one.signer for one in check.findings] == ["Anna Paraugs"]
    assert "12345" not in str(check.found)


def test_an_unsigned_file_is_not_good() -> None:
    check = asked(signing.plain_pdf(), clean=True)
    services.check_signatures()
    check.refresh_from_db()
    assert (check.state, check.found, check.is_good, check.is_stamped) == (CheckState.DONE, [], False, False)
    standing = standing_of(check.file)
    assert (standing.family, standing.word) == ("mute", "Bez elektroniskā paraksta")  # a scan is no broken signature


def test_upl_02_nothing_in_quarantine_is_read() -> None:
    check = asked()
    assert services.check_signatures() == 0
    check.refresh_from_db()
    assert check.state == CheckState.WAITING


def test_nor_what_the_scanner_refused() -> None:
    asked(refused=True)
    assert services.check_signatures() == 0


def test_the_look_follows_the_scan(scanner: Server) -> None:
    check = asked()
    tasks.scan(str(check.file_id))
    check.refresh_from_db()
    assert check.file.state == ScanState.CLEAN
    assert check.state == CheckState.DONE


def test_asking_twice_changes_nothing(sent_tasks: list[Task], django_capture_on_commit_callbacks: object) -> None:
    stored = laid(signing.plain_pdf(), clean=True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        first = services.request_signature_check(stored=stored)
        assert services.request_signature_check(stored=stored) == first
    assert ("files.check_signatures", ()) in sent_tasks


def test_what_another_worker_looks_at_is_passed_over_until_its_lease_ends() -> None:
    check = SignatureCheckFactory(file=laid(signing.plain_pdf(), clean=True))
    SignatureCheck.objects.update(leased_until=timezone.now() + timedelta(seconds=30))
    assert services.check_signatures() == 0
    SignatureCheck.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    tasks.check_signatures()
    check.refresh_from_db()
    assert check.state == CheckState.DONE


def test_a_trust_list_is_asked_where_one_is_set(settings: object, tmp_path: object) -> None:
    signer = signing.signer("Anna Paraugs")
    pem = tmp_path / "saknes.pem"  # type: ignore[operator]
    pem.write_bytes(signing.as_pem(signer))
    settings.STARS_SIGNATURE_ROOT_FILES = [str(pem)]  # type: ignore[attr-defined]
    check = asked(signing.signed_pdf(signer), clean=True)
    services.check_signatures()
    check.refresh_from_db()
    assert [one.trust.value for one in check.findings] == ["trusted"]
