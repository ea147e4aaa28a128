"""X17: list, page and form say the same price, for they ask the same arithmetic."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from applications.selectors import apply_options
from catalog.models import ApplicationRound, SavedProgramme
from catalog.selectors import CatalogueQuery, Purse, catalogue, own_of, purse_of, standing_at
from funding.models import FundingSource, Grant, LearningAccount, TargetGroupCheck
from funding.selectors import balances_of
from funding.services import approve_account, refuse_account, reserve
from stars.classifiers.models import Sector
from stars.kernel.actor import Actor, Role
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import ProgrammeFactory, ProgrammeOfferFactory, RoundFactory

pytestmark = pytest.mark.django_db


def client_actor(*, approved: bool = False, low_income: bool | None = None) -> Actor:
    FundingSource.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() + timedelta(days=200))
    user = ClientFactory.create()
    user.person.profile.low_income = low_income
    user.person.profile.save()
    account = LearningAccount.objects.get_or_create(person=user.person)[0]
    if approved:
        approve_account(account_id=account.pk, by=Actor.system("test"))
    return Actor(role=Role.CLIENT, user_id=user.pk, person_id=user.person.pk)


def test_anybody_is_shown_the_share_above_a_whole_grant() -> None:
    imk = FundingSource.objects.get(code="imk")
    assert purse_of(Actor()) == Purse()
    assert Purse().own_share(imk, 60899) == 10899
    assert Purse().own_share(imk, 42743) == 0


@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize("low_income", [True, False, None])
def test_x17_list_and_page_agree(approved: bool, low_income: bool | None) -> None:
    RoundFactory.create()
    RoundFactory.create(source=FundingSource.objects.get(code="mn"))
    programme = ProgrammeFactory.create(offer__price_cents=60899)
    ProgrammeOfferFactory.create(programme=programme, source=FundingSource.objects.get(code="mn"), price_cents=60899)
    actor, now = client_actor(approved=approved, low_income=low_income), timezone.now()
    (row,) = catalogue(CatalogueQuery(), actor=actor, moment=now).rows
    listed = {offer.now.source.code: offer.own_share_cents for offer in row.offers}
    assert listed == {option.source.code: option.own_share_cents for option in apply_options(programme, actor, now)}
    assert listed["imk"] == 10899
    assert (listed["mn"] == 0) is (low_income is True)


def test_sectors_that_name_none_are_not_a_choice() -> None:
    actor = client_actor()
    profile = ClientFactory._meta.model.objects.get(pk=actor.user_id).person.profile
    profile.sectors.set(Sector.objects.filter(number__in=(19, 3, 18)))
    assert own_of(actor).sectors == ("3", "18")
    profile.sectors.set(Sector.objects.filter(number=20))
    assert own_of(actor).sectors == ()
    assert own_of(Actor()).sectors == ()


def reserve_some(actor: Actor) -> None:
    assert actor.person_id is not None
    reserve(
        person_id=actor.person_id,
        source=FundingSource.objects.get(code="imk"),
        purpose=uuid4(),
        programme_name="Datu analīze",
        price_cents=42743,
        by=Actor.system("test"),
    )


@pytest.mark.parametrize(
    "state", ["no account", "waiting", "granted", "reserved", "reserved for good", "refused", "denied", "lapsed"]
)
@pytest.mark.parametrize("low_income", [True, None])
def test_x17_one_statement_says_the_same_of_the_money_as_the_pages_about_it(
    state: str, low_income: bool | None, django_assert_num_queries: Any
) -> None:
    RoundFactory.create()
    actor = client_actor(approved=state not in {"no account", "waiting", "refused"}, low_income=low_income)
    assert actor.person_id is not None
    account = LearningAccount.objects.get(person_id=actor.person_id)
    if state == "no account":
        account.delete()
    elif state == "refused":
        refuse_account(account_id=account.pk, reason="Mācības ir pārtrauktas.", by=Actor.system("test"))
    elif state == "denied":
        TargetGroupCheck.objects.filter(account=account).update(state="denied", reason="Mācības ir pārtrauktas.")
        assert next(iter(balances_of(actor.person_id).values())).refusal_reason
    elif state in {"reserved", "reserved for good"}:
        reserve_some(actor)
        if state == "reserved for good":
            ApplicationRound.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    elif state == "lapsed":
        Grant.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    rounds = standing_at(timezone.now()).rounds
    with django_assert_num_queries(1):
        purse = own_of(actor).purse(rounds)
    assert purse.balances == balances_of(actor.person_id)
    assert purse.low_income == low_income
    assert bool(purse.returning) is (state == "reserved")


def test_nobody_is_asked_about_who_is_no_client(django_assert_num_queries: Any) -> None:
    rounds = standing_at(timezone.now()).rounds
    with django_assert_num_queries(0):
        assert own_of(Actor()).purse(rounds) == Purse()


def test_what_a_client_put_aside_comes_along() -> None:
    actor = client_actor()
    assert actor.person_id is not None
    SavedProgramme.objects.create(person_id=actor.person_id, programme=ProgrammeFactory.create(number=4711))
    assert own_of(actor).kept == {4711}
