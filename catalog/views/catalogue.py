"""The public catalogue: everything is a plain GET, every state of the page has an address."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gates import public
from catalog import policies, selectors
from catalog.forms import (
    SIZES,
    SORTS,
    FilterForm,
    Kept,
    address_of,
    chips,
    filters,
    numbers_of,
    read_query,
    words_of,
)
from catalog.selectors import PROGRAMME, WORDS, CataloguePage, CatalogueQuery, Glance, Idea, Own, ProgrammeRow
from stars.kernel.actor import Actor, ActorRequest
from stars.kernel.kept import kept_html, key_of, seen_first

PATH = "/programmas"
OWN_NAMES = frozenset({"lapa", "skaits", "kartot", "id"})  # a bare address is one that says no more than this


if TYPE_CHECKING:
    _Paginator = Paginator[ProgrammeRow]
else:
    _Paginator = Paginator


class Pages(_Paginator):
    """The pager of rows that are cut already; how many there are in all is known."""

    def __init__(self, page: CataloguePage) -> None:
        super().__init__(page.rows, page.query.per_page)
        self._total = page.total

    @property
    def count(self) -> int:
        return self._total

    def page(self, number: int | str) -> "Page[ProgrammeRow]":
        return Page(self.object_list, int(number), self)


def look(request: HttpRequest) -> tuple[Glance, object]:
    """What the page shows to somebody nobody knows, and everything that decides it: one query, nothing is drawn."""
    seen = selectors.glance_at(read_query(request.GET), request.arrived_at)  # type: ignore[attr-defined]
    return seen, (seen.stamp, seen.places)


@public
@require_safe
def catalogue(request: ActorRequest) -> HttpResponse:
    first = seen_first(request)
    if isinstance(first, Glance):
        return _drawn(request, first, Own(), is_personal=False)
    own = selectors.own_of(request.actor)
    query, is_personal = _asked(request, own)
    seen = selectors.glance_at(query, request.arrived_at)
    if is_personal and not seen.total:
        is_personal = False
        seen = selectors.glance_at(replace(query, chosen=()), request.arrived_at)
    return _drawn(request, seen, own, is_personal=is_personal)


def _drawn(request: ActorRequest, seen: Glance, own: Own, *, is_personal: bool) -> HttpResponse:
    page = selectors.page_of(seen, own)
    return render(request, "catalog/catalogue.html", _context(request, page, own, is_personal=is_personal))


@public
@require_safe
def count(request: ActorRequest) -> HttpResponse:
    """The words of the tray's button for filters not sent yet; the script of the filters asks for them."""
    found = selectors.count(read_query(request.GET), moment=request.arrived_at)
    return HttpResponse(_show(found), content_type="text/plain; charset=utf-8")


@public
@require_safe
def suggestions(request: ActorRequest) -> HttpResponse:
    """What the words typed so far may be about, for the list under the search: text, address and a hint a line."""
    standing = selectors.standing_at(request.arrived_at)
    found = selectors.suggestions(words_of(request.GET), standing)
    says = ngettext("%(count)s suggestion", "%(count)s suggestions", len(found)) % {"count": len(found)}
    return JsonResponse({"lines": [_line(idea) for idea in found], "says": says})


def _line(idea: Idea) -> tuple[str, str, str]:
    if idea.kind == PROGRAMME:
        return idea.label, reverse("pages:programme", args=(idea.code,)), idea.institution
    query = CatalogueQuery(chosen=((idea.kind, (idea.code,)),))
    named = next(one.label for one in filters() if one.facet == idea.kind)
    counted = ngettext("%(count)s programme", "%(count)s programmes", idea.count) % {"count": idea.count}
    return idea.label, reverse("catalog:list") + address_of(query, {}), f"{named}, {counted}"


def _asked(request: ActorRequest, own: Own) -> tuple[CatalogueQuery, bool]:
    """What the address asks; a bare address shows a client the sectors of the profile first (client manual 3.4)."""
    query = read_query(request.GET)
    if set(request.GET) <= OWN_NAMES and own.sectors:
        return replace(query, chosen=(("sector", own.sectors),)), True
    return query, False


def _context(request: ActorRequest, page: CataloguePage, own: Own, *, is_personal: bool) -> dict[str, object]:
    query, is_client, keeps = page.query, request.actor.is_client, policies.may_keep(request.actor)
    arranged = {name: request.GET[name] for name in ("kartot", "skaits") if request.GET.get(name)}
    full = {"pilns": "1"} if is_client else {}  # without it a client's bare address is the personal one
    ticked = selectors.named(numbers_of(request.GET))
    along: Kept = {"id": [str(number) for number, _name in ticked]} if ticked else {}
    stays: Kept = {**arranged, **full, **along}
    used = chips(page, kept=stays)
    here = {row.programme.number for row in page.rows}
    return {
        "heading": _found(page.total),
        "rows": drawn_rows(
            page.rows,
            page.stamp,
            kept=own.kept if keeps else None,
            ticked=frozenset(number for number, _name in ticked),
        ),
        "ticked": [(number, name, _without(request, number)) for number, name in ticked],
        "elsewhere": [number for number, _name in ticked if number not in here],
        "keeps": keeps,
        "here": request.get_full_path(),
        "save_search": _save_search(request.actor, query),
        "total": page.total,
        "words": query.words,
        "sort": query.sort,
        "sorts": [(value, label) for value, label in SORTS.items() if value != "atbilstiba" or query.words],
        "is_personal": is_personal,
        "chips": used,
        "misspelt": _misspelt(page) if page.misspelt and page.total else "",
        "pager": Pages(page).page(query.page),
        "sizes": SIZES,
        "panel": _panel(page, {**arranged, **full}, active=len(used)),
        "ways_out": [
            *(_without_word(page, word, found, stays) for word, found in page.fewer_words),
            *(_way_out(page, facet, found, stays) for facet, found in page.ways_out),
        ],
        "full_catalogue": address_of(CatalogueQuery(), {"pilns": "1", **along}),
        "reset": _reset({**full, **along}),
    }


