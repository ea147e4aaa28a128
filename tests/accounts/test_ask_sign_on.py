"""The provider is away: people are told before they are sent there, and who is in stays in (SSO-19, D5, F9)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import services, sso, tasks
from accounts.models import SignOnHealth
from accounts.selectors import MOST_FAILURES, is_sign_on_away
from tests.accounts.answers import Keys
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory
from tests.standins.servers import free_port, running

pytestmark = pytest.mark.django_db


def fail(times: int = MOST_FAILURES) -> None:
    for _ in range(times):
        services.note_sign_on(answered=False)


def test_sso_19_a_clear_page_with_phone_and_e_mail(sign_on: Keys) -> None:
    fail()
    response = Client().get("/pieslegties/iedzivotajs", {"next": "/programma/817"})
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    for words in (
        "Pieslēgties šobrīd nevar",
        "+371\u00a067359075",
        "stars@viaa.gov.lv",
        "Vienotās pieteikšanās modulis",
    ):
        assert words in page
    assert "/pieslegties/iedzivotajs?next=%2Fprogramma%2F817&amp;tomer=1" in page


def test_sso_19_nobody_is_kept_from_trying(sign_on: Keys) -> None:
    fail()
    response = Client().get("/pieslegties/iedzivotajs", {"tomer": "1"})
    assert response["Location"].startswith("https://idp.example.lv/saml/sso?")


def test_sso_19_the_sign_in_page_says_it_before_anybody_presses(sign_on: Keys) -> None:
    words = "Vienotās pieteikšanās modulis šobrīd neatbild"
    assert words not in Client().get("/pieslegties").content.decode()
    fail()
    assert words in Client().get("/pieslegties").content.decode()


def test_d5_sessions_opened_before_outlive_the_failure(sign_on: Keys) -> None:
    browser = signed_in(Client(), ClientFactory())
    fail()
    assert browser.get("/profils").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        fail()
        assert browser.get("/profils").status_code == 200
    assert browser.post("/iziet")["Location"] == "/"


def test_one_failure_may_be_chance_and_one_answer_ends_it(sign_on: Keys) -> None:
    fail(MOST_FAILURES - 1)
    assert not is_sign_on_away()
    fail(1)
    assert is_sign_on_away()
    services.note_sign_on(answered=True)
    assert not is_sign_on_away()


def test_a_look_that_is_old_says_nothing(sign_on: Keys) -> None:
    """The task may be away while the provider works."""
    fail()
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert not is_sign_on_away()


def test_what_changes_is_in_the_log_once(sign_on: Keys, caplog: pytest.LogCaptureFixture) -> None:
    fail(MOST_FAILURES + 3)
    services.note_sign_on(answered=True)
    services.note_sign_on(answered=True)
    assert [line.message for line in caplog.records] == ["sign_on_away", "sign_on_back"]


@pytest.mark.django_db(transaction=True)  # /readyz asks past this test's own connection
def test_readyz_is_degraded_and_serves_on(sign_on: Keys) -> None:
    fail()
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["sign_on"]) == (200, False)


def test_f9_a_real_provider_is_asked_dead_and_alive(sign_on: Keys, settings: Settings) -> None:
    with running("sso") as server:
        settings.STARS_IDP_SSO_URL = server.extra["sso_url"]
        tasks.ask_sign_on()
        assert SignOnHealth.objects.get().failures == 0
        server.turn("dead")
        tasks.ask_sign_on()
        tasks.ask_sign_on()
        assert SignOnHealth.objects.get().failures == 2
        server.turn("")
        tasks.ask_sign_on()
        assert SignOnHealth.objects.get().failures == 0
    tasks.ask_sign_on()
    assert SignOnHealth.objects.get().failures == 1


def test_f9_a_slow_provider_is_not_waited_for(
    sign_on: Keys, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.sso.availability.PATIENCE", 0.2)
    with running("sso") as server:
        settings.STARS_IDP_SSO_URL = server.extra["sso_url"]
        server.turn("slow", 20)
        assert not sso.answers()


def test_nobody_is_asked_where_that_is_not_wanted(sign_on: Keys, settings: Settings) -> None:
    settings.STARS_IDP_SSO_URL = f"http://localhost:{free_port()}/saml/sso"
    settings.STARS_IDP_PROBE = False
    tasks.ask_sign_on()
    settings.STARS_IDP_PROBE, settings.STARS_IDP_SSO_URL = True, ""
    tasks.ask_sign_on()
    assert not SignOnHealth.objects.exists()
