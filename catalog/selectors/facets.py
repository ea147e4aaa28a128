"""The filters: what each one asks of a programme, and how many programmes each value would give.

A facet's condition is written once, as a set of programmes, and serves the list and the counts, so both always agree
(X13). The counts of a facet are true under the other filters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from catalog.search import fold

from .index import Bits, Value
from .standing import Standing
from .words import found_by_words

Values = tuple[str, ...]


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


def _is_wanted(facet: str, values: Values, known: Iterable[Value]) -> Callable[[Value], bool]:
    """By its code; an institution also by a part of its name, without diacritics, that is no institution's code."""
    if facet == "institution":
        parts = [fold(value).strip() for value in set(values).difference(one.code for one in known)]
        return lambda value: value.code in values or any(part in fold(value.label) for part in parts)
    return lambda value: value.code in values


def conditions(query: CatalogueQuery, standing: Standing, full: frozenset[int]) -> dict[str, Bits]:
    """The programmes that fulfil each filter in use, where these (ids) are full."""
    index = standing.index
    asked = {
        facet: index.carriers(facet, _is_wanted(facet, values, index.facets.get(facet, ())))
        for facet, values in query.chosen
        if facet in FACETS
    }
    if query.words:
        asked[WORDS] = index.bits_of(found_by_words(query.words, standing).ids)
    if query.of(ONLY_OPEN):
        asked[ONLY_OPEN] = standing.open
    if query.of(ONLY_FREE):
        asked[ONLY_FREE] = standing.free(full).bits
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
