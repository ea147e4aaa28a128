"""The filters: what each one asks of a programme, and how many programmes each value would give (one SQL pass).

A facet's condition is written once and serves the list and the counts, so both always agree (X13). The counts of a
facet are true under the other filters. They are kept under the catalogue's version; what applications change (free
places) is never part of what is kept.
"""
# ruff: noqa: S608 - the SQL is put together from the constants of this file; every value travels as a parameter

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Institution
from catalog.models import Mode, Programme, ProgrammeCompetence, ProgrammeOffer, ScheduleKind, Venue
from catalog.search import fold, question

from .rounds import SourceNow, forming_groups, open_condition

Values = tuple[str, ...]
KEPT_SECONDS = 600
REMOTE = "attalinati"
SHORTEST_FORGIVEN = 5  # a stem of so many letters may be misspelt


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """One state of the catalogue page, as its address says it."""

    words: str = ""
    chosen: tuple[tuple[str, Values], ...] = ()  # facet → values, each facet once
    sort: str = ""
    page: int = 1
    per_page: int = 10

    def of(self, facet: str) -> Values:
        return dict(self.chosen).get(facet, ())

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.chosen)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: how it is called, and how many programmes it would give."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    total: int = 0
    joinable: int = 0  # of them, how many have a group one may still join
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)

    def of(self, facet: str) -> tuple[Option, ...]:
        return self.options.get(facet, ())

    def label(self, facet: str, value: str) -> str:
        return next((option.label for option in self.of(facet) if option.value == value), value)


class StarsFold(Func):
    """Lower case without diacritics, in the database."""

    function = "stars_fold"
    arity = 1


# --- what each filter asks -----------------------------------------------------


def _of_institution(values: Values) -> Q:
    named = Q()
    for value in values:
        named |= Q(code=value) | Q(folded__contains=fold(value).strip())
    return Q(institution__in=Institution.objects.annotate(folded=StarsFold("name")).filter(named).values("pk"))


def _of_venue(values: Values) -> Q:
    wanted = Q(municipality__code__in=values) | (Q(is_remote=True) if REMOTE in values else Q())
    through = Programme.venues.through.objects.filter(programme=OuterRef("pk"))
    return Q(Exists(through.filter(venue__in=Venue.objects.filter(wanted).values("pk"))))


def _of_sector(values: Values) -> Q:
    extra = Programme.extra_sectors.through.objects.filter(programme=OuterRef("pk"), sector__number__in=values)
    return Q(sector__number__in=values) | Q(Exists(extra))


def _of_competence(lookup: str) -> Callable[[Values], Q]:
    return lambda values: Q(
        Exists(ProgrammeCompetence.objects.filter(programme=OuterRef("pk"), **{f"{lookup}__in": values}))
    )


def _of_source(values: Values) -> Q:
    offers = ProgrammeOffer.objects.filter(programme=OuterRef("pk"), source__code__in=values, source__is_active=True)
    return Q(Exists(offers))


def words_condition(words: str) -> Q:
    """Every word begins a word of the programme, or is nearly one; words without letters find nothing."""
    wanted = Q()
    for stem in question(words):
        near = Q(search_text__contains=f" {stem}")
        if len(stem) >= SHORTEST_FORGIVEN:
            near |= Q(search_text__trigram_word_similar=stem)
        wanted &= near
    return wanted or Q(code="")


@dataclass(frozen=True, slots=True)
class Facet:
    """`condition` for the list; `values` is SQL giving (programme id, value, label, rank) for the counts."""

    condition: Callable[[Values], Q]
    values: str = ""


_PRIMARY = """SELECT b.id, c.code, c.label, c.position FROM base b JOIN {table} c ON c.id = b.{column}"""
_COMPETENCE = "catalog_programmecompetence t JOIN classifiers_digcompcompetence c ON c.id = t.competence_id"

