"""The client's money: what is available, until when, and every movement."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gates import for_clients_home
from stars.kernel.actor import ActorRequest
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import day

from . import selectors
from .models import Movement

# The look of each movement's word; the word always stands beside the colour.
FAMILY = {
    Movement.GRANT: "ok",
    Movement.RESERVE: "warn",
    Movement.RELEASE: "info",
    Movement.SPEND: "mute",
    Movement.EXPIRE: "mute",
    Movement.CORRECT: "info",
}


@require_safe
@for_clients_home
def account(request: ActorRequest) -> HttpResponse:
    """ "Pieejamais finansējums": sums only once the account is approved, before that what happens next."""
    assert request.actor.person_id is not None
    rows = selectors.movements_of(request.actor.person_id)
    context = {
        "balances": list(selectors.balances_of(request.actor.person_id).values()),
        "rows": [(row, row.movement.label, FAMILY[row.movement]) for row in rows],
        "chart": [(day(row.at), row.balance_cents, euros(row.balance_cents)) for row in reversed(rows)],
        "chart_words": {"title": _("Changes of the balance"), "label": _("Date"), "value": _("Balance")},
    }
    return render(request, "funding/account.html", context)
