"""The catalogue page: one page of rows with live places, prices for this person, and the filters with their counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject, NullIf, StrIndex

from catalog.models import CourseGroup, Mode, Programme, ProgrammeCompetence, ProgrammeOffer, ScheduleKind
from catalog.search import question
from stars.classifiers.models import Sector
from stars.kernel.actor import Actor

from .facets import KEPT_SECONDS, ONLY_FREE, CatalogueQuery, Facets, facet_key, facets_of, matching
from .own_share import Purse, purse_of
from .programmes import Places, free_places, in_short, venue_labels
from .rounds import SourceNow, forming_groups, open_condition, sources_at

NAME, NAME_DOWN, PRICE, PRICE_DOWN, RELEVANCE = "nosaukums", "-nosaukums", "maksa", "-maksa", "atbilstiba"
SIMILAR = 3
LONG_TEXTS = (  # of the programme page; a card shows none of them
    *("description", "main_topics", "prior_knowledge", "equipment", "final_examination", "education_document"),
    *("search_text", "institution__description"),
)
_NOT_FOUND = 1_000_000


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
class CataloguePage:
    query: CatalogueQuery
    facets: Facets
    rows: tuple[ProgrammeRow, ...]
    free: int  # programmes that have a free place, under the other filters
    key: str  # under what the filters may be kept

    @property
    def total(self) -> int:
        return self.facets.total


def catalogue(query: CatalogueQuery, *, actor: Actor, moment: datetime) -> CataloguePage:
    """One state of the page. Five queries at most for anybody, three more for a client's own prices; rows add none."""
    sources = sources_at(moment)
    key = facet_key(query, moment, sources)
    facets = facets_of(query, moment, key)
    found = matching(query, moment)
    free = facets.total if query.of(ONLY_FREE) else _free(found, facets, moment) if facets.total else 0
    page = min(query.page, max(1, -(-facets.total // query.per_page)))
    query = replace(query, page=page)
    rows = _rows(found, query, sources, purse_of(actor), moment, key) if facets.total else ()
    return CataloguePage(query=query, facets=facets, rows=rows, free=free, key=key)


def count(query: CatalogueQuery, *, moment: datetime) -> int:
    """How many programmes a state of the page would show."""
    return facets_of(query, moment, facet_key(query, moment, sources_at(moment))).total


def similar_programmes(programme: Programme, *, actor: Actor, moment: datetime) -> tuple[ProgrammeRow, ...]:
    """A few others of the same sector, those one may apply for first."""
    found = Programme.objects.published().filter(sector_id=programme.sector_id).exclude(pk=programme.pk)
    open_first = ExpressionWrapper(open_condition(moment), BooleanField())
    shown = list(
        _with_facts(found).annotate(open_now=open_first).order_by(F("open_now").desc(), "name", "pk")[:SIMILAR]
    )
    places = {one.pk: Places() for one in shown if one.open_now}  # how many is not shown here
    sources = sources_at(moment)
    purse = purse_of(actor)
    return tuple(_row(one, (), sources, purse, places) for one in shown)


def profile_sectors(actor: Actor) -> tuple[str, ...]:
    """The sectors a client ticked in the profile; "Nezinu" and "Nevēlos mācīties" name none."""
    if not actor.is_client or actor.person_id is None:
        return ()
    chosen = Sector.objects.filter(clientprofile__person_id=actor.person_id, excludes_others=False)
    return tuple(str(number) for number in chosen.order_by("number").values_list("number", flat=True))


# --- rows --------------------------------------------------------------------------


def _free(found: QuerySet[Programme], facets: Facets, moment: datetime) -> int:
    """Programmes with a free place: those with a group to join, which are kept, less those now full, which never are."""
    return facets.joinable - found.filter(pk__in=_full(moment)).order_by().count()


def _full(moment: datetime) -> QuerySet[CourseGroup, Any]:
    """Programmes whose groups are all full, found by the index of full groups."""
    groups = forming_groups(moment)
    has_place = Exists(groups.filter(programme=OuterRef("programme"), taken__lt=F("capacity")))
    full = groups.filter(~has_place, taken__gte=F("capacity"))
    return full.order_by().values("programme")


def _rows(
    found: QuerySet[Programme],
    query: CatalogueQuery,
    sources: Mapping[int, SourceNow],
    purse: Purse,
    moment: datetime,
    key: str,
) -> tuple[ProgrammeRow, ...]:
    shown = _page(found, query, key)
    places = free_places([programme.pk for programme in shown], moment)
    return tuple(_row(programme, query.of("source"), sources, purse, places) for programme in shown)


def _page(found: QuerySet[Programme], query: CatalogueQuery, key: str) -> list[Any]:
    """What the catalogue's version decides of one page of rows: kept, unless free places choose the rows."""
    start = (query.page - 1) * query.per_page
    place = f"page:{key}:{query.sort}:{query.page}:{query.per_page}"
    kept: list[Any] | None = None if query.of(ONLY_FREE) else cache.get(place)
    if kept is None:
        kept = list(_sorted(_with_facts(found), query)[start : start + query.per_page])
        if not query.of(ONLY_FREE):
            cache.set(place, kept, KEPT_SECONDS)
    return kept


def _sorted(found: QuerySet[Programme], query: CatalogueQuery) -> QuerySet[Programme]:
    if query.sort in {PRICE, PRICE_DOWN}:
        prices = ProgrammeOffer.objects.filter(programme=OuterRef("pk"), source__is_active=True).order_by()
        cheapest = Subquery(prices.values("programme").annotate(least=Min("price_cents")).values("least"))
        found = found.annotate(cheapest=cheapest)
        price = F("cheapest").asc(nulls_last=True) if query.sort == PRICE else F("cheapest").desc(nulls_last=True)
        return found.order_by(price, "name", "pk")
    if query.sort == NAME_DOWN:
        return found.order_by("-name", "-pk")
    if query.sort == RELEVANCE and query.words:
        return found.annotate(place=_place(query.words)).order_by("place", "name", "pk")
    return found.order_by("name", "pk")


def _place(words: str) -> Combinable:
    """How early the words stand: the name comes first in what is searched; words found only nearly come last."""
    total: Combinable = Value(0)
    for stem in question(words):
        total = total + Coalesce(NullIf(StrIndex("search_text", Value(f" {stem}")), 0), _NOT_FOUND)
    return total


def _with_facts(found: QuerySet[Programme]) -> QuerySet[Programme]:
    offers = ProgrammeOffer.objects.filter(programme=OuterRef("pk")).order_by("source__position", "pk")
    levels = ProgrammeCompetence.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    return found.select_related("institution", "kind").annotate(
        offered=ArraySubquery(offers.values(json=JSONObject(source="source_id", price="price_cents"))),
        venue_labels=venue_labels(),
        level_from=Subquery(levels.annotate(least=Min("level")).values("least")),
        level_to=Subquery(levels.annotate(most=Max("level")).values("most")),
    )


def _row(
    programme: Any,
    wanted: Sequence[str],
    sources: Mapping[int, SourceNow],
    purse: Purse,
    places: Mapping[int, Places],
) -> ProgrammeRow:
    """`open_condition` said in Python: a round of one of its sources is open and a group can be joined."""
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
    )
