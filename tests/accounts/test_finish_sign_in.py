"""The second step of signing in: this browser's own request, once, ends as one person (security.md 2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import services
from accounts.browsers import identified
from accounts.models import Person, PersonalCode, Session, SignInHandle, UsedAssertion, User
from accounts.sso import Refused
from stars.kernel.models import AuditEntry
from tests.accounts.answers import Answer, Keys, post, put
from tests.accounts.farewells import unpacked
from tests.accounts.tokens import Token
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, PersonalCodeFactory, PersonFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db

CODE = "01019012345"


def test_the_first_sign_in_makes_a_person_a_code_and_a_user(answered: Callable[..., object]) -> None:
    browser = Client()
    response = answered(browser)
    assert response["Location"] == "/profils"  # type: ignore[index]
    person = Person.objects.get()
    assert (person.full_name, person.current_code) == ("Anna Bērziņa", CODE)
    assert person.user.email is None
    assert not person.user.has_usable_password()
    assert browser.session["_auth_user_id"] == str(person.user.pk)
    assert [entry.action for entry in AuditEntry.objects.filter(object_id=str(person.pk))] == ["create"]


def test_cod_04_no_code_in_clear_is_kept(answered: Callable[..., object]) -> None:
    answered(Client())
    for row in PersonalCode.objects.all():
        assert CODE not in row.sealed + row.digest
    for session in Session.objects.all():
        assert CODE not in str(session.get_decoded())
    for entry in AuditEntry.objects.all():
        assert CODE not in str(entry.data)


def test_the_second_sign_in_finds_the_same_user(answered: Callable[..., object]) -> None:
    answered(Client())
    answered(Client())
    assert (Person.objects.count(), User.objects.count()) == (1, 1)


def test_the_names_of_the_state_are_the_newest(answered: Callable[..., object]) -> None:
    person = PersonFactory(code=CODE, first_name="Anna", last_name="Kalniņa")
    answered(Client(), Answer(surname="BĒRZIŅA-KALNIŅA"))
    person.refresh_from_db()
    assert person.last_name == "Bērziņa-Kalniņa"


def test_sso_01_nobody_is_found_by_name_or_e_mail(answered: Callable[..., object]) -> None:
    namesake = ClientFactory(person__first_name="Anna", person__last_name="Bērziņa")
    answered(Client())
    assert Person.objects.exclude(pk=namesake.person_id).count() == 1


def test_sso_10_a_historic_code_finds_the_person_and_the_marked_one_becomes_current(
    answered: Callable[..., object],
) -> None:
    person = PersonFactory(code="12121210000")
    answered(Client(), Answer(codes=(("121212-10000", False), ("010190-12345", True))))
    assert Person.objects.get() == person
    assert person.current_code == CODE
    assert {code.clear: code.is_current for code in person.codes.all()} == {CODE: True, "12121210000": False}


def test_sso_10_a_code_the_person_once_had_is_enough(answered: Callable[..., object]) -> None:
    person = PersonFactory(code="32123456789")
    PersonalCodeFactory(person=person, digits=CODE)
    answered(Client())
    assert Person.objects.get() == person
    assert person.current_code == CODE


def test_ses_04_a_blocked_user_stays_outside(answered: Callable[..., object]) -> None:
    UserFactory(person=PersonFactory(code=CODE), is_active=False)
    assert answered(Client()).status_code == 403  # type: ignore[attr-defined]


# --- whose request it was -------------------------------------------------------


def test_sso_04_another_browser_cannot_finish(sign_on: Keys, begin: Callable[..., str]) -> None:
    """Login CSRF: the attacker's own answer, sent through the victim's browser."""
    attacker, victim = Client(), Client()
    request_id = begin(attacker)
    finish = post(Client(), Answer(request_id=request_id).posted(sign_on))["Location"]
    begin(victim)
    refused = victim.get(finish)
    assert refused.status_code == 403
    assert "_auth_user_id" not in victim.session
    assert attacker.get(finish).status_code == 302


def test_sso_04_no_request_no_sign_in(sign_on: Keys) -> None:
    finish = post(Client(), Answer().posted(sign_on))["Location"]
    assert Client().get(finish).status_code == 403


def test_sso_04_a_request_is_forgotten_after_ten_minutes(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    with time_machine.travel(timezone.now() - timedelta(minutes=10, seconds=1), tick=True):
        request_id = begin(browser)
    finish = post(Client(), Answer(request_id=request_id).posted(sign_on))["Location"]
    assert browser.get(finish).status_code == 403


def test_sso_04_requests_differ_and_are_long(begin: Callable[..., str]) -> None:
    ids = {begin(Client()) for _ in range(20)}
    assert len(ids) == 20
    assert all(len(one) >= 33 for one in ids)


def test_sso_04_a_tampered_cookie_begins_nothing(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    request_id = begin(browser)
    browser.cookies["stars_sign_in"] = browser.cookies["stars_sign_in"].value[:-2] + "xx"
    finish = post(Client(), Answer(request_id=request_id).posted(sign_on))["Location"]
    assert browser.get(finish).status_code == 403


def test_two_tabs_may_both_finish_and_four_at_most_wait(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    ids = [begin(browser) for _ in range(5)]
    answers = [post(Client(), Answer(request_id=one).posted(sign_on))["Location"] for one in ids]
    assert [browser.get(finish).status_code for finish in answers] == [403, 302, 302, 302, 302]


def test_sso_05_the_cookie_is_lax_short_and_out_of_reach(begin: Callable[..., str], settings: Settings) -> None:
    browser = Client()
    begin(browser)
    cookie = browser.cookies["stars_sign_in"]
    assert (cookie["samesite"], cookie["httponly"], cookie["max-age"], cookie["path"]) == ("Lax", True, 600, "/")
    settings.SESSION_COOKIE_SECURE = True
    browser.get("/pieslegties/iedzivotajs", secure=True)
    strict = browser.cookies["__Host-stars_sign_in"]
    assert (strict["secure"], strict["domain"]) == (True, "")


# --- the other protocol ----------------------------------------------------------


def token_finish(state: str, keys: Keys, **changes: object) -> str:
    return str(post(Client(), Token(state=state).but(**changes).posted(keys))["Location"])


def test_wsf_02_the_state_must_be_one_this_browser_still_waits_for(wsfed: Keys, begin: Callable[..., str]) -> None:
    """Login CSRF: `wctx` is not signed, so a forger may write what they like; the victim's browser knows its own."""
    attacker, victim = Client(), Client()
    state = begin(attacker)
    begin(victim)
    finish = token_finish(state, wsfed)
    assert victim.get(finish).status_code == 403
    assert "_auth_user_id" not in victim.session
    assert attacker.get(finish).status_code == 302


