"""The catalogue at one moment: what its version decides, where the rounds stand, and the places, which are never kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.utils import timezone

from .full import kept_full, mended
from .index import Bits, Free, Index, index_of
from .places import Places
from .rounds import Rounds, SourceNow

# A function of the database (migration 0004), for which PostgreSQL keeps the plan.
_LIVE = "SELECT version, horizon, is_whole, turned, places FROM catalog_live(%s, %s::bigint, %s::bigint[])"


@dataclass(frozen=True, slots=True)
class Live:
    """What only the database knows, in one statement."""

    version: int
    full: frozenset[int]
    places: Mapping[int, Places]  # programmes without a group to join are left out


def live_at(moment: datetime, programme_ids: Iterable[int] = ()) -> Live:
    """The version of the catalogue, the programmes that are full, and the places of some."""
    today = timezone.localdate(moment)
    known = kept_full(today)
    with connection.cursor() as cursor:
        since = known.horizon if known else None
        cursor.execute(_LIVE, (today, since, f"{{{','.join(map(str, programme_ids))}}}"))
        version, horizon, is_whole, turned, places = cursor.fetchone()
    full = mended(known, today=today, horizon=horizon, is_whole=is_whole, turned=turned)
    found = {int(pk): Places(free=int(free), total=int(total)) for pk, free, total in places}
    return Live(version=version, full=full, places=found)


@dataclass(frozen=True)
class Standing:
    """One version of the catalogue at one moment."""

    index: Index
    moment: datetime

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.moment)

    @cached_property
    def sources(self) -> dict[int, SourceNow]:
        return self.index.sources_at(self.moment)

    @property
    def rounds(self) -> Rounds:
        return self.index.rounds

    @cached_property
    def joinable(self) -> Bits:
        """Programmes with a group one may still join, full or not."""
        return self.index.joinable(self.today)

    @cached_property
    def open(self) -> Bits:
        """`rounds.open_condition`: a round of one of its sources is open and a group can be joined."""
        codes = {now.source.code for now in self.sources.values() if now.is_open}
        return self.index.carriers("source", lambda value: value.code in codes) & self.joinable

    def free(self, full: frozenset[int]) -> Free:
        """Programmes with a free place, where these are full."""
        return self.index.free(self.today, full)

    @property
    def stamp(self) -> tuple[object, ...]:
        """Changes whenever a page without live places must be drawn anew."""
        rounds = tuple((pk, now.closes_at, now.opens_at) for pk, now in self.sources.items())
        return (self.index.version, self.today, rounds)


def current_version() -> int:
    """What everything kept is kept under. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce((SELECT version FROM catalog_catalogueversion WHERE id = 1), 0)")
        return int(cursor.fetchone()[0])


def standing_at(moment: datetime) -> Standing:
    """One query."""
    return Standing(index_of(live_at(moment).version), moment)