def _without(request: HttpRequest, number: int) -> str:
    """This page without one of the programmes ticked for comparison."""
    address = request.GET.copy()
    address.setlist("id", [str(one) for one in numbers_of(request.GET) if one != number])
    return f"?{address.urlencode()}"


def _save_search(actor: Actor, query: CatalogueQuery) -> str:
    """Where a search is saved; clients go there, everybody else signs in first. Workers for others save none."""
    if not query.narrows or (actor.is_authenticated and not policies.may_keep(actor)):
        return ""
    return reverse("catalog:save_search") + address_of(query, {})


def _reset(full: Kept) -> str:
    return reverse("catalog:list") + (address_of(CatalogueQuery(), full) if full else "")


def _found(found: int) -> str:
    return ngettext("%(count)s programme found", "%(count)s programmes found", found) % {"count": found}


def _way_out(page: CataloguePage, facet: str, found: int, kept: Kept) -> tuple[str, str]:
    """The words and the address of the page without one of its filters."""
    programmes = ngettext("%(count)s programme", "%(count)s programmes", found) % {"count": found}
    if facet == WORDS:
        query = replace(page.query, words="")
        said = _('Without the words "%(words)s": %(programmes)s') % {
            "words": page.query.words,
            "programmes": programmes,
        }
    else:
        query = replace(page.query, chosen=tuple(one for one in page.query.chosen if one[0] != facet))
        named = next(one.label for one in filters() if one.facet == facet)
        said = _('Without the filter "%(filter)s": %(programmes)s') % {"filter": named, "programmes": programmes}
    return said, reverse("catalog:list") + address_of(query, kept)


def _without_word(page: CataloguePage, word: str, found: int, kept: Kept) -> tuple[str, str]:
    """The same for one of several words."""
    programmes = ngettext("%(count)s programme", "%(count)s programmes", found) % {"count": found}
    others = page.query.words.split()
    others.remove(word)
    said = _('Without the word "%(word)s": %(programmes)s') % {"word": word, "programmes": programmes}
    return said, reverse("catalog:list") + address_of(replace(page.query, words=" ".join(others)), kept)


def _misspelt(page: CataloguePage) -> str:
    words = ", ".join(f'"{word}"' for word in page.misspelt)
    said = ngettext(
        "We did not find the word %(words)s, so programmes with words like it are shown.",
        "We did not find the words %(words)s, so programmes with words like them are shown.",
        len(page.misspelt),
    )
    return said % {"words": words}


def _show(found: int) -> str:
    return ngettext("Show %(count)s programme", "Show %(count)s programmes", found) % {"count": found}


def _panel(page: CataloguePage, kept: dict[str, str], *, active: int) -> SafeString:
    """The filters as HTML, kept under the catalogue's version and the counts; free places are never kept."""
    key = key_of("filters", page.stamp, sorted(kept.items()), get_language())
    return mark_safe(kept_html(key, lambda: _draw(page, kept, active=active)))


def drawn_rows(
    rows: Sequence[ProgrammeRow],
    stamp: tuple[object, ...],
    *,
    kept: frozenset[int] | None = None,
    ticked: frozenset[int] = frozenset(),
) -> SafeString:
    """The cards as HTML, kept under everything that stands on them: live places, open rounds, this person's price.

    `kept` are the programmes a client has put aside; for everybody else the button leads to signing in.
    """
    if not rows:
        return SafeString()
    live = [(row.programme.pk, row.places.free, row.places.total, row.is_open, row.own_shares) for row in rows]
    shown = None if kept is None else sorted(row.programme.number for row in rows if row.programme.number in kept)
    here = sorted(ticked.intersection(row.programme.number for row in rows)) if ticked else ()
    key = key_of("rows", stamp, live, shown, here, get_language())
    context = {
        "rows": rows,
        "is_client": shown is not None,
        "kept": shown or (),
        "ticked": here,
        "symbols": [
            *(["star"] if any(row.programme.is_rated for row in rows) else []),
            *(["bookmark-check"] if shown else []),
        ],
    }
    return mark_safe(kept_html(key, lambda: render_to_string("components/_programme_rows.html", context)))


def _draw(page: CataloguePage, kept: dict[str, str], *, active: int) -> str:
    words = {"q": page.query.words} if page.query.words else {}
    parts = list(FilterForm(page).parts())
    context = {
        "parts": [part for part in parts if part.look != "tick"],
        "ticks": [part for part in parts if part.look == "tick"],
        "hidden": [*words.items(), *kept.items()],
        "active": active,
        "show": _show(page.total),
        "action": reverse("catalog:list"),
        "count_url": reverse("catalog:count"),
        "reset": _reset({"pilns": kept["pilns"]} if "pilns" in kept else {}),
    }
    return render_to_string("catalog/_filters.html", context)
