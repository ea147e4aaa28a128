"""What a search may be about while it is still being typed: programmes, institutions, sectors, qualifications."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.core.cache import cache

from catalog.models import Programme
from catalog.search import fold
from stars.kernel.kept import KEPT_SECONDS, key_of

from .standing import Standing
from .words import found_by_words

SHORTEST = 2
MOST_PROGRAMMES = 5
MOST_VALUES = 3
PROGRAMME = "programme"
_FACETS = ("institution", "sector", "qualification")


@dataclass(frozen=True, slots=True)
class Idea:
    """One line: a programme with its number and institution, or a value of a facet with its code and count."""

    kind: str
    code: str
    label: str
    institution: str = ""
    count: int = 0


def suggestions(typed: str, standing: Standing) -> tuple[Idea, ...]:
    """A few ideas, the best first; no query for what was typed before, three at most for what was not."""
    if len(typed) < SHORTEST:
        return ()
    key = key_of("suggestions", standing.index.version, typed)
    kept: tuple[Idea, ...] | None = cache.get(key)
    if kept is None:
        kept = (*_programmes(typed, standing), *islice(_values(typed, standing), MOST_VALUES))
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _programmes(typed: str, standing: Standing) -> Iterator[Idea]:
    ids = found_by_words(typed, standing, is_typed=True).ids[:MOST_PROGRAMMES]
    found = Programme.objects.select_related("institution").only("number", "name", "institution__name").in_bulk(ids)
    for pk in ids:
        if one := found.get(pk):
            yield Idea(PROGRAMME, str(one.number), one.name, institution=one.institution.name)


def _values(typed: str, standing: Standing) -> Iterator[Idea]:
    """Values in whose name a word begins as every word typed."""
    parts = [f" {part}" for part in fold(typed).split()]
    for facet in _FACETS:
        for value in standing.index.facets.get(facet, ()):
            name = f" {fold(value.label)}".replace('"', " ")
            if all(part in name for part in parts):
                yield Idea(facet, value.code, value.label, count=value.carriers.bit_count())
