"""The programme page: every row of the manual, what it costs this person, and whether one may apply now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gates import public
from applications.selectors import ApplyOption, apply_options
from catalog import selectors as catalog
from catalog.models import Programme, ScheduleKind
from catalog.policies import may_keep
from catalog.selectors import Places, ProgrammeNow
from funding.models import FundingSource
from stars.kernel.actor import ActorRequest
from stars.kernel.kept import kept_page
from stars.kernel.money import euros
from stars.pages.structured import course_data


@public
@require_safe
def programme(request: ActorRequest, number: int) -> HttpResponse:
    now = catalog.programme_at(number, request.arrived_at)
    return kept_page(request, says=lambda: now.stamp, draw=lambda: _draw(request, now))


def _draw(request: ActorRequest, now: ProgrammeNow) -> HttpResponse:
    shown = now.programme
    if shown is None:
        return _gone(request, now)
    groups, own = now.groups, catalog.own_of(request.actor)
    purse = own.purse(now.standing.rounds)
    options = apply_options(shown, request.actor, request.arrived_at, purse=purse, now=now)
    venues: list[str] = shown.venue_labels
    context = {
        "programme": shown,
        "venues": venues,
        "place": catalog.in_short(venues[0]) if venues else "",
        "more_venues": len(venues) - 1,
        "times": [kind.label for kind in ScheduleKind if kind in shown.schedule_kinds],
        "areas": _areas(shown),
        "levels": _levels(shown),
        "groups": groups,
        "places": Places(free=sum(group.free for group in groups), total=sum(group.capacity for group in groups)),
        "panel": Panel.of(shown, options),
        "keeps": may_keep(request.actor),
        "is_kept": shown.number in own.kept,
        "here": request.get_full_path(),
        "data": course_data(shown, groups, options),
        "similar": catalog.similar_programmes(shown, standing=now.standing, purse=purse),
    }
    return render(request, "pages/programme.html", context)


def _gone(request: ActorRequest, now: ProgrammeNow) -> HttpResponse:
    """A programme that is offered no longer says so and shows similar ones; an unknown number is an ordinary 404."""
    gone = catalog.gone_programme(now.number)
    if gone is None:
        raise Http404
    purse = catalog.own_of(request.actor).purse(now.standing.rounds)
    similar = catalog.similar_programmes(gone, standing=now.standing, purse=purse)
    return render(request, "pages/programme_gone.html", {"programme": gone, "similar": similar}, status=404)


def _areas(shown: Programme) -> list[tuple[str, list[dict[str, Any]]]]:
    """Competences under the names of their areas, in the order of the framework."""
    taught: list[dict[str, Any]] = shown.taught  # type: ignore[attr-defined]
    return [(area, list(found)) for area, found in groupby(taught, key=lambda one: str(one["area"]))]


@dataclass(frozen=True, slots=True)
class Levels:
    lowest: int
    highest: int
    says: str  # what one can do at the highest level

    @property
    def span(self) -> str:
        return str(self.highest) if self.lowest == self.highest else f"{self.lowest}–{self.highest}"


def _levels(shown: Programme) -> Levels | None:
    taught: list[dict[str, Any]] = shown.taught  # type: ignore[attr-defined]
    if not taught:
        return None
    highest = max(taught, key=lambda one: int(one["level"]))
    return Levels(min(int(one["level"]) for one in taught), int(highest["level"]), str(highest["level_says"] or ""))


@dataclass(frozen=True, slots=True)
class Line:
    """One source in the price card."""

    option: ApplyOption

    @property
    def covered_cents(self) -> int:
        return self.option.money.source_cents

    @property
    def formula(self) -> str:
        """How the own share comes about, in words."""
        source, money = self.option.source, self.option.money
        if source.co_payment == FundingSource.CoPayment.NONE:
            return _("%(source)s pays everything") % {"source": source.label}
        if money.balance_cents is None:
            share = f"{(money.percent or Decimal(0)).normalize():f}".replace(".", ",")
            return _("%(percent)s %% of %(price)s") % {"percent": share, "price": euros(money.price_cents)}
        asked = {"price": euros(money.price_cents), "balance": euros(money.balance_cents)}
        if money.own_cents:
            return _("%(price)s less the %(balance)s of the account") % asked
        return _("%(price)s is not more than the %(balance)s of the account") % asked


@dataclass(frozen=True, slots=True)
class Panel:
    """Who pays, and the one button: to the form, to the choice of source, or nowhere where one may not apply."""

    lines: Sequence[Line]
    url: str
    asks_source: bool

    @classmethod
    def of(cls, shown: Programme, options: Sequence[ApplyOption]) -> "Panel":
        lines = [Line(option) for option in options]
        possible = [option for option in options if option.may_apply]
        asks_source = bool(possible) and len(options) > 1
        choice = f"{reverse('applications:choose_source')}?{urlencode({'programma': shown.number})}"
        return cls(lines, choice if asks_source else possible[0].url if possible else "", asks_source)

    @property
    def is_single(self) -> bool:
        return len(self.lines) == 1

    @property
    def has_account(self) -> bool:
        """Whether any source pays from the learning account."""
        return any(line.option.money.balance_cents is not None for line in self.lines)

    @property
    def is_assumed(self) -> bool:
        """Whether the account in the sums is a whole grant nobody has given yet."""
        return any(line.option.is_assumed for line in self.lines)

    @property
    def short(self) -> Line | None:
        """Whose figures stand where there is room for one: a source open to the person, else the first."""
        open_ones = [line for line in self.lines if line.option.may_apply]
        return next(iter([*open_ones, *self.lines]), None)
