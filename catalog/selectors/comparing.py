"""Programmes side by side, and the institutions that teach: the public pages beside the catalogue itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Institution
from catalog.models import FEWEST_RATINGS, Programme, ScheduleKind, Venue

from .catalogue import Offered, ProgrammeRow, rows_of
from .own_share import Purse
from .programmes import published_programmes
from .standing import Standing, live_at

MOST_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One programme of the comparison: its page's rows, what this person would pay, live places."""

    programme: Programme
    row: ProgrammeRow

    @property
    def offers(self) -> tuple[Offered, ...]:
        return self.row.offers

    @property
    def venues(self) -> list[str]:
        return list(self.programme.venue_labels)  # type: ignore[attr-defined]

    @property
    def levels(self) -> str:
        levels = [int(one["level"]) for one in self.programme.taught]  # type: ignore[attr-defined]
        return "–".join(str(level) for level in sorted({min(levels), max(levels)})) if levels else ""

    @property
    def areas(self) -> list[str]:
        taught: list[dict[str, Any]] = self.programme.taught  # type: ignore[attr-defined]
        return list(dict.fromkeys(str(one["area"]) for one in taught))

    @property
    def times(self) -> list[str]:
        return [str(kind.label) for kind in ScheduleKind if kind in self.programme.schedule_kinds]


def compared(numbers: Sequence[int], *, standing: Standing, purse: Purse) -> list[Compared]:
    """The published programmes with these numbers, in this order. Four queries, whatever their number."""
    shown = {one.number: one for one in published_programmes(numbers)}
    ordered = [shown[number] for number in numbers if number in shown]
    ids = [one.pk for one in ordered]
    rows = {row.programme.pk: row for row in rows_of(ids, live_at(standing.moment, ids).places, standing, purse)}
    return [Compared(one, rows[one.pk]) for one in ordered if one.pk in rows]


def named(numbers: Sequence[int]) -> list[tuple[int, str]]:
    """Number and name of those anybody may see, in this order; nothing is asked for none. One query."""
    rows = Programme.objects.published().filter(number__in=numbers).order_by()
    names = dict(rows.values_list("number", "name")) if numbers else {}
    return [(number, names[number]) for number in numbers if number in names]


# --- institutions --------------------------------------------------------------------


def institutions() -> QuerySet[Institution]:
    """Those that co-operate, by name, with the number of their published programmes. One query."""
    published = Count("programmes", filter=Q(programmes__in=Programme.objects.published()))
    return Institution.objects.filter(is_active=True).annotate(offered=published).order_by("name", "pk")


def institution_at(reference: UUID) -> Institution | None:
    """An institution anybody may look at, with its addresses; one that was deactivated is nowhere (X15). Two queries."""
    venues = Prefetch("venues", Venue.objects.order_by("address", "pk"))
    return Institution.objects.filter(is_active=True, reference=reference).prefetch_related(venues).first()


@dataclass(frozen=True, slots=True)
class Rating:
    """What people who have completed say, in one figure."""

    mean: Decimal
    count: int


def rating_of(rows: Iterable[ProgrammeRow]) -> Rating | None:
    """The mean over the answers about these programmes; None while too few have answered (X18).

    Answers that no programme shows count only where they are enough together: else whoever subtracts what the
    programmes show would have what one person said.
    """
    rated = [row.programme for row in rows if row.programme.is_rated]
    hidden = [row.programme for row in rows if row.programme.rating_mean is not None and not row.programme.is_rated]
    if sum(one.rating_count for one in hidden) >= FEWEST_RATINGS:
        rated += hidden
    count = sum(one.rating_count for one in rated)
    if not count:
        return None
    total = sum(((one.rating_mean or Decimal()) * one.rating_count for one in rated), Decimal())
    return Rating((total / count).quantize(Decimal("0.1"), ROUND_HALF_UP), count)


def programmes_of(institution: Institution, *, standing: Standing, purse: Purse) -> tuple[ProgrammeRow, ...]:
    """All its published programmes by name, with live places."""
    found = standing.index.carriers("institution", lambda value: value.code == institution.code)
    ids = standing.index.ids_in(found)
    return rows_of(ids, live_at(standing.moment, ids).places, standing, purse) if ids else ()
