"""The client's money: what is available, until when, and every movement."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gates import for_clients_home
from stars.kernel.actor import ActorRequest
from stars.kernel.money import euros
from stars.kernel.sheets import csv_file
from stars.kernel.templatetags.stars import day, money

from . import selectors
from .models import Movement, TargetGroupCheck
from .rules import AGENCY
from .states import AccountState, GrantState, Verdict

# The look of each movement's word; the word always stands beside the colour.
FAMILY = {
    Movement.GRANT: "ok",
    Movement.RESERVE: "warn",
    Movement.RELEASE: "info",
    Movement.SPEND: "mute",
    Movement.EXPIRE: "mute",
    Movement.CORRECT: "info",
}
# Where the fact of a rule comes from, in words for the person (X29).
ORIGINS = {
    "fpr": gettext_lazy("Register of Natural Persons"),
    "vid": gettext_lazy("State Revenue Service"),
    "viis": gettext_lazy("State Education Information System"),
    "agency": gettext_lazy("State Education Development Agency"),
    "declared": gettext_lazy("what you have declared"),
    "portal": gettext_lazy("records of this platform"),
}
VERDICTS = {Verdict.MET: "ok", Verdict.NOT_MET: "mute", Verdict.UNKNOWN: "warn"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One condition of the check in plain words."""

    says: str
    verdict: str
    family: str
    origin: str
    remedy: str
    is_disputed: bool


def _findings(check: TargetGroupCheck | None) -> list[Shown]:
    return [_shown(one, check) for one in check.findings] if check else []


def _shown(one: dict[str, str], check: TargetGroupCheck) -> Shown:
    """A condition nobody knew about when it was decided is not being checked any more.

    Money given although a condition was not met, or not known, was given by an officer: so it says, and since when.
    """
    verdict, origin = Verdict(one["verdict"]), str(ORIGINS.get(one["origin"], one["origin"]))
    if check.state == GrantState.GIVEN and verdict != Verdict.MET:
        decided = f"{ORIGINS[AGENCY]}, {day(check.decided_at)}"
        return Shown(one["says"], _("The agency has decided"), "ok", decided, remedy="", is_disputed=False)
    was_unknown = check.state != GrantState.OPEN and verdict == Verdict.UNKNOWN
    if "on" in one:
        origin = f"{origin}, {day(date.fromisoformat(one['on']))}"
    return Shown(
        says=one["says"],
        verdict=pgettext("fact", "Not known") if was_unknown else str(verdict.label),
        family="mute" if was_unknown else VERDICTS[verdict],
        origin=origin,
        remedy=one.get("remedy", ""),
        is_disputed="disputed" in one,
    )


@require_safe
@for_clients_home
def account(request: ActorRequest) -> HttpResponse:
    """ "Pieejamais finansējums": sums only once the account is approved, before that what happens next."""
    assert request.actor.person_id is not None
    rows = selectors.movements_of(request.actor.person_id)
    balances = selectors.balances_of(request.actor.person_id).values()
    checks = {check.source_id: check for check in selectors.checks_of(request.actor.person_id)}
    most = max((row.balance_cents for row in rows), default=0)
    context = {
        "balances": [(balance, _findings(checks.get(balance.source.pk))) for balance in balances],
        "money_may_come": not balances or any(balance.state != AccountState.REFUSED for balance in balances),
        "rows": [(row, row.movement.label, FAMILY[row.movement]) for row in rows],
        "chart": [(day(row.at), row.balance_cents, euros(row.balance_cents)) for row in reversed(rows)],
        "chart_words": {"title": _("Changes of the balance"), "label": _("Date"), "value": _("Balance")},
        "scale": [euros(most), euros(most // 2), euros(0)],
    }
    return render(request, "funding/account.html", context)


@require_safe
@for_clients_home
@never_cache
def history_file(request: ActorRequest) -> HttpResponse:
    """ "Lejupielādēt CSV": the funding history as a table, the newest first."""
    assert request.actor.person_id is not None
    head = [
        _("Date"),
        pgettext("money", "Operation"),
        pgettext("label", "Programme"),
        pgettext("money", "Sum"),
        _("Balance"),
    ]
    rows = [
        [day(row.at), row.movement.label, row.programme_name, money(row.amount_cents), money(row.balance_cents)]
        for row in selectors.movements_of(request.actor.person_id)
    ]
    return csv_file("finansejuma-vesture.csv", head, rows)