def test_wsf_02_one_token_signs_in_once_whatever_the_state(wsfed: Keys, begin: Callable[..., str]) -> None:
    """A token somebody has seen is no use in their own browser once it was used, nor twice at once."""
    owner, thief = Client(), Client()
    fields = Token(state=begin(owner)).posted(wsfed)
    stolen = fields | {"wctx": begin(thief)}
    owners = post(Client(), fields)["Location"]
    assert owner.get(owners).status_code == 302
    assert post(Client(), stolen).status_code == 400
    assert UsedAssertion.objects.count() == 1


def test_sso_13_one_token_under_many_states_keeps_one_row(wsfed: Keys) -> None:
    fields = Token().posted(wsfed)
    for number in range(5):
        assert post(Client(), fields | {"wctx": f"_state{number}"}).status_code == 303
    assert SignInHandle.objects.count() == 1


def test_wsf_02_a_first_sign_in_by_token_makes_the_same_person(wsfed: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    assert browser.get(token_finish(begin(browser, "/programma/817"), wsfed))["Location"] == "/programma/817"
    assert (Person.objects.get().full_name, Person.objects.get().current_code) == ("Anna Bērziņa", CODE)


# --- identified anew ----------------------------------------------------------------


def ask_again(browser: Client, begin: Callable[..., str]) -> str:
    """A signed-in person is sent to identify again; gives the request's id."""
    browser.get("/pieslegties/iedzivotajs", {"atkartoti": "1"})
    return str(signing.loads(browser.cookies["stars_sign_in"].value, salt="accounts.sso.pending")[-1][0])


def test_wsf_07_identification_anew_takes_an_instant_of_the_last_five_minutes(
    wsfed: Keys, begin: Callable[..., str]
) -> None:
    browser = Client()
    hour_ago = timezone.now() - timedelta(hours=1)
    browser.get(token_finish(begin(browser), wsfed, authenticated=hour_ago))
    assert not identified.is_fresh(browser.session, timezone.now())
    response = browser.get("/pieslegties/iedzivotajs", {"atkartoti": "1"})
    assert "wfresh=0" in response["Location"]
    again = ask_again(browser, begin)
    assert browser.get(token_finish(again, wsfed, authenticated=hour_ago)).status_code == 403
    assert not identified.is_fresh(browser.session, timezone.now())
    assert browser.get(token_finish(ask_again(browser, begin), wsfed)).status_code == 302
    assert identified.is_fresh(browser.session, timezone.now())
    assert not identified.is_fresh(browser.session, timezone.now() + timedelta(minutes=6))


def test_wsf_07_the_same_by_saml_2(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    earlier = put("a:AuthnStatement", AuthnInstant="2020-01-01T00:00:00Z")
    answer = Answer(request_id=begin(browser), bend_assertion=earlier)
    browser.get(post(Client(), answer.posted(sign_on))["Location"])
    request = unpacked(browser.get("/pieslegties/iedzivotajs", {"atkartoti": "1"})["Location"], "SAMLRequest")
    assert request.get("ForceAuthn") == "true"
    refused = answer.but(request_id=ask_again(browser, begin))
    assert browser.get(post(Client(), refused.posted(sign_on))["Location"]).status_code == 403
    fresh = Answer(request_id=ask_again(browser, begin))
    assert browser.get(post(Client(), fresh.posted(sign_on))["Location"]).status_code == 302


def test_mfa_04_somebody_else_cannot_identify_in_the_persons_place(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    browser.get(post(Client(), Answer(request_id=begin(browser)).posted(sign_on))["Location"])
    mine = browser.session["_auth_user_id"]
    other = Answer(name_id="PK:32000000001", codes=(), request_id=ask_again(browser, begin))
    assert browser.get(post(Client(), other.posted(sign_on))["Location"]).status_code == 403
    assert browser.session["_auth_user_id"] == mine


def test_who_is_not_signed_in_is_not_asked_again(sign_on: Keys) -> None:
    address = Client().get("/pieslegties/iedzivotajs", {"atkartoti": "1"})["Location"]
    assert unpacked(address, "SAMLRequest").get("ForceAuthn") is None


# --- once ------------------------------------------------------------------------


def test_sso_06_an_answer_works_once(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    fields = Answer(request_id=begin(browser)).posted(sign_on)
    finish = post(Client(), fields)["Location"]
    assert browser.get(finish).status_code == 302
    assert browser.get(finish).status_code == 403
    assert post(Client(), fields).status_code == 400


def test_sso_06_two_handles_of_one_answer_sign_in_once(sign_on: Keys) -> None:
    """The same answer verified twice before either is finished; the database decides."""
    fields = Answer().posted(sign_on)
    first = services.receive_answer(form=fields)
    kept = SignInHandle.objects.get()
    services.finish_sign_in(handle=first, begun_here=["_request"])
    kept.save(force_insert=True)
    with pytest.raises(Refused, match="used_before"):
        services.finish_sign_in(handle=first, begun_here=["_request"])


def test_sso_06_another_answer_to_a_used_request(sign_on: Keys, begin: Callable[..., str]) -> None:
    browser = Client()
    request_id = begin(browser)
    browser.get(post(Client(), Answer(request_id=request_id).posted(sign_on))["Location"])
    assert post(Client(), Answer(request_id=request_id).posted(sign_on)).status_code == 400


def test_sso_05_a_result_is_kept_for_a_minute(sign_on: Keys) -> None:
    handle = services.receive_answer(form=Answer().posted(sign_on))
    with (
        time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True),
        pytest.raises(Refused, match="handle_unknown"),
    ):
        services.finish_sign_in(handle=handle, begun_here=["_request"])


def test_an_unknown_handle(sign_on: Keys) -> None:
    assert Client().get("/pieslegties/pabeigt/never-given").status_code == 403


# --- the session and the way on ------------------------------------------------------


def test_ses_01_a_new_session_at_sign_in(answered: Callable[..., object]) -> None:
    browser = signed_in(Client(), ProviderFactory())
    before = browser.session.session_key
    answered(browser)
    assert browser.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/programma/817?a=1", "/programma/817?a=1"),
        ("https://evil.example/", "/profils"),
        ("//evil.example/", "/profils"),
        ("/\\evil.example", "/profils"),
        ("/a\nb", "/profils"),
        ("/" + "a" * 600, "/profils"),
        ("javascript:alert(1)", "/profils"),
    ],
)
def test_sso_11_own_paths_only(answered: Callable[..., object], wanted: str, target: str) -> None:
    assert answered(Client(), next_path=wanted)["Location"] == target  # type: ignore[index]


def test_sso_11_the_target_is_not_told_to_the_sign_on(sign_on: Keys) -> None:
    response = Client().get("/pieslegties/iedzivotajs", {"next": "/programma/817"})
    assert response["Location"].startswith("https://idp.example.lv/saml/sso?SAMLRequest=")
    assert "817" not in response["Location"]
    assert "RelayState" not in response["Location"]


def test_sso_13_beginning_writes_no_row(sign_on: Keys) -> None:
    browser = Client()
    browser.get("/pieslegties/iedzivotajs")
    assert Session.objects.count() == 0
    assert "sessionid" not in browser.cookies


def test_sso_03_addresses_come_from_the_settings(sign_on: Keys, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["evil.example"]
    page = Client(headers={"Host": "evil.example"}).get("/sso/metadata").content.decode()
    assert 'Location="https://stars.example.lv/sso/acs"' in page
    assert "evil.example" not in page
    assert 'use="encryption"' not in page


def test_a_signed_in_client_is_not_sent_again(sign_on: Keys) -> None:
    browser = signed_in(Client(), ClientFactory())
    assert browser.get("/pieslegties/iedzivotajs", {"next": "/jaunumi"})["Location"] == "/jaunumi"


def test_sign_out_ends_the_session_on_the_server(answered: Callable[..., object]) -> None:
    browser = Client()
    answered(browser)
    key = browser.session.session_key
    response = browser.post("/iziet")
    assert response["Location"] == "/"
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    assert browser.get("/iziet").status_code == 405


def test_sweep_sign_in_removes_what_is_past(sign_on: Keys) -> None:
    services.receive_answer(form=Answer().posted(sign_on))
    handle = services.receive_answer(form=Answer(request_id="_second").posted(sign_on))
    services.finish_sign_in(handle=handle, begun_here=["_second"])
    assert services.sweep_sign_in() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert services.sweep_sign_in() == 1
        assert UsedAssertion.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        services.sweep_sign_in()
    assert not UsedAssertion.objects.exists()
