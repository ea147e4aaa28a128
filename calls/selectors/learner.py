"""A programme in preparation in the shape of the programme page, so that its own parts draw it (I7, preview)."""

from itertools import groupby
from types import SimpleNamespace
from typing import Any

from calls.models import Call, ProgrammeDraft
from catalog.models import Mode, ScheduleKind, Venue
from catalog.selectors import in_short
from funding.rates import own_share_cents
from stars.classifiers.models import DigCompLevel, Sector

from .preparing import Candidate, lists_of


def learner_page(draft: ProgrammeDraft, weighed: Candidate, call: Call | None) -> dict[str, Any]:
    """The context of `pages/_programme_body.html`; what is not written yet is a dash."""
    lists, values = lists_of(draft.institution_id), weighed.read.values
    sector = Sector.objects.filter(number=int(values["sector"])).first() if values.get("sector") else None

    def said(name: str) -> str:
        value = values.get(name)
        return lists.choices.get(name, {}).get(str(value), str(value)) if value is not None else "–"

    shown = SimpleNamespace(
        **{name: said(name) for name in ("kind", "prior_knowledge", "prior_education", "equipment")},
        **{name: said(name) for name in ("final_examination", "education_document", "language_label")},
        **{name: values.get(name) or 0 for name in ("theory_onsite", "practice_onsite", "theory_remote")},
        practice_remote=values.get("practice_remote") or 0,
        name=draft.name or str(draft),
        institution=draft.institution,
        description=values.get("description", ""),
        sector=sector or SimpleNamespace(programme_label="–"),
        main_topics=values.get("main_topics", []),
        hours_total=weighed.read.hours,
        qualification=said("qualification") if values.get("qualification") else None,
        duration_weeks=values.get("duration_weeks") or "–",
        max_group_size=said("max_group_size"),
        mode=values.get("mode", ""),
        is_rated=False,
        get_mode_display=str(Mode(values["mode"]).label) if values.get("mode") else "–",
    )
    taught = weighed.read.taught
    areas = [
        (area, [_competence(one) for one in group])
        for area, group in groupby(taught, key=lambda one: one.competence.area_label)
    ]
    venues = list(Venue.objects.filter(code__in=values.get("venues", [])).select_related("municipality").order_by("pk"))
    return {
        "programme": shown,
        "place": in_short(venues[0].label) if venues else "",
        "more_venues": len(venues) - 1,
        "venues": [lists.choices["venues"][one] for one in values.get("venues", [])],
        "times": [str(kind.label) for kind in ScheduleKind if kind in values.get("schedule_kinds", [])],
        "areas": areas,
        "levels": _levels([one.level for one in taught]),
        "panel": _panel(weighed, call),
    }


def _competence(one: Any) -> dict[str, Any]:
    found = one.competence
    return {
        "area_number": found.area,
        "number": found.number,
        "label": found.label,
        "level": one.level,
        "description": one.description,
    }


def _levels(levels: list[int]) -> SimpleNamespace | None:
    if not levels:
        return None
    lowest, highest = min(levels), max(levels)
    level = DigCompLevel.objects.filter(number=highest).first()
    span = str(highest) if lowest == highest else f"{lowest}–{highest}"
    return SimpleNamespace(lowest=lowest, highest=highest, span=span, says=level.description if level else "")


def _panel(weighed: Candidate, call: Call | None) -> SimpleNamespace:
    """The price under the call's source, as it would be frozen at publication."""
    if weighed.cost is None or call is None:
        return SimpleNamespace(is_single=True, lines=[])
    price = weighed.cost.requested_cents
    share = own_share_cents(call.source, price, balance_cents=None, low_income=None)
    option = SimpleNamespace(source=call.source, price_cents=price, own_share_cents=share, may_apply=False, why="")
    return SimpleNamespace(is_single=True, lines=[SimpleNamespace(option=option, covered_cents=price - share)])