FACETS: dict[str, Facet] = {
    "institution": Facet(
        _of_institution,
        "SELECT b.id, i.code, i.name, 0 FROM base b JOIN accounts_institution i ON i.id = b.institution_id",
    ),
    "kind": Facet(
        lambda values: Q(kind__code__in=values),
        _PRIMARY.format(table="classifiers_programmekind", column="kind_id"),
    ),
    "source": Facet(
        _of_source,
        "SELECT b.id, s.code, s.label, s.position FROM base b JOIN catalog_programmeoffer o ON o.programme_id = b.id "
        "JOIN funding_fundingsource s ON s.id = o.source_id AND s.is_active",
    ),
    "venue": Facet(
        _of_venue,
        f"SELECT b.id, CASE WHEN v.is_remote THEN '{REMOTE}' ELSE m.code END, "
        "CASE WHEN v.is_remote THEN v.name ELSE m.name END, CASE WHEN v.is_remote THEN 0 ELSE 1 END "
        "FROM base b JOIN catalog_programme_venues t ON t.programme_id = b.id "
        "JOIN catalog_venue v ON v.id = t.venue_id LEFT JOIN classifiers_municipality m ON m.id = v.municipality_id "
        "WHERE v.is_remote OR m.id IS NOT NULL",
    ),
    "sector": Facet(
        _of_sector,
        "SELECT u.id, s.number::text, s.name, s.number FROM ("
        "SELECT b.id, b.sector_id FROM base b UNION "
        "SELECT b.id, e.sector_id FROM base b JOIN catalog_programme_extra_sectors e ON e.programme_id = b.id"
        ") u JOIN classifiers_sector s ON s.id = u.sector_id",
    ),
    "qualification": Facet(
        lambda values: Q(qualification__code__in=values),
        _PRIMARY.format(table="classifiers_qualification", column="qualification_id"),
    ),
    "area": Facet(
        _of_competence("competence__area__number"),
        f"SELECT b.id, a.number::text, a.label, a.number FROM base b JOIN {_COMPETENCE} ON t.programme_id = b.id "
        "JOIN classifiers_digcomparea a ON a.id = c.area_id",
    ),
    "level": Facet(
        _of_competence("level"),
        "SELECT b.id, t.level::text, t.level::text, t.level FROM base b "
        "JOIN catalog_programmecompetence t ON t.programme_id = b.id",
    ),
    "prior_education": Facet(
        lambda values: Q(prior_education__code__in=values),
        _PRIMARY.format(table="classifiers_prioreducation", column="prior_education_id"),
    ),
    "mode": Facet(lambda values: Q(mode__in=values), "SELECT b.id, b.mode, b.mode, 0 FROM base b"),
    "time": Facet(
        lambda values: Q(schedule_kinds__overlap=list(values)),
        "SELECT b.id, k.kind, k.kind, 0 FROM base b CROSS JOIN LATERAL unnest(b.schedule_kinds) k (kind)",
    ),
}
WORDED = {"mode": Mode, "time": ScheduleKind}  # choices whose words are ours, not the database's


def has_free_place(moment: datetime) -> Q:
    return Q(Exists(forming_groups(moment).filter(programme=OuterRef("pk"), taken__lt=F("capacity"))))


ONLY_OPEN, ONLY_FREE, WORDS, JOINABLE = "open", "free", "words", "joinable"


def conditions(query: CatalogueQuery, moment: datetime) -> dict[str, Q]:
    """What the page asks of a programme, filter by filter."""
    asked = {name: FACETS[name].condition(values) for name, values in query.chosen if name in FACETS}
    if query.words:
        asked[WORDS] = words_condition(query.words)
    if query.of(ONLY_OPEN):
        asked[ONLY_OPEN] = open_condition(moment)
    if query.of(ONLY_FREE):
        asked[ONLY_FREE] = has_free_place(moment)
    return asked


def matching(query: CatalogueQuery, moment: datetime) -> QuerySet[Programme]:
    return Programme.objects.published().filter(*conditions(query, moment).values())


# --- counts ----------------------------------------------------------------------


