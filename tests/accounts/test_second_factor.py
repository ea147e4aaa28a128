"""The second factor: obliged at the door, once a step, recovery codes once each, sealed and hashed (MFA-01 to MFA-03)."""

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts import services, totp
from accounts.browsers import half_way, keepsakes
from accounts.errors import WrongCode
from accounts.models import RecoveryCode, SecondFactor, Session, User
from accounts.selectors import actor_of
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    SECRET,
    AgencyUserFactory,
    ClientFactory,
    DenialFactory,
    MembershipFactory,
    ProviderFactory,
    RecoveryCodeFactory,
    SecondFactorFactory,
)

NOW = datetime(2025, 6, 10, 9, 0, 10, tzinfo=UTC)
STEP, SET_UP = "/pieslegties/kods", "/pieslegties/otrais-faktors"
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db: None) -> User:
    user: User = AgencyUserFactory.create(email="ilze@agentura.example")
    SecondFactorFactory.create(user=user)
    return user


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def now_code(shift: int = 0, secret: str = SECRET) -> str:
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + shift)


def at_door(user: User, password: str = PASSWORD, next_path: str = "") -> tuple[Client, Any]:
    browser = Client()
    address = "/admin/login/" if user.is_staff else "/provider/login"
    return browser, browser.post(address, {"email": user.email, "password": password, "next": next_path})


def half_in(user: User, next_path: str = "") -> Client:
    return at_door(user, next_path=next_path)[0]


# --- the door ---------------------------------------------------------------------------


def test_mfa_01_an_officer_shows_a_code_after_the_password(officer: User, clock: Any) -> None:
    browser, response = at_door(officer, next_path="/admin/accounts/user/")
    assert response["Location"] == STEP
    assert browser.post(STEP, {"code": now_code()})["Location"] == "/admin/accounts/user/"
    assert browser.get("/admin/").status_code == 200


def test_mfa_01_half_way_opens_nothing(officer: User, clock: Any) -> None:
    browser = half_in(officer)
    assert "_auth_user_id" not in browser.session
    for path in ("/admin/", "/admin/accounts/user/", "/profils/drosiba", "/profils/parole", "/provider"):
        assert "login" in browser.get(path)["Location"] or "pieslegties" in browser.get(path)["Location"], path
    assert Session.objects.filter(user=officer).count() == 0


@pytest.mark.parametrize("role", ["administrator", "officer"])
def test_mfa_01_whose_role_demands_it_sets_it_up_before_anything_opens(role: str, clock: Any) -> None:
    if role == "officer":
        user = AgencyUserFactory.create(email="ilze@agentura.example")
    else:
        user = ProviderFactory.create(email="ilze@example.lv", membership__role="administrator")
    browser, response = at_door(user)
    assert response["Location"] == SET_UP
    page = browser.get(SET_UP).content.decode()
    secret = shown_secret(page)
    assert "<svg" in page
    assert not SecondFactor.objects.exists()
    done = browser.post(SET_UP, {"offer": offer_in(page), "code": now_code(secret=secret)})
    assert done["Location"] == "/profils/otrais-faktors/kodi"
    assert SecondFactor.objects.get(user=user).secret == secret
    codes = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", browser.get(done["Location"]).content.decode())
    assert len(set(codes)) == 10
    home = "/admin/" if role == "officer" else "/provider"
    assert browser.post(done["Location"])["Location"] == home
    assert browser.get(home).status_code == 200


def shown_secret(page: str) -> str:
    found = re.search(r'translate="no">([A-Z2-7 ]{30,})<', page)
    assert found
    return found[1].replace(" ", "")


def offer_in(page: str) -> str:
    found = re.search(r'name="offer" value="([^"]+)"', page)
    assert found
    return found[1]


def test_mfa_01_an_employee_is_offered_one_and_once_it_is_on_it_is_asked(clock: Any) -> None:
    user = ProviderFactory.create(email="mara@example.lv")
    browser, response = at_door(user)
    assert response["Location"] == "/provider"
    assert "Iestatīt otro faktoru" in browser.get("/profils/drosiba").content.decode()
    page = browser.get("/profils/otrais-faktors/iestatit").content.decode()
    browser.post(
        "/profils/otrais-faktors/iestatit",
        {"offer": offer_in(page), "code": now_code(secret=shown_secret(page))},
    )
    assert at_door(user)[1]["Location"] == STEP


