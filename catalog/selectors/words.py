"""Words asked for: which programmes have them, the best match first. Two queries a version, whatever was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, Func, IntegerField, Q, TextField, When
from django.db.models import Value as Literal
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least, NullIf, StrIndex

from catalog.models import Programme
from catalog.search import (
    NAME_ENDS,
    SHORTEST_FORGIVEN,
    Word,
    nearest,
    question,
    stems,
)
from stars.kernel.kept import KEPT_SECONDS, key_of

from .standing import Standing

NOT_FOUND = 1_000_000
# A word in a programme's name is worth more than one elsewhere, a whole one more than a beginning or a part.
WHOLE_IN_NAME, BEGINS_IN_NAME, INSIDE_NAME, WHOLE, BEGINS, INSIDE, NOWHERE = 0, 1, 2, 4, 5, 6, 7
# Of each asked word that no programme has in any form: the words of the catalogue nearest to it, and how it falls into
# two of them that Latvian also writes apart ("datubāze": "datu bāze").
_NEAR = """
SELECT asked.stem, ARRAY(
  SELECT word FROM (SELECT word, similarity(left(word, length(asked.stem)), asked.stem) AS near FROM catalog_searchword) w
  WHERE near > 0.1 ORDER BY near DESC, word LIMIT 40),
  (SELECT ARRAY[head.word, tail.word] FROM catalog_searchword tail JOIN catalog_searchword head
     ON head.word = left(asked.stem, length(asked.stem) - length(tail.word) - 1)
   WHERE length(tail.word) >= 3 AND length(head.word) >= 3 AND right(asked.stem, length(tail.word)) = tail.word
   ORDER BY length(tail.word) DESC LIMIT 1)
FROM unnest(%s::text[]) asked (stem)
WHERE NOT EXISTS (SELECT FROM catalog_searchword k WHERE strpos(k.word, asked.stem) > 0)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Programmes (ids) in which every needed word stands, the best match first."""

    ids: tuple[int, ...] = ()
    misspelt: tuple[str, ...] = ()  # stems no programme has, for which near ones were looked up


def found_by_words(words: str, standing: Standing, *, is_typed: bool = False) -> Found:
    """`is_typed`: the last word is not finished yet."""
    key = key_of("words", standing.index.version, words, is_typed)
    kept: Found | None = cache.get(key)
    if kept is None:
        kept = _find(question(words, is_typed=is_typed), standing.index.place_of)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _find(typed: Sequence[Word], place_of: Mapping[int, int]) -> Found:
    if not typed:
        return Found()
    asked, misspelt = _spelt(typed)
    named = Func(F("search_text"), Literal(NAME_ENDS), Literal(1), function="split_part", output_field=TextField())
    matching = Programme.objects.published().filter(_needed(asked)).alias(named=named)
    rows = matching.annotate(rank=_rank(asked), first=_first(asked)).order_by().values_list("pk", "rank", "first")
    ordered = sorted((rank, first, place_of.get(pk, 0), pk) for pk, rank, first in rows)
    return Found(tuple(pk for *_, pk in ordered), misspelt)


def _spelt(asked: Sequence[Word]) -> tuple[list[Word], tuple[str, ...]]:
    """The words as the catalogue spells them. One query, where there is a word long enough to be misspelt."""
    long_ones = {word.stems[0] for word in asked if word.is_long}
    if not long_ones:
        return list(asked), ()
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [sorted(long_ones)])
        unknown = {stem: (nearest(stem, near), halves) for stem, near, halves in cursor.fetchall()}
    spelt, misspelt = [], []
    for word in asked:
        near, halves = unknown.get(word.stems[0], ((), None))
        if halves:
            spelt += [replace(word, stems=(half,)) for half in halves]
        else:
            spelt.append(replace(word, stems=(*word.stems, *near)))
            misspelt += [word.stems[0]] if near else []
    return spelt, tuple(misspelt)


def _needed(asked: Iterable[Word]) -> Q:
    wanted = Q()
    for word in asked:
        if word.is_needed:
            wanted &= _stands(word, "search_text")
    return wanted or Q(code="")


def _stands(word: Word, where: str) -> Q:
    return _any(f"{where}__contains", (*word.patterns, *_insides(word)))


def _insides(word: Word) -> list[str]:
    """Stems long enough to be looked for inside a word too: Latvian puts words together (datortīkls)."""
    return [one for one in word.stems if len(one) >= SHORTEST_FORGIVEN]


def _rank(asked: Sequence[Word]) -> Combinable:
    total: Combinable = Literal(0)
    for word in asked:
        total = total + Case(*_cases(word), default=Literal(NOWHERE), output_field=IntegerField())
    return total


def _cases(word: Word) -> Iterable[When]:
    worth = (("named", WHOLE_IN_NAME, BEGINS_IN_NAME, INSIDE_NAME), ("search_text", WHOLE, BEGINS, INSIDE))
    for where, whole, begins, inside in worth:
        lookup = f"{where}__contains"
        yield When(_any(lookup, (f" {one} " for one in word.stems)), then=Literal(whole))
        if beginnings := word.beginnings:
            yield When(_any(lookup, (f" {one}" for one in beginnings)), then=Literal(begins))
        if insides := _insides(word):
            yield When(_any(lookup, insides), then=Literal(inside))


def _any(lookup: str, patterns: Iterable[str]) -> Q:
    found = Q()
    for pattern in patterns:
        found |= Q((lookup, pattern))
    return found


def _first(asked: Sequence[Word]) -> Combinable:
    """How early the words stand: what says most of a programme comes first in what is searched."""
    total: Combinable = Literal(0)
    for word in asked:
        places: list[Combinable] = [
            Coalesce(NullIf(StrIndex("search_text", Literal(f" {one}")), 0), NOT_FOUND) for one in word.stems
        ]
        total = total + (Least(*places) if len(places) > 1 else places[0])
    return total


def not_spelt_so(words: str, standing: Standing) -> tuple[str, ...]:
    """The words, as they were typed, that no programme has; near ones were looked for instead."""
    misspelt = found_by_words(words, standing).misspelt if words else ()
    return tuple(typed for typed in words.split() if set(stems(typed)) & set(misspelt))
