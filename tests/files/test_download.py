"""What leaves, leaves by a signed link, from the files' own host, as something to save."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from stars.files import selectors
from tests.factories.files import StoredFileFactory, laid

HOST = "localhost:8000"


def path_of(url: str) -> str:
    assert url.startswith(f"http://{HOST}/")
    return url.removeprefix(f"http://{HOST}")


@pytest.mark.django_db
def test_upl_05_a_clean_file_is_given_to_save_and_never_to_run(client: Client) -> None:
    stored = laid(b"%PDF-saturs", clean=True, display_name="Apliecība «A».pdf")
    answer = client.get(path_of(selectors.download_url(stored)), headers={"host": HOST})
    assert answer.status_code == 200
    assert answer.getvalue() == b"%PDF-saturs"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Apliec%C4%ABba")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/pdf"
    assert answer.cookies == {}


@pytest.mark.django_db
def test_upl_06_quarantined_and_refused_files_are_not_there(client: Client) -> None:
    for stored in (laid(), laid(refused=True), StoredFileFactory(clean=True)):
        assert client.get(path_of(selectors.download_url(stored)), headers={"host": HOST}).status_code == 404


@pytest.mark.django_db
def test_acc_07_a_link_dies_after_five_minutes(client: Client) -> None:
    path = path_of(selectors.download_url(laid(clean=True)))
    with time_machine.travel(timezone.now() + timedelta(minutes=4, seconds=50)):
        alive = client.get(path, headers={"host": HOST})
        assert alive.status_code == 200
        alive.close()
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=10)):
        assert client.get(path, headers={"host": HOST}).status_code == 404


@pytest.mark.django_db
def test_acc_07_a_link_opens_its_own_file_only(client: Client) -> None:
    mine, other = laid(clean=True), laid(clean=True)
    path = path_of(selectors.download_url(mine))
    assert client.get(path.replace(mine.pk.hex, other.pk.hex), headers={"host": HOST}).status_code == 404
    assert client.get(f"/faili/{other.pk.hex}", headers={"host": HOST}).status_code == 404
    assert client.get(path[:-1], headers={"host": HOST}).status_code == 404


@pytest.mark.django_db
def test_upl_05_the_portals_own_host_serves_no_files(client: Client) -> None:
    path = path_of(selectors.download_url(laid(clean=True)))
    assert client.get(path, headers={"host": "127.0.0.1:8000"}).status_code == 404


@pytest.mark.django_db
def test_a_link_is_for_looking_only(client: Client) -> None:
    path = path_of(selectors.download_url(laid(clean=True)))
    assert client.post(path, headers={"host": HOST}).status_code == 405