def test_mfa_01_no_direct_address_leads_around_the_step(officer: User) -> None:
    """A session opened in any way without the second step is none for whose role demands it."""
    browser = Client()
    browser.force_login(officer)  # as if somebody had found a way in by the password alone
    assert browser.get("/admin/")["Location"].startswith("/admin/login/")
    assert "_auth_user_id" not in browser.session


def test_mfa_01_who_becomes_an_administrator_meanwhile_signs_in_again_with_a_factor() -> None:
    user = ProviderFactory.create()
    browser = Client()
    browser.force_login(user)
    assert browser.get("/provider").status_code == 200
    user.memberships.update(role="administrator")
    assert browser.get("/provider")["Location"].startswith("/provider/login")


def test_mfa_01_a_remembered_browser_is_asked_too(officer: User, clock: Any) -> None:
    browser = half_in(officer)
    browser.post(STEP, {"code": now_code()})
    browser.post("/iziet")
    assert "stars_device" in browser.cookies
    again = browser.post("/admin/login/", {"email": officer.email, "password": PASSWORD})
    assert again["Location"] == STEP


def test_mfa_01_two_places_and_an_administrator_in_one_of_them() -> None:
    user = ProviderFactory.create(email="mara@example.lv")
    MembershipFactory.create(user=user, role="administrator")
    assert at_door(user)[1]["Location"] == SET_UP


def test_ses_01_a_new_session_at_each_step(officer: User, clock: Any) -> None:
    browser = Client()
    browser.get("/admin/login/")
    browser.post("/admin/login/", {"email": officer.email, "password": PASSWORD})
    half = browser.session.session_key
    browser.post(STEP, {"code": now_code()})
    whole = browser.session.session_key
    assert half != whole
    assert not Session.objects.filter(session_key=half).exists()


def test_half_way_is_over_after_ten_minutes(officer: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser = half_in(officer)
        clock.shift(timedelta(seconds=half_way.LIFE_SECONDS + 1))
        response = browser.post(STEP, {"code": now_code()})
    assert response.status_code == 403
    assert "Sāciet pieslēgšanos no jauna" in response.content.decode()


def test_half_way_is_over_with_another_password(officer: User, clock: Any) -> None:
    browser = half_in(officer)
    officer.set_password("Kaija-8-bura")
    officer.save()
    assert browser.post(STEP, {"code": now_code()}).status_code == 403


def test_ses_04_a_door_closed_between_the_steps_stays_closed(officer: User, clock: Any) -> None:
    browser = half_in(officer)
    DenialFactory.create(user=officer)
    response = browser.post(STEP, {"code": now_code()})
    assert response.status_code == 403
    assert "Piekļuve ir liegta" in response.content.decode()
    assert not Session.objects.filter(user=officer).exists()


# --- codes -----------------------------------------------------------------------------


def test_mfa_02_a_code_works_once(officer: User, clock: Any) -> None:
    assert half_in(officer).post(STEP, {"code": now_code()}).status_code == 302
    second = half_in(officer).post(STEP, {"code": now_code()})
    assert second.status_code == 422
    assert "Kods nav pareizs vai jau ir izmantots." in second.content.decode()


def test_mfa_02_the_step_is_kept_in_the_database_and_never_goes_back(officer: User, clock: Any) -> None:
    half_in(officer).post(STEP, {"code": now_code()})
    assert SecondFactor.objects.get(user=officer).last_step == totp.step_of(NOW)
    assert half_in(officer).post(STEP, {"code": now_code(-1)}).status_code == 422
    assert half_in(officer).post(STEP, {"code": now_code(1)}).status_code == 302


@pytest.mark.parametrize(("shift", "status"), [(-2, 422), (-1, 302), (1, 302), (2, 422)])
def test_mfa_02_a_clock_may_be_one_step_off(officer: User, clock: Any, shift: int, status: int) -> None:
    assert half_in(officer).post(STEP, {"code": now_code(shift)}).status_code == status


def test_mfa_02_failures_count_and_the_password_does_not_forgive_them(officer: User, clock: Any) -> None:
    for _ in range(5):
        assert half_in(officer).post(STEP, {"code": "000000"}).status_code == 422  # each after a right password
    blocked = half_in(officer).post(STEP, {"code": now_code()})
    assert blocked.status_code == 429
    assert "Pārāk daudz mēģinājumu" in blocked.content.decode()
    clock.shift(timedelta(minutes=6))
    assert half_in(officer).post(STEP, {"code": now_code()}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_mfa_02_two_posts_of_one_code_open_one_door() -> None:
    user = SecondFactorFactory.create(user=AgencyUserFactory.create()).user
    code, start = now_code(), threading.Barrier(4)
    outcomes: list[str] = []

    def enter() -> None:
        try:
            start.wait(timeout=5)
            services.pass_second_step(user_id=user.pk, code=code, address="198.51.100.7")
            outcomes.append("in")
        except WrongCode:
            outcomes.append("out")
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["in", "out", "out", "out"]


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "0" * 41, "a\0b", "１２３４５６", "AAAA-BBBB-CCCC-DDDE"])
def test_web_07_odd_codes_are_form_errors(officer: User, code: str) -> None:
    RecoveryCodeFactory.create(user=officer)
    assert half_in(officer).post(STEP, {"code": code}).status_code == 422


