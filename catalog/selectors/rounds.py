"""When one may apply. Page, list and submit ask the same condition (X14, X37)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import ApplicationRound, CourseGroup, Programme, ProgrammeOffer
from catalog.states import GroupState
from funding.models import FundingSource

Rounds = Mapping[FundingSource, Sequence[ApplicationRound]]  # of every source in use, by their opening


def current_round(source_id: int, moment: datetime) -> ApplicationRound | None:
    """The round of a source whose window holds this moment; rounds of one source never overlap."""
    return ApplicationRound.objects.open_at(moment).filter(source_id=source_id).order_by("-closes_at", "pk").first()


def next_round(source_id: int, moment: datetime) -> ApplicationRound | None:
    """The nearest round still to open."""
    rounds = ApplicationRound.objects.filter(source_id=source_id, opens_at__gt=moment)
    return rounds.order_by("opens_at", "pk").first()


def forming_groups(moment: datetime) -> QuerySet[CourseGroup]:
    """Groups one may still join: forming, and starting after today (Riga's day)."""
    return CourseGroup.objects.filter(state=GroupState.FORMING, starts_on__gt=timezone.localdate(moment))


def open_condition(moment: datetime, source: FundingSource | None = None) -> Q:
    """The one rule, as a condition on programmes: a round of one of its sources is open and a group can be joined."""
    offers = ProgrammeOffer.objects.filter(
        Exists(ApplicationRound.objects.open_at(moment).filter(source=OuterRef("source"))),
        programme=OuterRef("pk"),
        source__is_active=True,
    )
    if source is not None:
        offers = offers.filter(source=source)
    return Q(Exists(offers), Exists(forming_groups(moment).filter(programme=OuterRef("pk"))))


def is_open(programme: Programme, source: FundingSource, moment: datetime) -> bool:
    """May one apply for this programme under this source at this moment, places apart?"""
    return Programme.objects.published().filter(open_condition(moment, source), pk=programme.pk).exists()


@dataclass(frozen=True, slots=True)
class SourceNow:
    """A source in use and where its rounds stand at one moment."""

    source: FundingSource
    closes_at: datetime | None  # of the open round
    opens_at: datetime | None  # of the next one

    @property
    def is_open(self) -> bool:
        return self.closes_at is not None

    @property
    def last_day(self) -> datetime | None:
        return self.closes_at - timedelta(microseconds=1) if self.closes_at else None


def source_now(source: FundingSource, rounds: Iterable[ApplicationRound], moment: datetime) -> SourceNow:
    """Where the rounds of one source stand at a moment."""
    rounds = list(rounds)
    closes_at = max((one.closes_at for one in rounds if one.is_open(moment)), default=None)
    opens_at = min((one.opens_at for one in rounds if one.opens_at > moment), default=None)
    return SourceNow(source, closes_at, opens_at)


def rounds_of_sources() -> Rounds:
    """Every source in use, in the order of the list, with its rounds by their opening. Two queries."""
    rounds: dict[int, list[ApplicationRound]] = {}
    for one in ApplicationRound.objects.order_by("opens_at", "pk"):
        rounds.setdefault(one.source_id, []).append(one)
    sources = FundingSource.objects.filter(is_active=True).order_by("position", "pk")
    return {source: rounds.get(source.pk, []) for source in sources}
