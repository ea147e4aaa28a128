"""The catalogue page: one page of rows with live places, prices for this person, and the filters with their counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from catalog.models import Mode, Programme, ProgrammeCompetence, ProgrammeOffer, ScheduleKind
from stars.kernel.actor import Actor
from stars.kernel.kept import KEPT_SECONDS, key_of

from .facets import (
    ONLY_FREE,
    WORDS,
    CatalogueQuery,
    Facets,
    all_of,
    conditions,
    facets_of,
)
from .full import kept_full
from .index import Bits, index_of, newest_index, places_in
from .own_share import Own, Purse, own_of
from .places import Places
from .programmes import in_short, venue_labels
from .rounds import SourceNow
from .standing import Standing, live_at
from .words import found_by_words, not_spelt_so

NAME, NAME_DOWN, PRICE, PRICE_DOWN = "nosaukums", "-nosaukums", "maksa", "-maksa"
START, RELEVANCE = "sakums", "atbilstiba"
SIMILAR = 3
MOST_LEFT_OUT = 4  # of more words no single one is offered to be left out
LONG_TEXTS = (  # of the programme page; a card shows none of them
    *("description", "main_topics", "prior_knowledge", "equipment", "final_examination", "education_document"),
    *("search_text", "institution__description"),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A programme under one source, with what this person would pay."""

    now: SourceNow
    price_cents: int
    own_share_cents: int


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One card of the list."""

    programme: Programme
    offers: tuple[Offered, ...]
    shown: Offered | None  # whose price stands on the card: one that is open, else the first
    venues: tuple[str, ...]
    levels: tuple[int, int] | None
    places: Places
    is_open: bool
    starts_on: date | None  # of the next group one may join

    @property
    def own_shares(self) -> tuple[int, ...]:
        return tuple(offer.own_share_cents for offer in self.offers)

    @property
    def is_remote(self) -> bool:
        return self.programme.mode == Mode.REMOTE

    @property
    def more_venues(self) -> int:
        return max(0, len(self.venues) - 1)

    @property
    def times(self) -> str:
        """When one learns, in the order of the choices: "darba dienu vakari, brīvdienas"."""
        return ", ".join(str(kind.label) for kind in ScheduleKind if kind in self.programme.schedule_kinds)

    @property
    def closes_at(self) -> datetime | None:
        """The last moment inside the open round."""
        return self.shown.now.last_day if self.is_open and self.shown else None

    @property
    def opens_at(self) -> datetime | None:
        return self.shown.now.opens_at if self.shown and not self.is_open else None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which programmes one state of the page is about."""

    query: CatalogueQuery  # with a page that exists
    standing: Standing
    found: Mapping[str, Bits]  # by each filter in use
    whole: Bits  # by all of them
    ids: tuple[int, ...]  # of the rows

    def free_under(self, free: Bits) -> int:
        """How many have a free place, under the other filters."""
        others = all_of(self.found, self.standing, but=ONLY_FREE) if ONLY_FREE in self.found else self.whole
        return (others & free).bit_count()


@dataclass(frozen=True, slots=True)
class Glance:
    """Everything that decides one state of the page, for anybody; nothing of it is drawn yet."""

    choice: Choice
    places: Mapping[int, Places]
    free: int  # programmes that have a free place, under the other filters
    mark: str  # of the set that has them, where it chooses the rows

    @property
    def total(self) -> int:
        return self.choice.whole.bit_count()

    @property
    def stamp(self) -> tuple[object, ...]:
        """Under what the filters may be kept; the rows also show `places`."""
        return (self.choice.standing.stamp, self.choice.query, self.free, self.mark)


@dataclass(frozen=True, slots=True)
class CataloguePage:
    query: CatalogueQuery
    facets: Facets
    rows: tuple[ProgrammeRow, ...]
    free: int
    stamp: tuple[object, ...]
    misspelt: tuple[str, ...] = ()  # words no programme has; near ones were looked for instead
    ways_out: tuple[tuple[str, int], ...] = ()  # where nothing was found: what one filter alone, let go, would give
    fewer_words: tuple[tuple[str, int], ...] = ()  # and what one of several words would

    @property
    def total(self) -> int:
        return self.facets.total


