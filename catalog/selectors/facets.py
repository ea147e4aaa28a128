"""The filters: what each one asks of a programme, and how many programmes each value would give.

A facet's condition is written once, as a set of programmes, and serves the list and the counts, so both always agree
(X13). The counts of a facet are true under the other filters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from django.core.cache import cache
from django.db.models import Q
from django.db.models import Value as Literal
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf, StrIndex

from catalog.models import Programme
from catalog.search import fold, question
from stars.kernel.kept import KEPT_SECONDS, key_of

from .index import Bits, Value
from .standing import Standing

Values = tuple[str, ...]
NOT_FOUND = 1_000_000
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
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)

    def of(self, facet: str) -> tuple[Option, ...]:
        return self.options.get(facet, ())

    def label(self, facet: str, value: str) -> str:
        return next((option.label for option in self.of(facet) if option.value == value), value)


ONLY_OPEN, ONLY_FREE, WORDS = "open", "free", "words"
# Those of the panel, in no order; the index knows more.
FACETS = frozenset(
    {
        *("institution", "kind", "source", "venue", "sector", "qualification", "area", "level", "prior_education"),
        *("mode", "time"),
    }
)


# --- what each filter asks -----------------------------------------------------


def _is_wanted(facet: str, values: Values) -> Callable[[Value], bool]:
    """An institution is found by its code or by a part of its name, without diacritics; everything else by its code."""
    if facet == "institution":
        parts = [fold(value).strip() for value in values]
        return lambda value: value.code in values or any(part in fold(value.label) for part in parts)
    return lambda value: value.code in values


def conditions(query: CatalogueQuery, standing: Standing, free: Bits) -> dict[str, Bits]:
    """The programmes that fulfil each filter in use; `free` are those with a free place."""
    index = standing.index
    asked = {
        facet: index.carriers(facet, _is_wanted(facet, values)) for facet, values in query.chosen if facet in FACETS
    }
    if query.words:
        asked[WORDS] = index.bits_of(found_by_words(query.words, standing))
    if query.of(ONLY_OPEN):
        asked[ONLY_OPEN] = standing.open
    if query.of(ONLY_FREE):
        asked[ONLY_FREE] = free
    return asked


def all_of(asked: Mapping[str, Bits], standing: Standing, *, but: str = "") -> Bits:
    return reduce(and_, (bits for facet, bits in asked.items() if facet != but), standing.index.every)


def facets_of(asked: Mapping[str, Bits], standing: Standing) -> Facets:
    """Every value with its count."""
    whole = all_of(asked, standing)
    under = {facet: all_of(asked, standing, but=facet) for facet in asked}
    options = {
        facet: tuple(
            Option(value.code, value.label, (value.carriers & under.get(facet, whole)).bit_count()) for value in values
        )
        for facet, values in standing.index.facets.items()
        if facet in FACETS
    }
    open_now = (under.get(ONLY_OPEN, whole) & standing.open).bit_count()
    return Facets(total=whole.bit_count(), options=options | {ONLY_OPEN: (Option("1", "", open_now),)})


# --- words -----------------------------------------------------------------------


def found_by_words(words: str, standing: Standing) -> tuple[int, ...]:
    """Programmes (ids) in which every word begins a word, or nearly does; the best match first. One query a version."""
    key = key_of("words", standing.index.version, words)
    kept: tuple[int, ...] | None = cache.get(key)
    if kept is None:
        matching = Programme.objects.published().filter(words_condition(words)).annotate(first=_first(words))
        by_name = standing.index.place_of
        found = {pk: (first, by_name.get(pk, 0)) for pk, first in matching.order_by().values_list("pk", "first")}
        kept = tuple(sorted(found, key=lambda pk: found[pk]))
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def words_condition(words: str) -> Q:
    """Every word begins a word of the programme, or is nearly one; words without letters find nothing."""
    wanted = Q()
    for stem in question(words):
        near = Q(search_text__contains=f" {stem}")
        if len(stem) >= SHORTEST_FORGIVEN:
            near |= Q(search_text__trigram_word_similar=stem)
        wanted &= near
    return wanted or Q(code="")


def _first(words: str) -> Combinable:
    """How early the words stand: the name comes first in what is searched; words found only nearly come last."""
    total: Combinable = Literal(0)
    for stem in question(words):
        total = total + Coalesce(NullIf(StrIndex("search_text", Literal(f" {stem}")), 0), NOT_FOUND)
    return total
