"""Calls that are open now, programmes ready to be offered, and offers as the services leave them."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from calls import models, selectors, services
from calls.states import CallState, OfferState
from documents.models import fingerprint_of
from funding.models import FundingSource
from stars.classifiers.models import ProgrammeKind
from stars.kernel.actor import Actor

from .accounts import InstitutionFactory
from .catalog import VenueFactory
from .files import StoredFileFactory

JOB = Actor.system("tests")
# kind, rule, rate, cap (seed 003)
KINDS = (
    ("study_course", "whole", 515, 41213),
    ("study_module", "parts", 515, 41213),
    ("module", "whole", 534, 42743),
    ("module_set", "parts", 534, 42743),
)


class CallFactory(factory.django.DjangoModelFactory):
    """Open now, with the four kinds of the first call; `over` and `to_come` move the window. `kinds=False`: none."""

    class Meta:
        model = models.Call
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"uzaicinajums-{n}")
    name = factory.Sequence(lambda n: f"{n}. uzaicinājums")
    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    state = CallState.ANNOUNCED
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=9))
    needs_approved_by = "IMK Uzraudzības padome"
    needs_approved_on = date(2024, 9, 3)
    level_from = 4
    level_to = 6
    least_digital_share = 70
    announced_at = factory.LazyFunction(timezone.now)

    class Params:
        over = factory.Trait(
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=9)),
        )
        to_come = factory.Trait(
            opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=5)),
            closes_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=15)),
        )
        prepared = factory.Trait(state=CallState.PREPARED, announced_at=None)

    @factory.post_generation
    def kinds(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            for position, (code, rule, rate, cap) in enumerate(KINDS):
                kind = ProgrammeKind.objects.get(code=code)
                CallKindFactory.create(
                    call=self, kind=kind, position=position, rule=rule, rate_cents=rate, cap_cents=cap, **kwargs
                )


class CallKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CallKind

    call = factory.SubFactory(CallFactory, kinds=False)
    kind = factory.LazyFunction(lambda: ProgrammeKind.objects.get(code="module"))
    most = 3
    rule = "whole"
    rate_cents = 534
    cap_cents = 42743


class CallConditionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CallCondition

    call = factory.SubFactory(CallFactory)
    about = "institution"
    text = "Iestāde ir akreditēta."


class WantedAttachmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.WantedAttachment

    call = factory.SubFactory(CallFactory)
    code = factory.Sequence(lambda n: f"pielikums-{n}")
    place = "offer"
    name = "Iesniegums par piedalīšanos"


class CallStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CallStep

    call = factory.SubFactory(CallFactory)
    starts_on = date(2024, 10, 14)
    ends_on = date(2024, 10, 29)
    text = "Piedāvājumu vērtēšana"


class CallDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CallDocument

    call = factory.SubFactory(CallFactory)
    title = "Mācību vajadzību saraksts"
    url = "https://www.viaa.gov.lv/lv/media/20766/download?attachment"


class VenueCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.VenueCheck

    venue = factory.SubFactory(VenueFactory)
    asked_address = factory.LazyAttribute(lambda o: o.venue.address)


READY: dict[str, Any] = {
    "kind": "module",
    "name": "Sistēmu programmēšana",
    "sector": "3",
    "qualification": "",
    "mode": "onsite",
    "description": "Jūs iemācīsieties rakstīt programmas.",
    "main_topics": "Algoritmi\nDatu struktūras",
    "digital_share_percent": "80",
    "theory_onsite": "67",
    "practice_onsite": "100",
    "theory_remote": "",
    "practice_remote": "",
    "duration_weeks": "12",
    "schedule_kinds": ["weekday_evenings"],
    "prior_knowledge": "Prasme strādāt ar datoru.",
    "prior_education": "general_secondary",
    "equipment": "Datoru nodrošina iestāde.",
    "final_examination": "Praktisks darbs.",
    "education_document": "Apliecība",
    "language_label": "Latviešu",
    "max_group_size": "20",
    "places": "20",
    "digcomp_3_4_level": "5",
    "digcomp_3_4_description": "Patstāvīgi raksta programmas kodu.",
}


def ready(**changes: Any) -> dict[str, Any]:
    """A module of 167 hours, complete: requested 427,43 €, calculated 891,78 €."""
    return READY | changes


class ProgrammeDraftFactory(factory.django.DjangoModelFactory):
    """Complete but for its venue; `ready=True` gives it one and makes it fit for an offer."""

    class Meta:
        model = models.ProgrammeDraft
        skip_postgeneration_save = True

    institution = factory.SubFactory(InstitutionFactory)
    content = factory.LazyFunction(ready)

    @factory.post_generation
    def ready(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            venue = self.institution.venues.order_by("pk").first() or VenueFactory(institution=self.institution)
            self.content = {**self.content, "venues": [venue.code]}
            self.save(update_fields=["content"])


class OfferFactory(factory.django.DjangoModelFactory):
    """A draft with one ready programme, ticked and declared; `submitted=True` sends it. `programmes=[…]` chooses others."""

    class Meta:
        model = models.Offer
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory)
    institution = factory.SubFactory(InstitutionFactory)

    @factory.post_generation
    def programmes(self, create: bool, extracted: list[models.ProgrammeDraft] | None, **kwargs: Any) -> None:
        chosen = [ProgrammeDraftFactory(institution=self.institution)] if extracted is None else extracted
        self.content = {
            "source": self.call.source.code,
            "programmes": [str(one.reference) for one in chosen],
            "declares": True,
        }
        self.save(update_fields=["content"])
        self.refresh_from_db()

    @factory.post_generation
    def submitted(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted:
            services.submit_offer(
                offer_id=self.pk,
                fingerprint=selectors.drafted(self, self.call).fingerprint,
                arrived_at=kwargs.get("at") or self.call.opens_at + timedelta(minutes=1),
                by=JOB,
            )
            self.refresh_from_db()


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Paper

    draft = factory.SubFactory(ProgrammeDraftFactory)
    code = "macibu-plans"
    file = factory.SubFactory(StoredFileFactory, clean=True)


class OfferVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.OfferVersion

    offer = factory.SubFactory(OfferFactory)
    number = factory.Sequence(lambda n: n + 1)
    content = factory.LazyFunction(lambda: {"programmes": [], "venues": []})
    sha256 = factory.LazyAttribute(lambda o: fingerprint_of(o.content))
    requested_cents = 0
    arrived_at = factory.LazyFunction(timezone.now)
    submitted_at = factory.LazyFunction(timezone.now)


class SealedFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.SealedFile

    version = factory.SubFactory(OfferVersionFactory)
    file = factory.SubFactory(StoredFileFactory, clean=True)
    code = "macibu-plans"


class OfferedProgrammeFactory(factory.django.DjangoModelFactory):
    """One programme of a version, submitted; states of `OfferState`."""

    class Meta:
        model = models.OfferedProgramme

    version = factory.SubFactory(OfferVersionFactory)
    call = factory.LazyAttribute(lambda o: o.version.offer.call)
    position = 1
    name = "Sistēmu programmēšana"
    kind = factory.LazyFunction(lambda: ProgrammeKind.objects.get(code="module"))
    state = OfferState.SUBMITTED
    hours = 167
    calculated_cents = 89178
    cap_cents = 42743
    requested_cents = 42743
