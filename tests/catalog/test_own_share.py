"""X17: list, page and form say the same price, for they ask the same arithmetic."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from applications.selectors import apply_options
from catalog.models import ApplicationRound, SavedProgramme
from catalog.selectors import CatalogueQuery, Purse, asker_of, catalogue, kept_numbers, purse_of, standing_at
from funding.models import FundingSource, Grant, LearningAccount
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
    assert asker_of(actor).sectors == ("3", "18")
    profile.sectors.set(Sector.objects.filter(number=20))
    assert asker_of(actor).sectors == ()
    assert asker_of(Actor()).sectors == ()


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


def shares(purse: Purse) -> list[int]:
    """By every source that is in use, at prices under and over the grant."""
    sources = FundingSource.objects.filter(is_active=True).order_by("pk")
    return [purse.own_share(source, cents) for source in sources for cents in (42743, 60899, 212719)]


@pytest.mark.parametrize(
    "state", ["nobody", "no account", "waiting", "granted", "reserved", "reserved for good", "denied", "lapsed"]
)
@pytest.mark.parametrize("low_income", [True, None])
def test_x17_the_catalogues_one_statement_says_the_same_as_the_pages_that_ask_more(
    state: str, low_income: bool | None, django_assert_num_queries: Any
) -> None:
    RoundFactory.create()
    actor = client_actor(
        approved=state in {"granted", "reserved", "reserved for good", "lapsed"}, low_income=low_income
    )
    assert actor.person_id is not None
    account = LearningAccount.objects.get(person_id=actor.person_id)
    if state == "no account":
        account.delete()
    elif state == "denied":
        refuse_account(account_id=account.pk, reason="Mācības ir pārtrauktas.", by=Actor.system("test"))
    elif state in {"reserved", "reserved for good"}:
        reserve_some(actor)
        if state == "reserved for good":
            ApplicationRound.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    elif state == "lapsed":
        Grant.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    elif state == "nobody":
        actor = Actor()
    standing = standing_at(timezone.now())
    asker_of(actor)
    with django_assert_num_queries(0 if state == "nobody" else 1):
        purse = asker_of(actor).purse(standing)
    assert shares(purse) == shares(purse_of(actor))


def test_what_a_client_put_aside_comes_along() -> None:
    actor = client_actor()
    assert actor.person_id is not None
    SavedProgramme.objects.create(person_id=actor.person_id, programme=ProgrammeFactory.create(number=4711))
    assert asker_of(actor).kept == kept_numbers(actor) == {4711}
