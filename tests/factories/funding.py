"""Money for tests. The three sources are data of a migration: `imk()`, `mn()`, `varam()` fetch them."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from funding import models, services
from funding.states import AccountState
from stars.kernel.actor import Actor

SYSTEM = Actor.system("test")


def _next_year() -> date:
    return timezone.localdate() + timedelta(days=365)


def imk() -> models.FundingSource:
    """The source with a grant, its money usable for another year."""
    source = models.FundingSource.objects.get(code="imk")
    if source.grant_valid_to != _next_year():
        source.grant_valid_to = _next_year()
        source.save(update_fields=["grant_valid_to"])
    return source


def round_of_imk() -> models.Allotment:
    """The round of money IMK gives now."""
    return models.Allotment.objects.filter(source__code="imk").order_by("-opened_on", "-pk")[0]


def mn() -> models.FundingSource:
    return models.FundingSource.objects.get(code="mn")


def varam() -> models.FundingSource:
    return models.FundingSource.objects.get(code="varam")


class SourceFactory(factory.django.DjangoModelFactory):
    """A fourth source, paid for in full."""

    class Meta:
        model = models.FundingSource

    code = factory.Sequence(lambda n: f"avots-{n}")
    label = factory.Sequence(lambda n: f"A{n}")
    name = "Jauns projekts"
    legal_name = 'Projekts "Jauns projekts"'
    co_payment = models.FundingSource.CoPayment.NONE
    position = 9


class AccountFactory(factory.django.DjangoModelFactory):
    """A learning account of a person who has no other yet; `ClientFactory` already opens one."""

    class Meta:
        model = models.LearningAccount

    person = factory.SubFactory("tests.factories.accounts.PersonFactory")

    class Params:
        approved = factory.Trait(state=AccountState.APPROVED, decided_at=factory.LazyFunction(timezone.now))
        refused = factory.Trait(
            state=AccountState.REFUSED,
            decided_at=factory.LazyFunction(timezone.now),
            refusal_reason="Mācības šajā projektā jau ir pārtrauktas.",
        )


class AllotmentFactory(factory.django.DjangoModelFactory):
    """A round of money that has just begun."""

    class Meta:
        model = models.Allotment

    source = factory.LazyFunction(imk)
    name = factory.Sequence(lambda n: f"{n}. kārta")
    opened_on = factory.LazyFunction(timezone.localdate)


class EligibilityRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EligibilityRule

    source = factory.LazyFunction(imk)
    scope = models.Scope.ACCOUNT
    code = factory.Sequence(lambda n: f"rule-{n}")
    basis = models.Basis.AGE
    wording = "Ir nosacījums"


class TargetGroupCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.TargetGroupCheck

    account = factory.SubFactory(AccountFactory)
    source = factory.LazyFunction(imk)
    allotment = factory.LazyFunction(round_of_imk)


class GrantFactory(factory.django.DjangoModelFactory):
    """500 euros on an approved account, without the ledger's rows: `approved_account` posts them as the portal does."""

    class Meta:
        model = models.Grant

    account = factory.SubFactory(AccountFactory, approved=True)
    source = factory.LazyFunction(imk)
    allotment = factory.LazyFunction(round_of_imk)
    amount_cents = 50000
    valid_to = factory.LazyFunction(_next_year)


class ErasedGrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ErasedGrant

    allotment = factory.LazyFunction(round_of_imk)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    kept_until = factory.LazyFunction(_next_year)


class ReservationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Reservation

    grant = factory.SubFactory(GrantFactory)
    purpose = factory.Faker("uuid4")
    programme_name = "Datu analīze un vizualizācija"
    amount_cents = 42743


class LedgerTransactionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.LedgerTransaction

    grant = factory.SubFactory(GrantFactory)
    movement = models.Movement.CORRECT


class CorrectionFactory(factory.django.DjangoModelFactory):
    """Proposed, waiting for the second officer."""

    class Meta:
        model = models.Correction

    grant = factory.SubFactory(GrantFactory)
    amount_cents = -1250
    reason = "Summa piešķirta divreiz."
    proposed_by = factory.SubFactory("tests.factories.accounts.AgencyOfficerFactory")


class LedgerEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.LedgerEntry

    transaction = factory.SubFactory(LedgerTransactionFactory)
    bucket = models.Bucket.AVAILABLE
    amount_cents = 100


def approved_account(person: Any) -> models.LearningAccount:
    """The person's account, opened and approved by the portal's own services, with 500 euros of IMK."""
    imk()
    account = services.open_account(person_id=person.pk, by=SYSTEM)
    return services.approve_account(account_id=account.pk, by=SYSTEM)
