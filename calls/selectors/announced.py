"""Calls as everybody sees them, and what a call demands of a programme."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from calls.contents import Demands, Wanted
from calls.costs import Rate
from calls.errors import in_words
from calls.models import Call, CallKind
from calls.states import Place


@dataclass(frozen=True, slots=True)
class Announced:
    """Calls by where the clock stands."""

    open: list[Call] = field(default_factory=list)
    to_come: list[Call] = field(default_factory=list)
    past: list[Call] = field(default_factory=list)


def calls_on(moment: datetime) -> Announced:
    """Announced calls; those that close first stand first among the open ones. One query."""
    found = Announced()
    for call in Call.objects.announced().select_related("source").order_by("-closes_at", "pk"):
        if call.is_open(moment):
            found.open.insert(0, call)
        elif call.opens_at > moment:
            found.to_come.insert(0, call)
        else:
            found.past.append(call)
    return found


def call_at(slug: str) -> Call | None:
    """An announced call with everything its page shows."""
    kinds = Prefetch("kinds", CallKind.objects.select_related("kind"))
    rows = Call.objects.announced().select_related("source")
    related = ("areas", kinds, "conditions", "attachments", "steps", "documents__file")
    return rows.prefetch_related(*related).filter(slug=slug).first()


def rates_call(moment: datetime, kind: str = "") -> Call | None:
    """The call whose rules a programme in preparation is weighed by: an open one that takes its kind (code), the last to close.

    Without such a one the open call that closes last, else the newest.
    """
    are_open = Call.objects.open_at(moment).order_by("-closes_at", "pk")
    takes_it = are_open.filter(kinds__kind__code=kind).first() if kind else None
    return takes_it or are_open.first() or Call.objects.announced().order_by("-opens_at", "pk").first()


def demands_of(call: Call) -> Demands:
    """Three queries."""
    return Demands(
        rates={
            one.kind.code: Rate(one.rule, one.rate_cents, one.cap_cents)
            for one in call.kinds.select_related("kind").order_by("position", "pk")
        },
        level_from=call.level_from,
        level_to=call.level_to,
        areas=frozenset(call.areas.order_by("number").values_list("number", flat=True)),
        least_digital_share=call.least_digital_share,
        wanted=tuple(
            Wanted(one.code, one.name, one.is_required)
            for one in call.attachments.filter(place=Place.PROGRAMME).order_by("position", "pk")
        ),
    )


@dataclass(frozen=True, slots=True)
class Window:
    """A call's window against the clock of the request."""

    call: Call
    moment: datetime

    @property
    def is_open(self) -> bool:
        return self.call.is_open(self.moment)

    @property
    def is_to_come(self) -> bool:
        return self.moment < self.call.opens_at

    @property
    def first_day(self) -> date:
        return timezone.localdate(self.call.opens_at)

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.call.last_moment)

    @property
    def today(self) -> date:
        return timezone.localdate(self.moment)

    @property
    def until(self) -> str:
        """11.10.2024. plkst. 23:59"""
        return in_words(self.call.last_moment)

    @property
    def since(self) -> str:
        return in_words(self.call.opens_at)

    @property
    def left(self) -> str:
        """Days and hours to the deadline; minutes on the last stretch."""
        minutes = max(0, int((self.call.closes_at - self.moment).total_seconds() // 60))
        days, hours = minutes // 1440, minutes // 60 % 24
        if days:
            said = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
            more = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
            return f"{said} {more}" if hours else said
        if hours:
            return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
        if not minutes:
            return gettext("less than a minute")
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def window_of(call: Call, moment: datetime) -> Window:
    return Window(call, moment)
