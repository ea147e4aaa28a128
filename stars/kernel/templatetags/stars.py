"""Formats, icons and small helpers of the templates: one way to write money, dates and codes everywhere."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags import lucide as lucide_tags

from stars.kernel.money import euros
from stars.kernel.templatetags import charts
from stars.kernel.templatetags.qr import qr

register = template.Library()

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
RIGA = ZoneInfo("Europe/Riga")
STAR_PATH = "M12 0C12.9 7.6 16.4 11.1 24 12 16.4 12.9 12.9 16.4 12 24 11.1 16.4 7.6 12.9 0 12 7.6 11.1 11.1 7.6 12 0Z"

_IN_ONE_PIECE = re.compile(r"\bLV-\d{4}\b|\bP-\d{4}-\d{6}\b")  # a postal code, the number of an offer
_SAID_BY_CSS = re.compile(r' (fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"')
_BETWEEN_TAGS = re.compile(r"(?<=>)\s+|\s+(?=/>)")

register.simple_tag(charts.chart)
register.simple_tag(charts.digcomp_steps)
register.simple_tag(charts.round_days)
register.simple_tag(qr)


# --- money, dates, codes -------------------------------------------------


@register.filter
def money(cents: int | None) -> str:
    """Write integer cents the Latvian way: ``42743`` is ``427,43 €``; nothing stays nothing."""
    return "" if cents is None else euros(int(cents)).replace("-", MINUS)


@register.filter
def signed_money(cents: int | None) -> str:
    """Write a movement of money with its sign, as the ledger shows it: ``+416,52 €``, ``−427,43 €``."""
    return f"+{money(cents)}" if cents and cents > 0 else money(cents)


def _in_riga(moment: datetime) -> datetime:
    return timezone.localtime(moment, RIGA) if timezone.is_aware(moment) else moment


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day as ``14.04.2025.``; a moment counts for the day it has in Riga."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = _in_riga(value)
    return f"{value:%d.%m.%Y}."


@register.filter
def last_day(value: datetime | None) -> str:
    """Write the last day of a term that ends, half-open, at this moment: the midnight after the 14th is ``14.04.2025.``"""
    return day(value - timedelta(microseconds=1)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as ``28.12.2024 11:48`` in Riga time."""
    return f"{_in_riga(value):%d.%m.%Y %H:%M}" if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """Write the time of a moment as ``16:58`` in Riga time."""
    return f"{_in_riga(value):%H:%M}" if value else ""


@register.filter
def period(start: date | None, end: date | None) -> str:
    """Write a period as ``19.05.2025. – 07.08.2025.``; an open end leaves the dash standing."""
    if not start and not end:
        return ""
    return f"{day(start)}{NO_BREAK_SPACE}{EN_DASH} {day(end)}".strip()


@register.filter
def machine(value: date | datetime | None) -> str:
    """Write a day or moment for the ``datetime`` attribute of ``<time>``."""
    if not value:
        return ""
    return _in_riga(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


@register.filter
def masked(code: str | None) -> str:
    """Show a personal code without its second half: ``010190-*****``."""
    return f"{code[:6]}-*****" if code else ""


@register.filter
def phone(number: str | None) -> str:
    """Write an eight-digit Latvian number as ``26 123 456``; other numbers stay as they are."""
    if not number:
        return ""
    digits = "".join(str(number).split()).removeprefix("+371")
    if len(digits) != 8 or not digits.isdigit():
        return str(number)
    return NO_BREAK_SPACE.join((digits[:2], digits[2:5], digits[5:]))


@register.filter
def unbroken(address: str) -> SafeString:
    """A text whose postal code or offer number stays in one piece: a line may end after any word, not inside ``LV-1010``."""
    return mark_safe(_IN_ONE_PIECE.sub(r'<span class="nowrap">\g<0></span>', escape(address)))


@register.filter
def decimal_comma(value: float | None) -> str:
    """Write a mean such as ``4,6`` with one decimal and a comma."""
    return "" if value is None else f"{value:.1f}".replace(".", ",")


# --- small helpers ---------------------------------------------------------


@register.filter
def lookup(mapping: Mapping[str, object] | None, key: object) -> object:
    """Read one key of a mapping; a missing mapping or key is an empty string."""
    return mapping.get(str(key), "") if mapping else ""


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """Keep the query string of the page and change some of it; ``None`` or an empty value drops the key."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}" if params else "?"


# Letters that could end the element, as JSON may write them too.
_IN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: Mapping[str, object]) -> SafeString:
    """Data for search engines. No script: a browser never runs this type, so the policy against inline scripts holds."""
    told = json.dumps(data, ensure_ascii=False).translate(_IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(told))


# --- icons -----------------------------------------------------------------


@lru_cache(maxsize=256)
def _icon(name: str, css_class: str) -> SafeString:
    attrs: dict[str, Any] = {"class": css_class, "aria_hidden": "true"}
    svg = lucide_tags.lucide(name, **attrs)
    head, shapes = svg.split(">", 1)
    return mark_safe(_BETWEEN_TAGS.sub("", f"{_SAID_BY_CSS.sub('', head)}>{shapes}"))  # our own icon set, no user text


@register.simple_tag
def icon(name: str, css_class: str = "i") -> SafeString:
    """Draw a Lucide icon inside the page; hidden from screen readers, so a word must stand beside it."""
    if name == "star4":
        return star4()
    return _icon(str(name), str(css_class))


@register.simple_tag
def icon_symbols(names: Iterable[str]) -> SafeString:
    """Icons a long list shows in many rows, written once; `icon_use` points at them."""
    drawn = (_symbol(name) for name in names)
    return format_html(
        '<svg class="sprite" width="0" height="0" aria-hidden="true">{}</svg>', mark_safe("".join(drawn))
    )


def _symbol(name: str) -> str:
    inside = _icon(name, "i").split(">", 1)[1].rsplit("</svg>", 1)[0]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{inside}</symbol>'


@register.simple_tag
def icon_use(name: str) -> SafeString:
    """The icon of `icon_symbols` with this name."""
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def star4() -> SafeString:
    """Draw the four-point star of the wordmark; it also marks the current step."""
    return format_html('<svg class="star4" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', STAR_PATH)