def catalogue_stamp() -> tuple[int, ...]:
    """Changes whenever what the catalogue shows changes: its version, and which institutions co-operate (X15)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT version FROM catalog_catalogueversion WHERE id = 1), 0), count(*), "
            "coalesce(sum(id), 0) FROM accounts_institution WHERE is_active"
        )
        return tuple(int(number) for number in cursor.fetchone())


def facet_key(query: CatalogueQuery, moment: datetime, sources: Mapping[int, SourceNow]) -> str:
    """Under what the counts of one state of the page are kept: version, filters, open rounds, Riga's day."""
    rounds = [(pk, now.is_open) for pk, now in sorted(sources.items())]
    said = (catalogue_stamp(), query.words, query.chosen, rounds, timezone.localdate(moment).isoformat())
    return sha256(repr(said).encode()).hexdigest()


def facets_of(query: CatalogueQuery, moment: datetime, key: str) -> Facets:
    """Counts of every filter; from the cache unless free places, which applications change, are asked for."""
    if query.of(ONLY_FREE):
        return _count(query, moment)
    kept: Facets | None = cache.get(f"facets:{key}")
    if kept is None:
        kept = _count(query, moment)
        cache.set(f"facets:{key}", kept, KEPT_SECONDS)
    return kept


def _count(query: CatalogueQuery, moment: datetime) -> Facets:
    asked = conditions(query, moment)
    joinable = Q(Exists(forming_groups(moment).filter(programme=OuterRef("pk"))))
    base, params = _base({**asked, ONLY_OPEN: open_condition(moment), JOINABLE: joinable})
    parts = [
        _whole("total", asked),
        _whole(JOINABLE, {**asked, JOINABLE: Q()}),
        _whole("if_open", {**asked, ONLY_OPEN: Q()}),
    ]
    parts += [_part(name, facet, asked) for name, facet in FACETS.items()]
    sql = f"WITH base AS MATERIALIZED ({base}) {' UNION ALL '.join(parts)}"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM ({sql}) counted ORDER BY facet, rank, label COLLATE "lv", value', params)
        return _read(cursor.fetchall())


COLUMNS = ("institution_id", "kind_id", "sector_id", "qualification_id", "prior_education_id", "mode", "schedule_kinds")


def _base(asked: Mapping[str, Q]) -> tuple[str, tuple[Any, ...]]:
    """Every published programme once, with one truth for each filter in use."""
    truths = {f"is_{name}": ExpressionWrapper(condition, BooleanField()) for name, condition in asked.items()}
    rows = Programme.objects.published().order_by().annotate(**truths)
    compiled: tuple[str, tuple[Any, ...]] = rows.values("id", *COLUMNS, *truths).query.sql_with_params()
    return compiled


def _true_for(asked: Mapping[str, Q], *, but: str = "") -> str:
    return " AND ".join(f"b.is_{name}" for name in asked if name != but) or "true"


def _whole(name: str, asked: Mapping[str, Q]) -> str:
    return (
        f"SELECT '{name}' AS facet, '' AS value, '' COLLATE \"lv\" AS label, 0 AS rank, "
        f"count(*) FILTER (WHERE {_true_for(asked)}) AS programmes FROM base b"
    )


def _part(name: str, facet: Facet, asked: Mapping[str, Q]) -> str:
    return (
        f"SELECT '{name}', x.value, x.label COLLATE \"lv\", x.rank, "
        f"count(DISTINCT b.id) FILTER (WHERE {_true_for(asked, but=name)}) "
        f"FROM ({facet.values}) x (id, value, label, rank) JOIN base b ON b.id = x.id GROUP BY x.value, x.label, x.rank"
    )


def _read(rows: list[tuple[str, str, str, int, int]]) -> Facets:
    numbers = {facet: programmes for facet, value, _, _, programmes in rows if not value}
    options: dict[str, list[Option]] = {}
    for facet, value, label, _, programmes in rows:
        if value:
            options.setdefault(facet, []).append(Option(value, label, programmes))
    options[ONLY_OPEN] = [Option("1", "", numbers["if_open"])]
    kept = {name: tuple(found) for name, found in options.items()}
    return Facets(total=numbers["total"], joinable=numbers[JOINABLE], options=kept)
