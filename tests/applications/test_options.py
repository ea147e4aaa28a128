"""What stands beside the button Pieteikties: one answer a source, the reason in words, and the person's own price."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications.models import Application
from applications.selectors import ApplyOption, apply_options, option_for
from applications.selectors.options import is_adult
from catalog.models import ApplicationRound, Programme
from catalog.selectors import published_programme
from funding.models import FundingSource, LearningAccount
from funding.services import refuse_account, reserve
from stars.kernel.actor import Actor
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, ProgrammeOfferFactory, RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk, mn, varam

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create()
    return user


@pytest.fixture
def programme() -> Programme:
    RoundFactory.create(source=imk())
    made: Programme = ProgrammeFactory.create()
    return made


def the_option(programme: Programme, user: User | None = None) -> ApplyOption:
    actor = actor_of(user) if user else Actor()
    (option,) = apply_options(programme, actor, timezone.now())
    return option


def test_anybody_may_start(programme: Programme, client: User) -> None:
    for user in (None, client):
        option = the_option(programme, user)
        assert (option.may_apply, option.why, option.code) == (True, "", "")
        assert option.url == f"/pieteikums/jauns/{programme.number}/imk"
        assert (option.price_cents, option.own_share_cents) == (42743, 0)
        assert option.round is not None


def test_money_before_and_after(programme: Programme, client: User) -> None:
    waiting = the_option(programme, client)
    assert waiting.after_cents == 7257  # as if the grant were given
    approved_account(client.person)
    assert the_option(programme, client).after_cents == 7257
    assert the_option(programme).after_cents is None
    programme.offers.update(price_cents=60899)
    approved = the_option(programme, client)
    assert (approved.own_share_cents, approved.after_cents) == (10899, 0)


def hold(client: User, programme: Programme) -> Application:
    """An application with its money set aside, as sending it does."""
    open_round = ApplicationRound.objects.get()
    made: Application = ApplicationFactory.create(
        client=client.person, programme=programme, source=imk(), round=open_round
    )
    with transaction.atomic():
        reserve(
            person_id=client.person.pk,
            source=imk(),
            purpose=made.reference,
            programme_name=programme.name,
            price_cents=made.price_cents,
            by=SYSTEM,
        )
    return made


def test_who_has_applied_sees_what_they_applied_with(
    programme: Programme, client: User, django_assert_max_num_queries: Any
) -> None:
    approved_account(client.person)
    hold(client, programme)
    elsewhere = ProgrammeFactory.create()
    with django_assert_max_num_queries(9):
        applied = the_option(programme, client)
    assert (applied.own_share_cents, applied.is_applied_for) == (0, True)
    # Another programme can be chosen once this one is given up, which gives its money back.
    other = the_option(elsewhere, client)
    assert (other.own_share_cents, other.is_applied_for) == (0, False)


def test_after_the_round_the_money_held_counts_for_nothing_else(programme: Programme, client: User) -> None:
    approved_account(client.person)
    hold(client, programme)
    elsewhere = ProgrammeFactory.create()
    ApplicationRound.objects.update(closes_at=timezone.now())
    assert the_option(programme, client).own_share_cents == 0
    assert the_option(elsewhere, client).own_share_cents == 42743 - 7257
    RoundFactory.create(
        source=imk(), opens_at=timezone.now()
    )  # a later round opens: giving up is not possible any more
    assert the_option(elsewhere, client).own_share_cents == 42743 - 7257


def test_the_draft_is_found(programme: Programme, client: User) -> None:
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())
    assert the_option(programme, client).draft == draft


def test_already_applied_leads_to_the_application(programme: Programme, client: User) -> None:
    live = ApplicationFactory.create(client=client.person, source=imk())
    option = the_option(programme, client)
    assert (option.may_apply, option.code) == (False, "already_applied")
    assert option.url == f"/profils/pieteikumi/{live.reference}"


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ({"over": True}, "round_closed", "Šobrīd pieteikšanās nav atvērta."),
        ({"to_come": True}, "not_open_yet", "Pieteikšanās sāksies"),
    ],
)
def test_outside_the_round(programme: Programme, client: User, state: dict[str, Any], code: str, words: str) -> None:
    ApplicationRound.objects.all().delete()
    RoundFactory.create(source=imk(), **state)
    option = the_option(programme, client)
    assert (option.may_apply, option.code) == (False, code)
    assert words in option.why


def test_the_round_is_half_open(programme: Programme, client: User) -> None:
    closes_at = ApplicationRound.objects.get().closes_at
    (last,) = apply_options(programme, actor_of(client), closes_at - timedelta(microseconds=1))
    (late,) = apply_options(programme, actor_of(client), closes_at)
    assert (last.may_apply, late.may_apply) == (True, False)


def test_full(programme: Programme, client: User) -> None:
    programme.groups.update(taken=20)
    assert the_option(programme, client).why == "Šajā programmā brīvu vietu vairs nav."


def test_one_place_left_is_a_place(programme: Programme, client: User) -> None:
    group = programme.groups.get()
    programme.groups.update(taken=group.capacity - 1)
    assert the_option(programme, client).may_apply


def test_what_has_no_group_yet_was_never_full(programme: Programme, client: User) -> None:
    programme.groups.all().delete()
    assert the_option(programme, client).why == "Šobrīd nav grupu, kurām var pieteikties."


def test_unpublished(programme: Programme, client: User) -> None:
    programme.state = "archived"
    programme.save()
    assert the_option(programme, client).code == "not_published"


def test_people_at_work_are_told_why(programme: Programme) -> None:
    for user in (ProviderFactory.create(), AgencyUserFactory.create()):
        assert the_option(programme, user).code == "only_residents"


def test_what_is_known_of_the_person(programme: Programme, client: User) -> None:
    client.person.birth_date = timezone.localdate() - timedelta(days=365 * 17)
    client.person.save()
    assert the_option(programme, client).code == "too_young"
    client.person.birth_date = None
    client.person.save()
    account = LearningAccount.objects.get(person=client.person)
    refuse_account(account_id=account.pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    option = the_option(programme, client)
    assert option.why == "Finansējums Jums nav piešķirams: Mācības jau ir pārtrauktas."


def test_adults_by_the_day_in_riga() -> None:
    moment = timezone.now()
    today = timezone.localdate(moment)
    assert is_adult(None, moment) is None
    assert is_adult(today.replace(year=today.year - 18, day=min(today.day, 28)), moment)
    assert not is_adult(today - timedelta(days=18 * 365), moment)


def test_each_source_has_its_own_answer(programme: Programme, client: User) -> None:
    ProgrammeOfferFactory.create(programme=programme, source=mn(), price_cents=42743)
    ProgrammeOfferFactory.create(programme=programme, source=varam())
    options = apply_options(programme, actor_of(client), timezone.now())
    assert [(one.source.code, one.code) for one in options] == [
        ("imk", ""),
        ("mn", "round_closed"),
        ("varam", "test_first"),
    ]
    assert [one.own_share_cents for one in options] == [0, 4274, 0]
    assert option_for(programme, mn(), actor_of(client), timezone.now()) == options[1]
    unknown = FundingSource(pk=0, code=str(uuid.uuid4()))
    assert option_for(programme, unknown, actor_of(client), timezone.now()) is None


def test_a_source_out_of_use_is_not_offered(programme: Programme) -> None:
    FundingSource.objects.filter(code="imk").update(is_active=False)
    assert apply_options(programme, Actor(), timezone.now()) == []


@pytest.mark.parametrize("sources", [1, 3])
def test_the_cost_does_not_grow_with_the_sources(
    programme: Programme, client: User, sources: int, django_assert_max_num_queries: Any
) -> None:
    if sources == 3:
        ProgrammeOfferFactory.create(programme=programme, source=mn())
        ProgrammeOfferFactory.create(programme=programme, source=varam())
    approved_account(client.person)
    shown = published_programme(programme.number)
    assert shown is not None
    with django_assert_max_num_queries(7):
        assert len(apply_options(shown, actor_of(client), timezone.now())) == sources
    with django_assert_max_num_queries(2):
        apply_options(shown, Actor(), timezone.now())