def glance_at(query: CatalogueQuery, moment: datetime) -> Glance:
    """One query as a rule: the places of the rows to be expected come with the version.

    A second one where the version was raised meanwhile, or where free places choose the rows.
    """
    index, known = newest_index(), kept_full(timezone.localdate(moment))
    chooses = bool(query.of(ONLY_FREE))
    expected = None
    if index and (known or not chooses):
        expected = _choose(query, Standing(index, moment), known.ids if known else frozenset())
    live = live_at(moment, expected.ids if expected else ())
    if (
        expected
        and expected.standing.index.version == live.version
        and not (chooses and known and known.ids is not live.full)
    ):
        choice, places = expected, live.places
    else:
        choice = _choose(query, Standing(index_of(live.version), moment), live.full)
        places = live_at(moment, choice.ids).places
    free = choice.standing.free(live.full)
    return Glance(choice, places, choice.free_under(free.bits), free.mark if chooses else "")


def catalogue(query: CatalogueQuery, *, actor: Actor, moment: datetime) -> CataloguePage:
    """One state of the page for one person."""
    return page_of(glance_at(query, moment), own_of(actor))


def page_of(seen: Glance, own: Own) -> CataloguePage:
    """The rows and the counts: one query for rows not seen before; rows add none."""
    choice, standing = seen.choice, seen.choice.standing
    purse = own.purse(standing.rounds)
    return CataloguePage(
        query=choice.query,
        facets=facets_of(choice.found, standing),
        rows=rows_of(choice.ids, seen.places, standing, purse, wanted=choice.query.of("source")),
        free=seen.free,
        stamp=seen.stamp,
        misspelt=not_spelt_so(choice.query.words, standing),
        ways_out=() if choice.whole else _ways_out(choice),
        fewer_words=() if choice.whole else _fewer_words(choice),
    )


def _ways_out(choice: Choice) -> tuple[tuple[str, int], ...]:
    """Those that give most come first."""
    without = ((facet, all_of(choice.found, choice.standing, but=facet).bit_count()) for facet in choice.found)
    return tuple(sorted(((facet, count) for facet, count in without if count), key=lambda way: -way[1]))


def _fewer_words(choice: Choice) -> tuple[tuple[str, int], ...]:
    """Each of a few typed words, left out, with what the others find; those that give most come first."""
    words, standing = choice.query.words.split(), choice.standing
    if not 1 < len(words) <= MOST_LEFT_OUT:
        return ()
    rest = all_of(choice.found, standing, but=WORDS)
    without = []
    for place, word in enumerate(words):
        others = " ".join([*words[:place], *words[place + 1 :]])
        count = (rest & standing.index.bits_of(found_by_words(others, standing).ids)).bit_count()
        if count:
            without.append((word, count))
    return tuple(sorted(without, key=lambda way: -way[1]))


def count(query: CatalogueQuery, *, moment: datetime) -> int:
    """How many programmes a state of the page would show."""
    return _whole(query, moment)[0].bit_count()


def matching(query: CatalogueQuery, *, moment: datetime) -> list[int]:
    """All of them (ids), by name."""
    whole, standing = _whole(query, moment)
    return standing.index.ids_in(whole)


def _whole(query: CatalogueQuery, moment: datetime) -> tuple[Bits, Standing]:
    live = live_at(moment)
    standing = Standing(index_of(live.version), moment)
    return _choose(query, standing, live.full).whole, standing


def similar_programmes(programme: Programme, *, standing: Standing, purse: Purse) -> tuple[ProgrammeRow, ...]:
    """A few others of the same sector, those one may apply for first."""
    same = standing.index.carriers("main_sector", lambda value: value.code == str(programme.sector_id))
    same &= ~standing.index.bits_of([programme.pk])
    chosen = [*places_in(same & standing.open, 0, SIMILAR), *places_in(same & ~standing.open, 0, SIMILAR)][:SIMILAR]
    return _without_places([standing.index.ids[place] for place in chosen], standing, purse)


def newest_open(
    sectors: Collection[int], sources: Collection[str], *, standing: Standing, purse: Purse, number: int
) -> tuple[ProgrammeRow, ...]:
    """Open programmes of these sectors (ids) under any of these sources (codes), the newest first."""
    index, wanted = standing.index, {str(sector) for sector in sectors}
    found = index.carriers("main_sector", lambda value: value.code in wanted)
    found &= index.carriers("source", lambda value: value.code in sources) & standing.open
    chosen = (index.ids[place] for place in index.by_newest if found >> place & 1) if found else ()
    return _without_places(list(islice(chosen, number)), standing, purse)


