"""I1: one answer for every failure, limits that outlive the cache (PWD-05, PWD-08 to PWD-11)."""

import html
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts import services
from accounts.browsers.addresses import client_address
from accounts.errors import SignInFailed, TooManyTries
from accounts.models import FailedSignIn, Session, User
from accounts.states import AccessState
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    AgencyUserFactory,
    ClientFactory,
    EmployeeFactory,
    ProviderFactory,
    RegistrationFactory,
)

ADDRESS = "/provider/login"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    return ProviderFactory(email="mara@example.lv")


def enter(browser: Client, password: str = PASSWORD, email: str = "mara@example.lv", **extra: Any) -> Any:
    return browser.post(ADDRESS, {"email": email, "password": password}, **extra)


def test_the_page_has_the_words_of_the_manual() -> None:
    page = Client().get(ADDRESS).content.decode()
    assert "<h1>Pieslēgties izglītības iestādes darba vietai</h1>" in page
    for label in ("E-pasta adrese", "Parole", ">Pieslēgties<", 'autocomplete="current-password"'):
        assert label in page


def test_the_right_password_opens_the_workplace(user: User) -> None:
    browser = Client()
    assert enter(browser, email=" MARA@example.lv ")["Location"] == "/provider"
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert browser.get(ADDRESS)["Location"] == "/provider"
    assert not FailedSignIn.objects.filter(count__gt=0).exists()


def test_ses_01_a_new_session(user: User) -> None:
    browser = signed_in(Client(), ClientFactory())
    before = browser.session.session_key
    enter(browser)
    assert not Session.objects.filter(session_key=before).exists()


def test_sso_11_the_way_on_is_our_own(user: User) -> None:
    fields = {"email": user.email, "password": PASSWORD}
    assert Client().post(ADDRESS, fields | {"next": "/provider/pieteikumi"})["Location"] == "/provider/pieteikumi"
    assert Client().post(ADDRESS, fields | {"next": "//evil.example"})["Location"] == "/provider"


@pytest.mark.parametrize("who", ["wrong", "unknown", "inactive", "no institution", "agency", "person"])
def test_pwd_05_one_answer_for_every_failure(user: User, who: str) -> None:
    others: dict[str, Callable[[], object]] = {
        "wrong": lambda: user,
        "unknown": lambda: None,
        "inactive": lambda: ProviderFactory(email="x@example.lv", is_active=False),
        "no institution": lambda: EmployeeFactory(email="x@example.lv"),
        "agency": lambda: AgencyUserFactory(email="x@example.lv"),
        "person": lambda: ClientFactory(profile__email="x@example.lv"),
    }
    others[who]()
    password = "wrong" if who == "wrong" else PASSWORD
    email = "mara@example.lv" if who == "wrong" else "x@example.lv"
    response = enter(Client(), password, email)
    expected = enter(Client(), "wrong", "other@example.lv")
    assert response.status_code == expected.status_code == 422
    page = response.content.decode()
    assert "E-pasta adrese vai parole nav pareiza." in page
    assert "<title>Kļūda: Pieslēgties izglītības iestādes darba vietai – STARS</title>" in page
    assert abs(len(response.content) - len(expected.content)) <= 32


@pytest.mark.parametrize("kind", ["employee", "institution"])
def test_27_3_who_waits_for_approval_is_told_so_after_the_right_password(kind: str) -> None:
    registration = RegistrationFactory(employee=kind == "employee", email="x@example.lv")
    browser = Client()
    assert enter(browser, email="X@example.lv")["Location"] == "/provider/gaida"
    page = browser.get("/provider/gaida").content.decode()
    assert "Jūsu pieteikums tiek izskatīts" in page
    assert html.escape(registration.where) in page
    assert ("Lemj iestādes administrators" if kind == "employee" else "Lemj aģentūra") in page
    assert "_auth_user_id" not in browser.session
    assert not FailedSignIn.objects.filter(count__gt=0).exists()


def test_27_3_who_was_refused_reads_why_after_the_right_password() -> None:
    RegistrationFactory(
        email="x@example.lv", state=AccessState.REFUSED, decided_at=timezone.now(), explanation="Apliecinājuma nav."
    )
    browser = Client()
    page = browser.get(enter(browser, email="x@example.lv")["Location"]).content.decode()
    assert "Apliecinājuma nav." in page
    assert "Kas notiks tālāk" not in page


