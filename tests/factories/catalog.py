"""Programmes as the portal knows them: published, with a venue, an IMK price and a group that starts in 30 days."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from catalog import models
from catalog.states import ProgrammeState
from funding.models import FundingSource
from stars.classifiers.models import DigCompCompetence, PriorEducation, ProgrammeKind, Sector

from .accounts import ClientFactory, InstitutionFactory


def _today() -> date:
    return timezone.localdate()


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Venue

    code = factory.Sequence(lambda n: f"vieta-{n}")
    institution = factory.SubFactory(InstitutionFactory)
    name = "Galvenā ēka"
    address = factory.Sequence(lambda n: f"Skolas iela {n + 1}, Rīga, LV-1010")

    class Params:
        remote = factory.Trait(institution=None, name="Attālināti", address="", is_remote=True)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """`offer=False`, `group=False`, `venues=[]` leave a part out; `offer__price_cents=…` changes it."""

    class Meta:
        model = models.Programme
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: 5000 + n)
    code = factory.Sequence(lambda n: f"programma-{n}")
    name = factory.Sequence(lambda n: f"Datu analīze un vizualizācija {n}")
    institution = factory.SubFactory(InstitutionFactory)
    state = ProgrammeState.PUBLISHED
    kind = factory.LazyFunction(lambda: ProgrammeKind.objects.get(code="module"))
    sector = factory.LazyFunction(lambda: Sector.objects.get(number=3))
    mode = models.Mode.ONSITE
    prior_knowledge = "Prasme strādāt ar datoru."
    prior_education = factory.LazyFunction(lambda: PriorEducation.objects.get(code="general_secondary"))
    description = "Jūs iemācīsieties sakārtot datus un parādīt tos grafikos."
    main_topics = ["Datu kvalitāte", "Grafiki un pārskati"]
    hours_total = 96
    theory_onsite = 32
    practice_onsite = 64
    equipment = "Datoru nodrošina iestāde."
    final_examination = "Praktisks darbs un tests."
    education_document = "Apliecība par moduļa apguvi"
    language_label = "Latviešu"
    schedule_kinds = [models.ScheduleKind.WEEKDAY_EVENINGS]
    duration_weeks = 12
    max_group_size = 20
    published_at = factory.LazyFunction(timezone.now)

    class Params:
        unpublished = factory.Trait(state=ProgrammeState.UNPUBLISHED, published_at=None)
        archived = factory.Trait(state=ProgrammeState.ARCHIVED)

    @factory.post_generation
    def venues(self, create: bool, extracted: list[models.Venue] | None, **kwargs: Any) -> None:
        self.venues.set([VenueFactory(institution=self.institution, **kwargs)] if extracted is None else extracted)

    @factory.post_generation
    def offer(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            ProgrammeOfferFactory(programme=self, **kwargs)

    @factory.post_generation
    def group(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        venue = self.venues.order_by("pk").first()
        if venue and extracted is not False:
            CourseGroupFactory(programme=self, venue=venue, **kwargs)


class ProgrammePartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ProgrammePart

    programme = factory.SubFactory(ProgrammeFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"{n + 1}. modulis")
    hours = 48
    cost_cents = 25632


class ProgrammeCompetenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ProgrammeCompetence

    programme = factory.SubFactory(ProgrammeFactory)
    competence = factory.LazyFunction(
        lambda: DigCompCompetence.objects.get(area__framework="2.2", area__number=3, number=4)
    )
    level = 5
    description = "Patstāvīgi raksta un pielāgo programmas kodu."


class ProgrammeOfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ProgrammeOffer

    programme = factory.SubFactory(ProgrammeFactory, offer=False)
    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    price_cents = 42743


class CourseGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CourseGroup

    code = factory.Sequence(lambda n: f"grupa-{n}")
    programme = factory.SubFactory(ProgrammeFactory, group=False)
    venue = factory.LazyAttribute(lambda o: o.programme.venues.order_by("pk").first())
    starts_on = factory.LazyFunction(lambda: _today() + timedelta(days=30))
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + timedelta(weeks=12))
    schedule_kind = models.ScheduleKind.WEEKDAY_EVENINGS
    schedule = "Pirmdienās un trešdienās plkst. 18.00–21.10."
    capacity = 20
    minimum = 5


class RoundFactory(factory.django.DjangoModelFactory):
    """Open now; the traits make one that is over or still to come."""

    class Meta:
        model = models.ApplicationRound

    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    name = "Otrā kārta"
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=9))

    class Params:
        over = factory.Trait(
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=9)),
        )
        to_come = factory.Trait(
            opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=5)),
            closes_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=15)),
        )


class SavedProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.SavedProgramme

    person = factory.LazyFunction(lambda: ClientFactory.create().person)
    programme = factory.SubFactory(ProgrammeFactory)


class SavedSearchFactory(factory.django.DjangoModelFactory):
    """Tells of new programmes; by default of modules."""

    class Meta:
        model = models.SavedSearch

    person = factory.LazyFunction(lambda: ClientFactory.create().person)
    name = factory.Sequence(lambda n: f"Moduļi {n}")
    words = ""
    chosen = [["kind", ["module"]]]