def _without_places(ids: list[int], standing: Standing, purse: Purse) -> tuple[ProgrammeRow, ...]:
    """Rows where only whether one may apply is shown, not how many places there are."""
    is_open = standing.open
    places = {pk: Places() for pk in ids if is_open >> standing.index.place_of[pk] & 1}
    return rows_of(ids, places, standing, purse)


# --- rows --------------------------------------------------------------------------


def _choose(query: CatalogueQuery, standing: Standing, full: frozenset[int]) -> Choice:
    """No query, but for words not asked before."""
    found = conditions(query, standing, full)
    whole = all_of(found, standing)
    last = max(1, -(-whole.bit_count() // query.per_page))
    if query.page > last:
        query = replace(query, page=last)
    return Choice(query, standing, found, whole, tuple(_sorted(whole, query, standing)))


def _sorted(found: Bits, query: CatalogueQuery, standing: Standing) -> list[int]:
    """The ids of one page of rows."""
    index, start, stop = standing.index, (query.page - 1) * query.per_page, query.page * query.per_page
    ordered: Iterable[int]
    if query.sort == RELEVANCE and query.words:
        ordered = (index.place_of[pk] for pk in found_by_words(query.words, standing).ids if pk in index.place_of)
    elif query.sort == START:
        ordered = index.by_start(standing.today)
    elif query.sort in {PRICE, PRICE_DOWN}:
        ordered = index.by_price if query.sort == PRICE else index.by_price_down
    elif query.sort == NAME_DOWN:
        total = found.bit_count()
        last = places_in(found, max(0, total - stop), min(stop, total) - start)
        return [index.ids[place] for place in reversed(last)]
    else:
        return [index.ids[place] for place in places_in(found, start, query.per_page)]
    mask = found.to_bytes(len(index.ids) // 8 + 1, "little")
    chosen = (place for place in ordered if mask[place >> 3] >> (place & 7) & 1)
    return [index.ids[place] for place in islice(chosen, start, stop)]


def rows_of(
    ids: Sequence[int],
    places: Mapping[int, Places],
    standing: Standing,
    purse: Purse,
    *,
    wanted: Sequence[str] = (),
) -> tuple[ProgrammeRow, ...]:
    """The cards of these programmes (ids), in this order; a price under a `wanted` source comes first."""
    return tuple(_row(one, wanted, standing, purse, places) for one in _kept(ids, standing))


def _kept(ids: Sequence[int], standing: Standing) -> list[Any]:
    """The programmes with these ids, in this order, as the catalogue's version has them."""
    if not ids:
        return []
    key = key_of("programmes", standing.index.version, tuple(ids))
    kept: list[Any] | None = cache.get(key)
    if kept is None:
        found = _with_facts(Programme.objects.filter(pk__in=ids)).in_bulk(ids)
        kept = [found[pk] for pk in ids if pk in found]
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _with_facts(found: QuerySet[Programme]) -> QuerySet[Programme]:
    offers = ProgrammeOffer.objects.filter(programme=OuterRef("pk")).order_by("source__position", "pk")
    levels = ProgrammeCompetence.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    return (
        found.select_related("institution", "kind")
        .defer(*LONG_TEXTS)
        .annotate(
            offered=ArraySubquery(offers.values(json=JSONObject(source="source_id", price="price_cents"))),
            venue_labels=venue_labels(),
            level_from=Subquery(levels.annotate(least=Min("level")).values("least")),
            level_to=Subquery(levels.annotate(most=Max("level")).values("most")),
        )
    )


def _row(
    programme: Any,
    wanted: Sequence[str],
    standing: Standing,
    purse: Purse,
    places: Mapping[int, Places],
) -> ProgrammeRow:
    """`open_condition` said in Python: a round of one of its sources is open and a group can be joined."""
    sources = standing.sources
    offers = tuple(
        Offered(now, offer["price"], purse.own_share(now.source, offer["price"]))
        for offer in programme.offered
        if (now := sources.get(offer["source"]))
    )
    best = sorted(
        offers, key=lambda offer: (bool(wanted) and offer.now.source.code not in wanted, not offer.now.is_open)
    )
    return ProgrammeRow(
        programme=programme,
        offers=offers,
        shown=best[0] if best else None,
        venues=tuple(in_short(label) for label in programme.venue_labels),
        levels=(programme.level_from, programme.level_to) if programme.level_from else None,
        places=places.get(programme.pk, Places()),
        is_open=programme.pk in places and any(offer.now.is_open for offer in offers),
        starts_on=standing.index.next_start(programme.pk, standing.today),
    )