def test_mfa_03_a_recovery_code_opens_once_and_the_owner_is_told(officer: User) -> None:
    RecoveryCodeFactory.create(user=officer)
    assert half_in(officer).post(STEP, {"code": "aaaa-bbbb cccc dddd"}).status_code == 302
    assert half_in(officer).post(STEP, {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    assert Notice.objects.get(recipient=officer).title == "Izmantots rezerves kods"


def test_mfa_03_another_user_s_recovery_code_opens_nothing(officer: User) -> None:
    RecoveryCodeFactory.create()
    assert half_in(officer).post(STEP, {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422


def test_mfa_03_codes_are_hashed_and_the_secret_is_sealed_to_its_row(clock: Any) -> None:
    user = ProviderFactory.create()
    secret = totp.new_secret()
    codes = services.set_up_second_factor(
        user_id=user.pk, secret=secret, code=now_code(secret=secret), address="-", by=actor_of(user)
    )
    rows = list(RecoveryCode.objects.filter(user=user))
    assert len(rows) == len(set(codes)) == 10
    kept = " ".join(row.hashed for row in rows)
    assert all(code.replace("-", "")[4:] not in kept for code in codes)
    factor = SecondFactor.objects.get(user=user)
    assert secret not in factor.sealed
    other = SecondFactorFactory.create()
    SecondFactor.objects.filter(pk=other.pk).update(sealed=factor.sealed)
    with pytest.raises(Exception, match="does not open"):
        _ = SecondFactor.objects.get(pk=other.pk).secret


def test_mfa_03_codes_are_shown_until_they_are_kept_then_never_again(clock: Any) -> None:
    user = ProviderFactory.create()
    SecondFactorFactory.create(user=user)
    browser = signed_in(Client(), user)
    assert browser.post("/profils/otrais-faktors/jauni-kodi")["Location"] == "/profils/otrais-faktors/kodi"
    shown = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", browser.get("/profils/otrais-faktors/kodi").content.decode())
    file = browser.get("/profils/otrais-faktors/kodi.txt")
    assert 'filename="stars-rezerves-kodi.txt"' in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in shown)
    assert shown[0] not in Session.objects.get(user=user).session_data
    assert shown[0] not in str(browser.session.items())
    browser.post("/profils/otrais-faktors/kodi")
    for path in ("/profils/otrais-faktors/kodi", "/profils/otrais-faktors/kodi.txt"):
        assert browser.get(path)["Location"] == "/profils/otrais-faktors"


def test_mfa_03_new_codes_end_the_old_ones() -> None:
    user = ProviderFactory.create()
    SecondFactorFactory.create(user=user)
    RecoveryCodeFactory.create(user=user)
    assert len(services.renew_recovery_codes(user_id=user.pk, by=actor_of(user))) == 10
    with pytest.raises(WrongCode):
        services.pass_second_step(user_id=user.pk, code="AAAA-BBBB-CCCC-DDDD", address="-")


def test_renew_recovery_codes_needs_a_factor_and_is_one_s_own() -> None:
    user = ProviderFactory.create()
    with pytest.raises(DomainError):
        services.renew_recovery_codes(user_id=user.pk, by=actor_of(user))
    with pytest.raises(NotPermitted):
        services.renew_recovery_codes(user_id=user.pk, by=actor_of(ProviderFactory.create()))


# --- setting up ---------------------------------------------------------------------------


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_secret(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    page = browser.get("/profils/otrais-faktors/iestatit").content.decode()
    answer = browser.post("/profils/otrais-faktors/iestatit", {"offer": offer_in(page), "code": "000000"})
    assert answer.status_code == 422
    assert shown_secret(answer.content.decode()) == shown_secret(page)
    assert not SecondFactor.objects.exists()


@pytest.mark.parametrize("what", ["another user's", "altered", "old"])
def test_an_offer_is_one_s_own_whole_and_fresh(what: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in(Client(), ProviderFactory.create())
        asked = signed_in(Client(), ProviderFactory.create()) if what == "another user's" else browser
        page = asked.get("/profils/otrais-faktors/iestatit").content.decode()
        offer, secret = offer_in(page), shown_secret(page)
        if what == "altered":
            offer = offer[:-6] + "AAAAA="
        if what == "old":
            browser = signed_in(Client(), User.objects.get())
            clock.shift(timedelta(minutes=15, seconds=1))
            browser = signed_in(Client(), User.objects.get())
        answer = browser.post("/profils/otrais-faktors/iestatit", {"offer": offer, "code": now_code(secret=secret)})
        assert answer.status_code == 422
        assert shown_secret(answer.content.decode()) != secret
    assert not SecondFactor.objects.exists()


def test_set_up_second_factor_once() -> None:
    user = SecondFactorFactory.create(user=ProviderFactory.create()).user
    secret = totp.new_secret()
    with pytest.raises(DomainError) as refused:
        services.set_up_second_factor(
            user_id=user.pk, secret=secret, code=now_code(secret=secret), address="-", by=actor_of(user)
        )
    assert refused.value.code == "factor_set"


def test_people_of_the_sign_on_have_no_second_factor_here() -> None:
    client = ClientFactory.create()
    assert signed_in(Client(), client).get("/profils/otrais-faktors").status_code == 403


def test_remove_own_second_factor_only_where_the_role_allows_it() -> None:
    employee = SecondFactorFactory.create(user=ProviderFactory.create()).user
    browser = signed_in(Client(), employee)
    assert browser.get("/profils/otrais-faktors/izslegt").status_code == 200
    assert browser.post("/profils/otrais-faktors/izslegt")["Location"] == "/profils/otrais-faktors"
    assert not SecondFactor.objects.exists()
    assert AuditEntry.objects.filter(action="remove_second_factor").exists()

    officer = SecondFactorFactory.create(user=AgencyUserFactory.create()).user
    signed_in(Client(), officer).post("/profils/otrais-faktors/izslegt")
    with pytest.raises(DomainError):
        services.remove_own_second_factor(user_id=officer.pk, by=actor_of(officer))
    assert SecondFactor.objects.get().user == officer


def test_a_sealed_word_that_is_odd_says_nothing() -> None:
    for odd in ("", "x", "t1:", "t1:AAAA", "zz:AAAA", "t1:€"):
        assert keepsakes.opened(odd, bound_to="x") == ""


@pytest.mark.parametrize(
    ("left", "told"), [(0, "Rezerves kodu vairs nav."), (1, "Atlicis maz rezerves kodu."), (3, "")]
)
def test_mfa_03_the_page_says_how_few_codes_are_left(left: int, told: str) -> None:
    user = ProviderFactory.create()
    SecondFactorFactory.create(user=user)
    for label in ("AAAA", "CCCC", "DDDD")[:left]:
        RecoveryCodeFactory.create(user=user, label=label)
    page = signed_in(Client(), user).get("/profils/otrais-faktors").content.decode()
    said = [words for words in ("Rezerves kodu vairs nav.", "Atlicis maz rezerves kodu.") if words in page]
    assert said == ([told] if told else [])
