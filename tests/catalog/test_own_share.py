"""X17: list, page and form say the same price, for they ask the same arithmetic."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.selectors import apply_options
from catalog.selectors import CatalogueQuery, Purse, catalogue, profile_sectors, purse_of
from funding.models import FundingSource, LearningAccount
from funding.services import approve_account
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
    assert profile_sectors(actor) == ("3", "18")
    profile.sectors.set(Sector.objects.filter(number=20))
    assert profile_sectors(actor) == ()
    assert profile_sectors(Actor()) == ()
