"""People the state vouches for and the portal cannot tell apart: noted once, told to nobody, resolved by the agency (SSO-10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Person, PersonalCode, Session, SignInHandle, SignOnConflict, UsedAssertion
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from tests.accounts.answers import Answer, Keys, post
from tests.accounts.tokens import Token
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    PersonalCodeFactory,
    PersonFactory,
    ProviderFactory,
    SignOnConflictFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "12121210000", "01019012345"
HISTORY = (("121212-10000", False), ("010190-12345", True))
UNMARKED = (("121212-10000", False), ("010190-12345", False))

SignInAs = Callable[..., Any]


def officer(*duties: Duty) -> Actor:
    user = AgencyUserFactory()
    return Actor(role=Role.AGENCY, user_id=user.pk, duties=frozenset(duties), label=user.label)


def two_people() -> tuple[Person, Person]:
    """One who was here under the old code, one under the new."""
    return PersonFactory(code=OLD), PersonFactory(code=NEW)


# --- noted ------------------------------------------------------------------------------


def test_sso_10_codes_of_several_people_are_refused_and_set_aside_for_the_agency(answered: SignInAs) -> None:
    people = two_people()
    response = answered(Client(), Answer(codes=HISTORY))
    assert response.status_code == 403
    conflict = SignOnConflict.objects.get()
    assert (conflict.reason, conflict.times, conflict.resolved_at) == ("several_persons", 1, None)
    assert set(conflict.people.all()) == set(people)
    assert [entry.action for entry in AuditEntry.objects.filter(object_id=str(conflict.pk))] == ["note"]
    assert Session.objects.count() == 0
    assert not SignInHandle.objects.exists()


def test_sso_10_the_refused_answer_is_used_up(answered: SignInAs, begin: Callable[..., str], sign_on: Keys) -> None:
    two_people()
    browser = Client()
    fields = Answer(request_id=begin(browser), codes=HISTORY).posted(sign_on)
    finish = post(Client(), fields)["Location"]
    assert [browser.get(finish).status_code for _ in range(2)] == [403, 403]
    assert UsedAssertion.objects.count() == 1
    assert SignOnConflict.objects.get().times == 1


def test_sso_10_codes_without_a_mark_are_set_aside_too(sign_on: Keys) -> None:
    person = PersonFactory(code=OLD)
    assert post(Client(), Answer(codes=UNMARKED).posted(sign_on)).status_code == 400
    conflict = SignOnConflict.objects.get()
    assert (conflict.reason, conflict.people.get()) == ("current_code_unclear", person)


def test_sso_10_the_same_in_the_other_protocol(wsfed: Keys) -> None:
    assert post(Client(), Token(codes=UNMARKED).posted(wsfed)).status_code == 400
    assert SignOnConflict.objects.get().reason == "current_code_unclear"


def test_sso_10_trying_again_makes_no_second_row(sign_on: Keys) -> None:
    for codes in (UNMARKED, UNMARKED, tuple(reversed(UNMARKED))):
        post(Client(), Answer(codes=codes).posted(sign_on))
    conflict = SignOnConflict.objects.get()
    assert conflict.times == 3
    assert conflict.last_at > conflict.first_at
    assert AuditEntry.objects.filter(object_id=str(conflict.pk)).count() == 1


def test_sso_10_only_an_answer_that_holds_in_all_else_is_set_aside(sign_on: Keys, stranger_keys: Keys) -> None:
    post(Client(), Answer(codes=UNMARKED).posted(stranger_keys))
    late = Answer(codes=UNMARKED)
    post(Client(), late.but(moment=late.moment - timedelta(hours=1)).posted(sign_on))
    post(Client(), Answer(codes=UNMARKED, means="TEST").posted(sign_on))
    assert not SignOnConflict.objects.exists()


def test_cod_04_no_code_of_it_is_kept_in_clear(sign_on: Keys, caplog: pytest.LogCaptureFixture) -> None:
    post(Client(), Answer(codes=UNMARKED).posted(sign_on))
    conflict = SignOnConflict.objects.get()
    entry = AuditEntry.objects.get(object_id=str(conflict.pk))
    kept = f"{conflict.sealed} {conflict.digest} {conflict} {entry.data} {entry.actor_label} {caplog.text}"
    for code in (OLD, NEW, "121212-10000", "010190-12345"):
        assert code not in kept
    assert f"sign_on_conflict conflict={conflict.pk}" in caplog.text


# --- resolved ------------------------------------------------------------------------------


def test_sso_10_the_agency_says_whose_the_codes_are_and_the_person_comes_in(answered: SignInAs) -> None:
    first, second = two_people()
    UserFactory(person=first)
    answered(Client(), Answer(codes=HISTORY))
    conflict = SignOnConflict.objects.get()
    by = officer(Duty.SECURITY)
    services.resolve_conflict(conflict_id=conflict.pk, person_id=first.pk, explanation="Viens cilvēks.", by=by)
    browser = Client()
    assert answered(browser, Answer(codes=HISTORY))["Location"] == "/profils"
    assert browser.session["_auth_user_id"] == str(first.user.pk)
    assert {code.clear: code.is_current for code in first.codes.all()} == {NEW: True, OLD: False}
    assert not second.codes.exists()
    conflict.refresh_from_db()
    assert (conflict.resolved_by_id, conflict.explanation) == (by.user_id, "Viens cilvēks.")
    told = AuditEntry.objects.filter(action__in=["take_codes", "lose_codes", "resolve"])
    assert {(entry.object_id, entry.action) for entry in told} == {
        (str(first.pk), "take_codes"),
        (str(second.pk), "lose_codes"),
        (str(conflict.pk), "resolve"),
    }
    assert {entry.actor_user_id for entry in told} == {by.user_id}


def test_cod_03_a_current_code_nobody_had_yet_comes_with_the_decision() -> None:
    first, second = PersonFactory(code=OLD), PersonFactory(code="32000000009")
    conflict = SignOnConflictFactory(codes=[NEW, OLD, "32000000009"])
    services.resolve_conflict(
        conflict_id=conflict.pk, person_id=second.pk, explanation="x", by=officer(Duty.ADMINISTRATOR)
    )
    assert {code.clear: code.is_current for code in second.codes.all()} == {NEW: True, OLD: False, "32000000009": False}
    assert not first.codes.exists()


def test_sso_10_others_keep_the_codes_that_were_not_named() -> None:
    first, second = two_people()
    PersonalCodeFactory(person=second, digits="33000000009")
    conflict = SignOnConflictFactory(codes=[NEW, OLD])
    services.resolve_conflict(conflict_id=conflict.pk, person_id=first.pk, explanation="x", by=officer(Duty.SECURITY))
    assert [code.clear for code in second.codes.all()] == ["33000000009"]


def test_sso_10_settled_elsewhere_changes_no_code() -> None:
    two_people()
    conflict = SignOnConflictFactory(codes=[NEW, OLD])
    before = set(PersonalCode.objects.values_list("digest", "person_id", "is_current"))
    services.resolve_conflict(conflict_id=conflict.pk, explanation="Modulis laboja.", by=officer(Duty.SECURITY))
    assert set(PersonalCode.objects.values_list("digest", "person_id", "is_current")) == before
    assert SignOnConflict.objects.get().resolved_at is not None


def test_a_conflict_is_resolved_once() -> None:
    conflict = SignOnConflictFactory()
    services.resolve_conflict(conflict_id=conflict.pk, explanation="x", by=officer(Duty.SECURITY))
    with pytest.raises(DomainError, match="atrisinājis"):
        services.resolve_conflict(conflict_id=conflict.pk, explanation="y", by=officer(Duty.SECURITY))
    assert SignOnConflict.objects.get().explanation == "x"


def test_codes_go_to_one_of_the_people_concerned_only() -> None:
    two_people()
    conflict = SignOnConflictFactory(codes=[NEW, OLD])
    with pytest.raises(DomainError):
        services.resolve_conflict(
            conflict_id=conflict.pk, person_id=PersonFactory().pk, explanation="x", by=officer(Duty.SECURITY)
        )
    assert SignOnConflict.objects.get().resolved_at is None


@pytest.mark.parametrize(
    "by",
    [
        Actor(),
        Actor.system("sso"),
        Actor(role=Role.CLIENT, user_id=1),
        Actor(role=Role.PROVIDER_ADMIN, user_id=1, institution_id=-1),
        Actor(role=Role.AGENCY, user_id=1, duties=frozenset({Duty.APPROVER, Duty.FINANCE, Duty.CONTENT})),
    ],
)
def test_only_officers_of_security_resolve(by: Actor) -> None:
    conflict = SignOnConflictFactory()
    with pytest.raises(NotPermitted):
        services.resolve_conflict(conflict_id=conflict.pk, explanation="x", by=by)
    assert SignOnConflict.objects.get().resolved_at is None


# --- the agency's page -----------------------------------------------------------------------


def test_the_agency_finds_them_and_resolves_on_its_pages() -> None:
    first, second = two_people()
    conflict = SignOnConflictFactory(codes=[NEW, OLD])
    browser = signed_in(Client(), AgencyUserFactory())
    listed = browser.get("/admin/accounts/signonconflict/").content.decode()
    page = browser.get(f"/admin/accounts/signonconflict/{conflict.pk}/change/").content.decode()
    for text in (listed, page):
        assert first.full_name in text
        assert [code for code in (OLD, NEW, "010190", "121212") if code in text] == []
    asked = f"/admin/accounts/signonconflict/{conflict.pk}/decide/resolve/"
    form = browser.get(asked).content.decode()
    assert second.full_name in form
    assert browser.post(asked, {"person": str(first.pk), "explanation": ""}).status_code == 422
    assert browser.post(asked, {"person": str(first.pk), "explanation": "Viens cilvēks."}).status_code == 302
    assert SignOnConflict.objects.get().explanation == "Viens cilvēks."
    assert first.codes.count() == 2


def test_aud_02_looking_at_them_is_written_down_for_each_person_concerned() -> None:
    people = two_people()
    conflict = SignOnConflictFactory(codes=[NEW, OLD])
    signed_in(Client(), AgencyUserFactory()).get(f"/admin/accounts/signonconflict/{conflict.pk}/change/")
    assert set(AccessEntry.objects.values_list("person_id", flat=True)) == {person.pk for person in people}


def test_where_nobody_is_concerned_there_is_nobody_to_choose() -> None:
    conflict = SignOnConflictFactory()
    browser = signed_in(Client(), AgencyUserFactory())
    asked = f"/admin/accounts/signonconflict/{conflict.pk}/decide/resolve/"
    assert 'name="person"' not in browser.get(asked).content.decode()
    assert browser.post(asked, {"explanation": "Modulis laboja."}).status_code == 302


@pytest.mark.parametrize("make", [ClientFactory, ProviderFactory])
def test_nobody_else_sees_them(make: Any) -> None:
    conflict = SignOnConflictFactory()
    response = signed_in(Client(), make()).get(f"/admin/accounts/signonconflict/{conflict.pk}/change/")
    assert response.status_code == 302
    assert "/admin/login" in response["Location"]