@pytest.mark.parametrize("who", ["waiting", "unconfirmed", "a user", "unknown", "waiting, at the agency's door"])
def test_pwd_05_strangers_learn_nothing_of_registrations(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer, and one password reckoned, whoever has the address; an address nobody proved tells nothing at all."""
    password = "wrong"
    if who == "unconfirmed":
        RegistrationFactory(email="x@example.lv", unconfirmed=True)
        password = PASSWORD
    elif who == "a user":
        ProviderFactory(email="x@example.lv")
        RegistrationFactory(email="x@example.lv")
    elif who != "unknown":
        RegistrationFactory(email="x@example.lv")
    reckoned: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(*args: Any) -> str:
        reckoned.append(who)
        return str(encode(*args))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    door = "/admin/login/" if who.endswith("door") else ADDRESS
    answer = Client().post(door, {"email": "x@example.lv", "password": PASSWORD if "door" in who else password})
    assert answer.status_code == 422
    assert "E-pasta adrese vai parole nav pareiza." in answer.content.decode()
    assert len(reckoned) == 1


def test_the_password_is_not_sent_back(user: User) -> None:
    assert "Slepens-123" not in enter(Client(), "Slepens-123").content.decode()


@pytest.mark.parametrize(
    "fields", [{}, {"email": "mara@example.lv"}, {"password": "x"}, {"email": "a\0b", "password": "x"}]
)
def test_web_07_odd_input_is_a_form_error(fields: dict[str, str]) -> None:
    assert Client().post(ADDRESS, fields).status_code == 422


# --- limits ------------------------------------------------------------------------


def test_pwd_08_five_failures_an_account_in_five_minutes(user: User) -> None:
    with time_machine.travel(datetime(2025, 6, 10, 13, 54, 30, tzinfo=UTC), tick=False) as clock:
        for _ in range(5):
            assert enter(Client(), "wrong").status_code == 422
        blocked = enter(Client())
        assert blocked.status_code == 429
        assert "Pārāk daudz mēģinājumu. Mēģiniet vēlreiz pēc plkst. 17:00." in blocked.content.decode()
        clock.shift(timedelta(minutes=5))
        assert enter(Client()).status_code == 302


def test_pwd_08_an_unknown_account_is_limited_alike() -> None:
    answers = [enter(Client(), "wrong", "nobody@example.lv").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_pwd_08_the_window_slides(user: User) -> None:
    with time_machine.travel(datetime(2025, 6, 10, 9, 0, tzinfo=UTC), tick=False) as clock:
        for _ in range(4):
            enter(Client(), "wrong")
        clock.shift(timedelta(minutes=4))
        enter(Client(), "wrong")
        clock.shift(timedelta(minutes=2))
        codes = [enter(Client(), "wrong").status_code for _ in range(5)]
    assert codes == [422] * 4 + [429]


def test_pwd_08_strangers_cannot_lock_a_known_browser_out(user: User) -> None:
    own = Client()
    enter(own)
    own.post("/iziet")
    for _ in range(6):
        enter(Client(), "wrong")
    assert enter(Client()).status_code == 429
    assert enter(own).status_code == 302
    own.post("/iziet")
    assert [enter(own, "wrong").status_code for _ in range(6)] == [422] * 5 + [429]


def test_pwd_08_one_guess_over_many_accounts(caplog: pytest.LogCaptureFixture) -> None:
    codes = [enter(Client(), "wrong", f"user{n}@example.lv").status_code for n in range(31)]
    assert codes == [422] * 30 + [429]
    assert "sign_in_limited scope=address" in caplog.text
    assert "user3@example.lv" not in caplog.text


def test_pwd_09_the_counters_survive_the_cache(user: User) -> None:
    for _ in range(5):
        enter(Client(), "wrong")
        cache.clear()
    assert enter(Client()).status_code == 429


def test_pwd_10_success_leaves_no_trace_for_the_address() -> None:
    colleagues = [ProviderFactory() for _ in range(32)]
    assert {enter(Client(), email=str(one.email)).status_code for one in colleagues} == {302}


def test_pwd_11_rotating_headers_evades_nothing(user: User, settings: Settings) -> None:
    settings.STARS_TRUSTED_PROXY_COUNT = 1
    for number in range(30):
        chain = f"10.0.0.{number}, 198.51.100.7"
        enter(Client(), "wrong", f"user{number}@example.lv", headers={"X-Forwarded-For": chain})
    blocked = enter(Client(), headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.7"})
    other = enter(Client(), headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.8"})
    assert (blocked.status_code, other.status_code) == (429, 302)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "1.2.3.4", "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 5.6.7.8", "10.0.0.1", "5.6.7.8"),
        (2, "1.2.3.4, 5.6.7.8", "10.0.0.1", "1.2.3.4"),
        (2, "5.6.7.8", "10.0.0.1", "10.0.0.1"),
        (1, "garbage", "10.0.0.1", "unknown"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (0, "", "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_pwd_11_the_address_comes_from_the_right_end(
    settings: Settings, proxies: int, forwarded: str, remote: str, expected: str
) -> None:
    settings.STARS_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == expected


@pytest.mark.django_db(transaction=True)
def test_pwd_08_guesses_at_the_same_moment_are_counted_too() -> None:
    ProviderFactory(email="mara@example.lv")
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def guess() -> None:
        try:
            start.wait(timeout=5)
            services.sign_in_provider(email="mara@example.lv", password="wrong", address="198.51.100.7")
        except (SignInFailed, TooManyTries) as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["sign_in_failed"] * 5 + ["too_many_tries"] * 3


# --- the agency ---------------------------------------------------------------------


def admin_enter(browser: Client, password: str = PASSWORD, email: str = "ilze@example.lv") -> Any:
    return browser.post("/admin/login/", {"email": email, "password": password, "next": "/admin/"})


def test_sign_in_agency_opens_the_admin_behind_the_same_limits() -> None:
    AgencyUserFactory(email="ilze@example.lv")
    assert admin_enter(Client())["Location"] == "/pieslegties/otrais-faktors"
    for _ in range(5):
        assert admin_enter(Client(), "wrong").status_code == 422
    assert "Pārāk daudz mēģinājumu" in admin_enter(Client()).content.decode()


def test_institutions_do_not_enter_the_admin(user: User) -> None:
    page = admin_enter(Client(), email="mara@example.lv")
    assert "E-pasta adrese vai parole nav pareiza." in page.content.decode()
