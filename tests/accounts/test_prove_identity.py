"""MFA-04: before a sensitive act the person shows again who they are; the proof lasts five minutes, nothing typed is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from accounts import services, totp
from accounts.browsers import identified
from accounts.errors import WrongCode, WrongPassword
from accounts.gates import for_anyone_signed_in, recently_authenticated
from accounts.models import User
from accounts.selectors import actor_of
from stars.notices.models import Delivery
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    SECRET,
    AgencyUserFactory,
    ClientFactory,
    ProviderFactory,
    SecondFactorFactory,
)

ADDRESS = "/profils/pieslegsanas-adrese"
pytestmark = pytest.mark.django_db


def code() -> str:
    return totp.code_at(SECRET, totp.step_of(datetime.now(UTC)))


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_mfa_04_five_minutes_to_the_second(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    clock.shift(timedelta(minutes=5))
    assert browser.get(ADDRESS).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert browser.get(ADDRESS).status_code == 302


def test_mfa_04_the_password_opens_it_for_five_minutes_more_under_a_new_session(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    clock.shift(timedelta(minutes=6))
    ask = browser.get(ADDRESS)["Location"]
    before = browser.session.session_key
    assert browser.post(ask, {"proof_password": "wrong"}).status_code == 422
    assert browser.post(ask, {"proof_password": PASSWORD})["Location"] == ADDRESS
    assert browser.session.session_key != before
    assert browser.get(ADDRESS).status_code == 200
    clock.shift(timedelta(minutes=5, seconds=1))
    assert browser.get(ADDRESS).status_code == 302


def test_mfa_04_who_has_a_second_factor_shows_it_too(clock: Any) -> None:
    user = SecondFactorFactory.create(user=ProviderFactory.create()).user
    browser = signed_in(Client(), user)
    clock.shift(timedelta(minutes=6))
    ask = browser.get(ADDRESS)["Location"]
    assert browser.post(ask, {"proof_password": PASSWORD}).status_code == 422
    assert browser.post(ask, {"proof_password": PASSWORD, "proof_code": "000000"}).status_code == 422
    assert browser.post(ask, {"proof_password": PASSWORD, "proof_code": code()})["Location"] == ADDRESS


def test_mfa_04_a_form_sent_too_late_goes_through_as_it_was_typed(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    clock.shift(timedelta(minutes=6))
    asked = browser.post(ADDRESS, {"email": "jauna@example.lv"})
    page = asked.content.decode()
    assert asked.status_code == 200
    assert 'name="email" value="jauna@example.lv"' in page
    assert f'action="{ADDRESS}"' in page
    assert not Delivery.objects.exists()
    wrong = browser.post(ADDRESS, {"email": "jauna@example.lv", "proof_password": "wrong"})
    assert wrong.status_code == 422
    assert 'name="email" value="jauna@example.lv"' in wrong.content.decode()
    done = browser.post(ADDRESS, {"email": "jauna@example.lv", "proof_password": PASSWORD})
    assert done["Location"] == "/profils/drosiba"
    assert Delivery.objects.get().address == "jauna@example.lv"


def test_mfa_04_passwords_of_the_late_form_do_not_travel_in_the_page(clock: Any, rf: Any) -> None:
    @for_anyone_signed_in
    @recently_authenticated
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    user = ProviderFactory.create()
    browser = signed_in(Client(), user)
    clock.shift(timedelta(minutes=6))
    request = rf.post("/x", {"new_password": "Kaija-8-bura", "note": "tas pats"})
    request.user, request.session, request.arrived_at = user, browser.session, timezone.now()
    request.actor, request.request_id = actor_of(user), "-"
    answer = view(request)
    assert isinstance(answer, HttpResponse)
    page = answer.content.decode()
    assert "Kaija-8-bura" not in page
    assert 'name="note" value="tas pats"' in page


def test_mfa_04_guesses_are_limited_as_at_the_door(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    for _ in range(5):
        browser.post("/apstiprinat-sevi", {"proof_password": "wrong"})
    page = browser.post("/apstiprinat-sevi", {"proof_password": PASSWORD}).content.decode()
    assert "Pārāk daudz mēģinājumu" in page


def test_mfa_04_people_of_the_sign_on_show_their_means_anew(clock: Any, sign_on: Any) -> None:
    browser = signed_in(Client(), ClientFactory.create())
    clock.shift(timedelta(minutes=6))
    ask = browser.get("/profils/apturet-kontu")["Location"]
    assert ask.startswith("/apstiprinat-sevi?next=")
    assert "Vienotās pieteikšanās" in browser.get(ask).content.decode()
    onward = browser.post(ask)["Location"]
    assert onward == "/pieslegties/iedzivotajs?atkartoti=1&next=%2Fprofils%2Fapturet-kontu"
    assert browser.get(onward)["Location"].startswith("https://idp.example.lv/")
    assert browser.post("/profils/apturet-kontu")["Location"].startswith("/apstiprinat-sevi")


def test_mfa_04_the_admin_asks_before_sensitive_decisions(clock: Any) -> None:
    user, officer = ProviderFactory.create(), AgencyUserFactory.create()
    browser = signed_in(Client(), officer)
    clock.shift(timedelta(minutes=6))
    address = f"/admin/accounts/user/{user.pk}/decide/deny/"
    assert browser.get(address)["Location"].startswith("/apstiprinat-sevi")
    asked = browser.post(address, {"reason": "32.5", "words": "Konts nodots."})
    assert 'name="words" value="Konts nodots."' in asked.content.decode()
    assert not user.denials.exists()
    browser.post(address, {"reason": "32.5", "words": "Konts nodots.", "proof_password": PASSWORD})
    assert user.denials.get().words == "Konts nodots."


def test_sso_11_the_way_on_is_our_own(clock: Any) -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    done = browser.post("/apstiprinat-sevi?next=//evil.example", {"proof_password": PASSWORD})
    assert done["Location"] == "/provider"


def test_prove_identity_says_what_was_wrong() -> None:
    user: User = SecondFactorFactory.create(user=ProviderFactory.create()).user
    with pytest.raises(WrongPassword):
        services.prove_identity(user_id=user.pk, password="wrong", code=code(), address="-")
    with pytest.raises(WrongCode):
        services.prove_identity(user_id=user.pk, password=PASSWORD, code="", address="-")
    assert services.prove_identity(user_id=user.pk, password=PASSWORD, code=code(), address="-") == user


def test_mfa_04_an_old_identification_at_the_provider_is_no_proof_in_a_new_session(clock: Any) -> None:
    """The provider may let somebody in by a session of its own; what counts is when they showed their means."""
    browser = signed_in(Client(), ClientFactory.create())
    session = browser.session
    identified.note(session, timezone.now() - timedelta(minutes=6))
    session.save()
    assert browser.get("/profils/apturet-kontu")["Location"].startswith("/apstiprinat-sevi")
