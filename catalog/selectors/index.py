"""The published catalogue as sets of programmes, kept in the process under the catalogue's version.

A set is a whole number: its n-th bit stands for the programme that is n-th by name. Two filters are an "and" of two
numbers, several values of one filter an "or", a count is the number of ones; so a state of the page that nobody has
asked for yet costs no statement. What applications change (free places) is not read here; who knows it brings it along.
"""
# ruff: noqa: S608 - the SQL is put together from the constants of this file; every value travels as a parameter

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from threading import Lock

from django.db import connection

from catalog.models import Programme

from .rounds import Rounds, SourceNow, rounds_of_sources, source_now

Bits = int
REMOTE = "attalinati"

_CLASSIFIED = """
SELECT '{facet}', c.code, c.label COLLATE "lv", c.position, array_agg(b.place)
FROM base b JOIN {table} c ON c.id = b.{column} GROUP BY c.id
"""
# Who carries what: (facet, value, label, rank, places). A programme may stand twice under one value; a bit is set once.
_CARRIED = (
    """
    SELECT 'institution', i.code, i.name COLLATE "lv", 0, array_agg(b.place)
    FROM base b JOIN accounts_institution i ON i.id = b.institution_id GROUP BY i.id
    """,
    _CLASSIFIED.format(facet="kind", table="classifiers_programmekind", column="kind_id"),
    """
    SELECT 'source', s.code, s.label COLLATE "lv", s.position, array_agg(b.place)
    FROM base b JOIN catalog_programmeoffer o ON o.programme_id = b.id
    JOIN funding_fundingsource s ON s.id = o.source_id AND s.is_active GROUP BY s.id
    """,
    f"""
    SELECT 'venue', '{REMOTE}', v.name COLLATE "lv", 0, array_agg(b.place)
    FROM base b JOIN catalog_programme_venues t ON t.programme_id = b.id
    JOIN catalog_venue v ON v.id = t.venue_id AND v.is_remote GROUP BY v.name
    """,
    """
    SELECT 'venue', m.code, m.name COLLATE "lv", 1, array_agg(b.place)
    FROM base b JOIN catalog_programme_venues t ON t.programme_id = b.id
    JOIN catalog_venue v ON v.id = t.venue_id AND NOT v.is_remote
    JOIN classifiers_municipality m ON m.id = v.municipality_id GROUP BY m.id
    """,
    """
    SELECT 'sector', s.number::text, s.name COLLATE "lv", s.number, array_agg(u.place)
    FROM (SELECT b.place, b.sector_id FROM base b UNION ALL SELECT b.place, e.sector_id
          FROM base b JOIN catalog_programme_extra_sectors e ON e.programme_id = b.id) u
    JOIN classifiers_sector s ON s.id = u.sector_id GROUP BY s.id
    """,
    """
    SELECT 'main_sector', b.sector_id::text, '' COLLATE "lv", 0, array_agg(b.place) FROM base b GROUP BY b.sector_id
    """,
    _CLASSIFIED.format(facet="qualification", table="classifiers_qualification", column="qualification_id"),
    """
    SELECT 'area', a.number::text, a.label COLLATE "lv", a.number, array_agg(b.place)
    FROM base b JOIN catalog_programmecompetence t ON t.programme_id = b.id
    JOIN classifiers_digcompcompetence c ON c.id = t.competence_id
    JOIN classifiers_digcomparea a ON a.id = c.area_id GROUP BY a.id
    """,
    """
    SELECT 'level', t.level::text, t.level::text COLLATE "lv", t.level, array_agg(b.place)
    FROM base b JOIN catalog_programmecompetence t ON t.programme_id = b.id GROUP BY t.level
    """,
    _CLASSIFIED.format(facet="prior_education", table="classifiers_prioreducation", column="prior_education_id"),
    """SELECT 'mode', b.mode, b.mode COLLATE "lv", 0, array_agg(b.place) FROM base b GROUP BY b.mode""",
    """
    SELECT 'time', k.kind, k.kind COLLATE "lv", 0, array_agg(b.place)
    FROM base b CROSS JOIN LATERAL unnest(b.schedule_kinds) k (kind) GROUP BY k.kind
    """,
    # The days on which groups begin: which of them one may join is a matter of the day.
    """
    SELECT 'starts', g.starts_on::text, '' COLLATE "lv", 0, array_agg(b.place)
    FROM base b JOIN catalog_coursegroup g ON g.programme_id = b.id AND g.state = 'forming' GROUP BY g.starts_on
    """,
    """
    SELECT 'price', o.cheapest::text, '' COLLATE "lv", 0, array_agg(b.place)
    FROM base b JOIN (SELECT programme_id, min(price_cents) AS cheapest FROM catalog_programmeoffer o
                      JOIN funding_fundingsource s ON s.id = o.source_id AND s.is_active
                      GROUP BY programme_id) o ON o.programme_id = b.id GROUP BY o.cheapest
    """,
    """SELECT 'every', '', '' COLLATE "lv", 0, array_agg(b.place) FROM base b""",
    """
    SELECT 'newest', '', '' COLLATE "lv", 0, array_agg(b.place ORDER BY p.published_at DESC, b.id)
    FROM base b JOIN catalog_programme p ON p.id = b.id
    """,
    """SELECT 'id', '', '' COLLATE "lv", 0, array_agg(n.id ORDER BY n.place) FROM named n""",
)
# `named` needs nothing but the index by name; sorting ten thousand Latvian names anew would take longer than all the rest.
_READ = """
WITH named AS MATERIALIZED (
  SELECT id, (row_number() OVER (ORDER BY name, id) - 1)::integer AS place FROM catalog_programme WHERE state = 'published'
), base AS MATERIALIZED (SELECT n.place, p.* FROM named n JOIN ({published}) p ON p.id = n.id)
SELECT * FROM ({carried}) carried (facet, value, label, rank, places) ORDER BY facet, rank, label COLLATE "lv", value
"""
_COLUMNS = (
    *("id", "institution_id", "kind_id", "sector_id", "qualification_id", "prior_education_id", "mode"),
    "schedule_kinds",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet, and the programmes that carry it."""

    code: str
    label: str
    carriers: Bits


@dataclass(frozen=True)
class Free:
    """Programmes with a free place on one day, where these (ids) are full."""

    bits: Bits
    full: frozenset[int]
    today: date

    @cached_property
    def mark(self) -> str:
        """Tells one set from another, in a name under which something is kept."""
        return sha256(self.bits.to_bytes(self.bits.bit_length() // 8 + 1, "little")).hexdigest()


Row = tuple[str, str, str, int, list[int]]


class Index:
    """Everything the catalogue's version decides, by facet. What it says never changes once it is made."""

    def __init__(self, version: int, rows: Iterable[Row], rounds: Rounds) -> None:
        self.version = version
        self.rounds = rounds
        read = {facet: list(found) for facet, found in groupby(rows, key=lambda row: row[0])}
        self.ids = tuple(_listed(read.pop("id")))  # of the programmes, in the order of their names
        self.place_of = {pk: place for place, pk in enumerate(self.ids)}
        self.every = _bits(_listed(read.pop("every")))
        self.by_newest = _listed(read.pop("newest"))
        self._start_places = sorted((date.fromisoformat(row[1]), row[4]) for row in read.pop("starts", ()))
        self._starts = [(day, _bits(places)) for day, places in self._start_places]
        self._free: Free | None = None
        self._joinable: dict[date, Bits] = {}
        self._by_start: dict[date, list[int]] = {}
        self._prices = sorted((int(row[1]), sorted(row[4])) for row in read.pop("price", ()))
        self.facets = {
            facet: tuple(Value(row[1], row[2], _bits(row[4])) for row in found) for facet, found in read.items()
        }

    def carriers(self, facet: str, is_wanted: Callable[[Value], bool]) -> Bits:
        """The programmes that carry any of the wanted values."""
        found = 0
        for value in self.facets.get(facet, ()):
            if is_wanted(value):
                found |= value.carriers
        return found

    def joinable(self, today: date) -> Bits:
        """Programmes with a group that is forming and begins after this day."""
        if today not in self._joinable:
            found = 0
            for _, carriers in self._starting_after(today):
                found |= carriers
            self._joinable[today] = found
        return self._joinable[today]

    def free(self, today: date, full: frozenset[int]) -> "Free":
        """Programmes one may join and that are not among the full ones (ids); of these nothing but the last set is kept."""
        if self._free is None or self._free.full is not full or self._free.today != today:
            self._free = Free(self.joinable(today) & ~self.bits_of(full), full, today)
        return self._free

    def by_start(self, today: date) -> list[int]:
        """Places, those whose next group begins first, equal ones by name, those without a group to join last."""
        if today not in self._by_start:
            ordered, seen = [], 0
            for _, carriers in self._starting_after(today):
                ordered += places_in(new := carriers & ~seen, 0, new.bit_count())
                seen |= carriers
            rest = self.every & ~seen
            self._by_start[today] = [*ordered, *places_in(rest, 0, rest.bit_count())]
        return self._by_start[today]

    def next_start(self, pk: int, today: date) -> date | None:
        """The day on which the next group of a programme begins that one may still join."""
        return next((day for day in self._days_of.get(pk, ()) if day > today), None)

    @cached_property
    def _days_of(self) -> dict[int, list[date]]:
        found: dict[int, list[date]] = {}
        for day, places in self._start_places:
            for place in places:
                found.setdefault(self.ids[place], []).append(day)
        return found

    def ids_in(self, bits: Bits) -> list[int]:
        """The programmes of a set, by name."""
        return [self.ids[place] for place in places_in(bits, 0, bits.bit_count())]

    def _starting_after(self, today: date) -> list[tuple[date, Bits]]:
        return self._starts[bisect_right(self._starts, today, key=lambda pair: pair[0]) :]

    def bits_of(self, ids: Iterable[int]) -> Bits:
        """The set of these programmes; those that are not in the catalogue are left out."""
        return _bits([self.place_of[pk] for pk in ids if pk in self.place_of])

    def has(self, pk: int) -> bool:
        """Whether anybody may see this programme; one of a deactivated institution has its place, and nobody sees it."""
        place = self.place_of.get(pk)
        return place is not None and bool(self.every >> place & 1)

    @cached_property
    def by_price(self) -> list[int]:
        """Places, the cheapest first, equal ones by name, those without a price last."""
        return [*(place for _, places in self._prices for place in places), *self._unpriced]

    @cached_property
    def by_price_down(self) -> list[int]:
        return [*(place for _, places in reversed(self._prices) for place in places), *self._unpriced]

    @property
    def _unpriced(self) -> Iterator[int]:
        priced = {place for _, places in self._prices for place in places}
        return (place for place in range(len(self.ids)) if place not in priced)

    def sources_at(self, moment: datetime) -> dict[int, SourceNow]:
        """Every source in use, in the order of the list, and where its rounds stand at this moment."""
        return {source.pk: source_now(source, rounds, moment) for source, rounds in self.rounds.items()}


def _listed(rows: list[Row]) -> list[int]:
    """The places of the only row; the database says NULL for none."""
    return next((row[4] for row in rows), None) or []


def _bits(places: Sequence[int]) -> Bits:
    mask = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        mask[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(mask, "little")


def places_in(bits: Bits, start: int, number: int) -> list[int]:
    """Places of the ones, the lowest first, after skipping some."""
    digits, place, found = f"{bits:b}"[::-1], -1, []
    for turn in range(start + number):
        place = digits.find("1", place + 1)
        if place < 0:
            break
        if turn >= start:
            found.append(place)
    return found


# --- reading --------------------------------------------------------------------------

_newest: list[Index] = []  # none or one
_reading = Lock()


def newest_index() -> Index | None:
    """The one read last, of whatever version."""
    return next(iter(_newest), None)


def index_of(version: int) -> Index:
    """The index of this version; where the version was raised, one thread reads it anew for all."""
    if (known := newest_index()) and known.version == version:
        return known
    with _reading:
        if not ((known := newest_index()) and known.version == version):
            known = _read(version)
            _newest[:] = [known]
        return known


def forget_index() -> None:
    """Read it anew at the next question; for tests, which turn the version back."""
    _newest.clear()


def _read(version: int) -> Index:
    published, params = Programme.objects.published().order_by().values(*_COLUMNS).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(published=published, carried=" UNION ALL ".join(_CARRIED)), params)
        return Index(version, cursor.fetchall(), rounds_of_sources())
