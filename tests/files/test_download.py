"""What leaves, leaves by a signed link, from the files' own host, as something to save."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from stars.files import selectors
from stars.files.selectors import Bearer
from tests.factories.accounts import ClientFactory
from tests.factories.files import StoredFileFactory, laid

HOST = "localhost:8000"
MINE, ANOTHER = "Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (iPhone)"


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
    theirs = path_of(selectors.download_url(other))
    mixed = theirs.partition(":")[0] + ":" + path.partition(":")[2]  # the other file under the seal of mine
    for forged in (mixed, f"/faili/{other.pk.hex}", path[:-1]):
        assert client.get(forged, headers={"host": HOST}).status_code == 404


@pytest.mark.django_db
def test_upl_05_the_portals_own_host_serves_no_files(client: Client) -> None:
    path = path_of(selectors.download_url(laid(clean=True)))
    assert client.get(path, headers={"host": "127.0.0.1:8000"}).status_code == 404


@pytest.mark.django_db
def test_a_link_is_for_looking_only(client: Client) -> None:
    path = path_of(selectors.download_url(laid(clean=True)))
    assert client.post(path, headers={"host": HOST}).status_code == 405


def bearer(browser: Client, user: User) -> Bearer:
    key = browser.session.session_key
    assert key is not None
    return Bearer(user.pk, key, MINE)


def status(path: str, browser: str) -> int:
    answer = Client().get(path, headers={"host": HOST, "user-agent": browser})
    if answer.status_code == 200:
        assert answer.getvalue()
    return answer.status_code


@pytest.mark.django_db
def test_acc_07_a_persons_link_opens_in_their_own_browser_only(as_client: Callable[[User], Client]) -> None:
    """No cookie reaches the files' host: the link names the session, and dies with it."""
    user = ClientFactory.create()
    signed_in = as_client(user)
    path = path_of(selectors.download_url(laid(clean=True), bearer(signed_in, user)))
    assert status(path, MINE) == 200
    assert status(path, ANOTHER) == 404
    assert str(signed_in.session.session_key) not in path
    signed_in.post("/iziet")
    assert status(path, MINE) == 404


@pytest.mark.django_db
def test_acc_07_a_link_made_for_one_person_dies_when_another_takes_over_or_access_is_denied(
    as_client: Callable[[User], Client],
) -> None:
    user, other = ClientFactory.create(), ClientFactory.create()
    signed_in = as_client(user)
    stored = laid(clean=True)
    borrowed = bearer(as_client(other), user)  # the other's session under my name
    assert status(path_of(selectors.download_url(stored, borrowed)), MINE) == 404
    path = path_of(selectors.download_url(stored, bearer(signed_in, user)))
    assert status(path, MINE) == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert status(path, MINE) == 404


@pytest.mark.django_db
def test_a_link_sealed_under_a_key_that_is_gone_is_refused(
    as_client: Callable[[User], Client], settings: object
) -> None:
    user = ClientFactory.create()
    path = path_of(selectors.download_url(laid(clean=True), bearer(as_client(user), user)))
    settings.STARS_FIELD_KEYS = f"other:{'A' * 43}="  # type: ignore[attr-defined]
    assert status(path, MINE) == 404
