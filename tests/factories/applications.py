"""Applications at any stage. `complete_answers(...)` is what a client has typed when nothing is missing."""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from applications import models
from applications.states import State, Verdict
from funding.models import FundingSource
from stars.classifiers.models import ChoiceReason, EconomicStatus, EducationLevel, PlanningRegion, RejectionReason

from .accounts import ClientFactory
from .catalog import ProgrammeFactory, RoundFactory


def _client_person() -> Any:
    return ClientFactory.create().person


def complete_answers(programme: Any, **changes: Any) -> dict[str, Any]:
    """Answers to every question any source asks, for the first group of the programme."""
    group = programme.groups.order_by("starts_on", "pk").first()
    return {
        "email": "anna.berzina@example.lv",
        "phone": "26 123 456",
        "region": PlanningRegion.objects.order_by("position")[0].code,
        "venue": str(group.venue_id) if group else "",
        "group": str(group.pk) if group else "",
        "knows_content": True,
        "not_done_before": True,
        "reasons": [ChoiceReason.objects.order_by("position")[0].code],
        "economic_status": EconomicStatus.objects.order_by("position")[0].code,
        "employed_now": True,
        "workplace": "Rīga",
        "profession": "Grāmatvede",
        "education": EducationLevel.objects.order_by("position")[0].code,
        "low_income": "",
    } | changes


class FormRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FormRule

    source = factory.SubFactory("tests.factories.funding.SourceFactory")
    question = models.Question.EMAIL


class DraftFactory(factory.django.DjangoModelFactory):
    """A draft with every answer given; `answers={}` or `answers__region=""` change that."""

    class Meta:
        model = models.Draft

    client = factory.LazyFunction(_client_person)
    programme = factory.SubFactory(ProgrammeFactory)
    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    answers = factory.LazyAttribute(lambda o: complete_answers(o.programme))


class ApplicationFactory(factory.django.DjangoModelFactory):
    """Submitted to the first group of the programme, which counts the place; the traits lead further."""

    class Meta:
        model = models.Application
        skip_postgeneration_save = True

    reference = factory.LazyFunction(uuid.uuid4)
    fingerprint = "0" * 64
    number = factory.Sequence(lambda n: f"2000-{n:06d}")
    client = factory.LazyFunction(_client_person)
    programme = factory.SubFactory(ProgrammeFactory)
    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    round = factory.SubFactory(RoundFactory, source=factory.SelfAttribute("..source"))
    group = factory.LazyAttribute(lambda o: o.programme.groups.order_by("starts_on", "pk").first())
    answers = factory.LazyFunction(
        lambda: [{"question": "email", "label": "E-pasta adrese", "value": "a@example.lv", "says": "a@example.lv"}]
    )
    price_cents = 42743
    own_share_cents = 0
    arrived_at = factory.LazyFunction(timezone.now)

    class Params:
        admitted = factory.Trait(state=State.ADMITTED, decided_at=factory.LazyFunction(timezone.now))
        rejected = factory.Trait(
            state=State.REJECTED,
            decided_at=factory.LazyFunction(timezone.now),
            closed_at=factory.LazyFunction(timezone.now),
            rejection_reason=factory.LazyFunction(lambda: RejectionReason.objects.order_by("position")[0]),
        )
        withdrawn = factory.Trait(state=State.WITHDRAWN, closed_at=factory.LazyFunction(timezone.now))
        completed = factory.Trait(
            state=State.COMPLETED,
            decided_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=90)),
            closed_at=factory.LazyFunction(timezone.now),
        )
        expelled = factory.Trait(
            state=State.EXPELLED,
            decided_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=90)),
            closed_at=factory.LazyFunction(timezone.now),
        )

    @factory.post_generation
    def place(self, create: bool, extracted: bool | None, **_: Any) -> None:
        """Counts the place, so that the invariant I1 holds; `place=False` leaves the counter alone."""
        if create and extracted is not False and self.holds_place:
            self.group.taken += 1
            self.group.save(update_fields=["taken"])


class EligibilityCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EligibilityCheck

    application = factory.SubFactory(ApplicationFactory)
    verdict = Verdict.UNKNOWN


class ClosingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Closing

    application = factory.SubFactory(ApplicationFactory)
    why = models.Closing.Why.REFUSED
    explanation = "Mācības jau ir pārtrauktas."
