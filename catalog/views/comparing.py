"""Programmes side by side: which ones, the address says; nobody signs in for it and nothing is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.gates import public
from catalog import selectors
from catalog.forms import numbers_of
from catalog.selectors import MOST_COMPARED, Compared
from stars.kernel.actor import ActorRequest
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import day

Value = Callable[[Compared], str | list[str]]


@dataclass(frozen=True, slots=True)
class Head:
    """A programme at the top of its column, and the address without it."""

    name: str
    url: str
    without: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    values: list[list[str]]  # of each programme, its lines

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values)


@public
@require_safe
def compare(request: ActorRequest) -> HttpResponse:
    asked = numbers_of(request.GET)
    numbers = asked[:MOST_COMPARED]
    standing = selectors.standing_at(request.arrived_at)
    purse = selectors.own_of(request.actor).purse(standing.rounds)
    found = selectors.compared(numbers, standing=standing, purse=purse)
    present = [one.programme.number for one in found]
    only = request.GET.get("tikai") == "atskiribas"
    rows = [_row(str(label), value, found) for label, value in _LINES] if len(found) > 1 else []
    context = {
        "heads": [Head(one.programme.name, _page(one.programme.number), _address(_but(present, one))) for one in found],
        "rows": [row for row in rows if row.differs or not only],
        "only": only,
        "toggled": _address(present) if only else _address(present, tikai="atskiribas"),
        "choose_more": f"{reverse('catalog:list')}?{urlencode([('id', number) for number in present])}",
        "left_out": [(name, _page(number)) for number, name in selectors.named(asked[MOST_COMPARED:])],
        "change": f"{reverse('catalog:list')}?{urlencode([('id', number) for number in asked])}",
        "are_gone": len(numbers) - len(found),
        "others": [],
    }
    if found and len(found) < MOST_COMPARED:
        similar = selectors.similar_programmes(found[0].programme, standing=standing, purse=purse)
        others = [row for row in similar if row.programme.number not in present]
        context["others"] = [(row, _address([*present, row.programme.number])) for row in others]
    return render(request, "catalog/compare.html", context)


def _row(label: str, value: Value, found: Sequence[Compared]) -> Row:
    values = [value(one) for one in found]
    return Row(label, [[said] if isinstance(said, str) else said for said in values])


def _page(number: int) -> str:
    return reverse("pages:programme", args=(number,))


def _but(numbers: Sequence[int], one: Compared) -> list[int]:
    return [number for number in numbers if number != one.programme.number]


def _address(numbers: Sequence[int], **more: str) -> str:
    query = urlencode([*(("id", number) for number in numbers), *more.items()])
    return f"{reverse('catalog:compare')}?{query}" if query else reverse("catalog:compare")


# --- the rows of the table, in the order of the programme page ---------------------------


def _prices(one: Compared) -> list[str]:
    return [f"{offer.now.source.label} {euros(offer.price_cents)}" for offer in one.offers]


def _own_shares(one: Compared) -> list[str]:
    return [f"{offer.now.source.label} {euros(offer.own_share_cents)}" for offer in one.offers]


def _deadlines(one: Compared) -> str:
    if one.row.closes_at:
        return day(one.row.closes_at)
    return _("Applications are not open")


def _places(one: Compared) -> str:
    return f"{one.row.places.free}/{one.row.places.total}" if one.row.places.total else _("No groups to join yet")


def _hours(one: Compared) -> str:
    return ngettext("%(hours)s hour", "%(hours)s hours", one.programme.hours_total) % {
        "hours": one.programme.hours_total
    }


_LINES: tuple[tuple[str | Promise, Value], ...] = (
    (gettext_lazy("Educational institution"), lambda one: one.programme.institution.name),
    (gettext_lazy("Kind of programme"), lambda one: one.programme.kind.label),
    (gettext_lazy("Sector of learning"), lambda one: one.programme.sector.programme_label),
    (gettext_lazy("Venues of the programme"), lambda one: one.venues),
    (gettext_lazy("Cost of learning for one participant"), _prices),
    (gettext_lazy("Personal co-financing"), _own_shares),
    (gettext_lazy("Level of prior knowledge"), lambda one: one.programme.prior_knowledge),
    (gettext_lazy("Requirements for prior education"), lambda one: one.programme.prior_education.label),
    (gettext_lazy("Main topics"), lambda one: list(one.programme.main_topics)),
    (gettext_lazy("Total number of (academic) hours"), _hours),
    (gettext_lazy("DigComp level"), lambda one: one.levels or "–"),
    (gettext_lazy("DigComp competence area"), lambda one: one.areas or "–"),
    (gettext_lazy("Final examination"), lambda one: one.programme.final_examination),
    (gettext_lazy("Education document"), lambda one: one.programme.education_document),
    (pgettext_lazy("of learning", "Language"), lambda one: one.programme.language_label),
    (gettext_lazy("Intended time of learning"), lambda one: ", ".join(one.times)),
    (gettext_lazy("Length (in weeks)"), lambda one: str(one.programme.duration_weeks)),
    (gettext_lazy("Mode of learning"), lambda one: one.programme.get_mode_display()),
    (gettext_lazy("Learning begins"), lambda one: day(one.row.starts_on) if one.row.starts_on else "–"),
    (gettext_lazy("Number of free places"), _places),
    (gettext_lazy("Apply until"), _deadlines),
)
