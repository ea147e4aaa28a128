"""What registers were asked and said. `known(person, birth_date="1990-01-01")` gives a person facts as an answer would."""

from typing import Any

import factory
from django.utils import timezone

from accounts import models
from accounts.registries import judge
from accounts.services.keeping_facts import declared_of, take_over_facts
from accounts.states import FactKind, FactVerdict, Origin, Purpose, Registry
from stars.kernel.actor import Actor

ORIGINS = {
    FactKind.NAME: Origin.FPR,
    FactKind.BIRTH_DATE: Origin.FPR,
    FactKind.DEATH: Origin.FPR,
    FactKind.RESIDENCE: Origin.FPR,
    FactKind.EMPLOYMENT: Origin.VID,
    FactKind.EDUCATION: Origin.VIIS,
    FactKind.LEARNING: Origin.VIIS,
    FactKind.DOCUMENTS: Origin.VIIS,
}


class RegistryQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RegistryQuestion

    person = factory.SubFactory("tests.factories.accounts.PersonFactory")
    registry = Registry.FPR
    purpose = Purpose.REGISTRATION


class RegistryLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RegistryLine

    registry = Registry.FPR


class RegistryFactFactory(factory.django.DjangoModelFactory):
    """A current fact; `value=…` in the form of `registries.answers`, None = the register does not say."""

    class Meta:
        model = models.RegistryFact

    person = factory.SubFactory("tests.factories.accounts.PersonFactory")
    kind = FactKind.BIRTH_DATE
    origin = factory.LazyAttribute(lambda o: ORIGINS[FactKind(o.kind)])
    value = "1990-01-01"
    verdict = FactVerdict.CONFIRMED
    request_id = factory.Sequence(lambda n: f"{n:032x}")
    valid_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class: type[models.RegistryFact], *args: Any, **kwargs: Any) -> models.RegistryFact:
        value = kwargs.pop("value")
        fact = models.RegistryFact(**kwargs)
        fact.keep(value)
        if value is None:
            fact.verdict = FactVerdict.UNKNOWN
        fact.save(force_insert=True)
        return fact


class FactDisputeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FactDispute

    fact = factory.SubFactory(RegistryFactFactory, verdict=FactVerdict.UNKNOWN)
    reason = "Reģistrā ir kļūda."
    due_on = factory.LazyFunction(timezone.localdate)


class StaffTieFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.StaffTie

    user = factory.SubFactory("tests.factories.accounts.AgencyUserFactory")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    kind = models.StaffTie.Kind.RELATIVE


def known(person: Any, **values: Any) -> dict[str, models.RegistryFact]:
    """Current facts of the person by kind, judged beside what they declared; the birth date is taken over."""
    declared = declared_of(person)
    made = {
        kind: RegistryFactFactory.create(
            person=person, kind=kind, value=value, verdict=judge(FactKind(kind), value, declared)
        )
        for kind, value in values.items()
    }
    take_over_facts(person, by=Actor.system("test"))
    return made
