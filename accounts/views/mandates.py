"""Who acts for me: the client confirms, ends and contests, and sees each thing done in their place (ACT-01, ACT-04)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policies, services
from accounts.forms import ContestForm
from accounts.gates import for_clients
from accounts.models import Mandate
from accounts.selectors import acts_for, closed_by, mandates_of_client, names_of
from accounts.states import MandateAction, MandateState
from stars.files.handing import bearer_of
from stars.files.selectors import download_url
from stars.files.telling import standing_of
from stars.kernel.actor import Actor, ActorRequest
from stars.kernel.refusals import refusals

from .own import look_of

ACTS_A_PAGE = 25
LOOKS = (5,) * 24 + (
    15,
) * 12  # seconds between looks while somebody may act: five minutes, so a page left open ends too
DECISIONS = {
    MandateAction.ACCEPT: services.accept_mandate,
    MandateAction.DECLINE: services.decline_mandate,
    MandateAction.END: services.end_mandate,
}


@for_clients
@require_safe
def mandates(request: ActorRequest) -> HttpResponse:
    assert request.actor.person_id is not None
    found = list(mandates_of_client(request.actor.person_id))
    endings = _endings(request.actor, found)
    rows = [
        (
            mandate,
            [one for one in policies.open_mandate_actions(request.actor, mandate) if not _is_to_decline(one, mandate)],
            standing_of(mandate.file) if mandate.file else None,
            endings.get(mandate.pk, ""),
        )
        for mandate in found
    ]
    return render(request, "accounts/mandates.html", {"rows": rows} | _done(request, request.actor.person_id))


def _is_to_decline(action: MandateAction, mandate: Mandate) -> bool:
    """What still waits for the client is declined by them; there is nothing to end yet."""
    return action is MandateAction.END and mandate.state == MandateState.WAITING


def _endings(reader: Actor, mandates: list[Mandate]) -> dict[int, str]:
    """Who ended each mandate that has ended before its term, as its client reads it."""
    entries = closed_by(mandates)
    names = names_of({one.actor_user_id for one in entries.values() if one.actor_user_id})
    words = {None: _("The portal itself, automatically"), reader.user_id: _("You")}
    return {
        pk: words.get(one.actor_user_id) or names.get(one.actor_user_id or 0, one.actor_label)
        for pk, one in entries.items()
    }


@for_clients
@require_safe
def acts_done(request: ActorRequest) -> HttpResponse:
    """The part of the page that looks again by itself: each act is seen while it is done (ACT-04)."""
    assert request.actor.person_id is not None
    return render(request, "accounts/_acts.html", _done(request, request.actor.person_id))


def _done(request: ActorRequest, person_id: UUID) -> dict[str, Any]:
    """What others have done in this person's place; the first page looks again while somebody may act."""
    acts = Paginator(acts_for(person_id), ACTS_A_PAGE).get_page(request.GET.get("lapa"))
    names = names_of({act.actor_user_id for act in acts if act.actor_user_id})
    look = look_of(request)
    looks_again = look < len(LOOKS) and acts.number == 1 and Mandate.objects.live().filter(client_id=person_id).exists()
    return {
        "acts": acts,
        "lines": [(act, names.get(act.actor_user_id or 0, "–")) for act in acts],
        "look": look + 1,
        "next_look": LOOKS[look] if looks_again else 0,
    }


@for_clients
@require_safe
def mandate_document(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The document the client has signed, by a link that lives five minutes and opens in this browser only."""
    mandate = get_object_or_404(Mandate.objects.visible_to(request.actor).select_related("file"), reference=reference)
    if mandate.file is None or not mandate.file.is_clean:
        raise Http404
    return redirect(download_url(mandate.file, bearer_of(request)))


@for_clients
@require_POST
def decide_mandate(request: ActorRequest, reference: UUID, action: str) -> HttpResponse:
    """Confirm, decline or end."""
    mandate = get_object_or_404(Mandate.objects.visible_to(request.actor), reference=reference)
    if action not in DECISIONS:
        raise Http404
    DECISIONS[MandateAction(action)](mandate_id=mandate.pk, by=request.actor)
    words = {
        MandateAction.ACCEPT: _("You have confirmed the mandate. You can end it at any time."),
        MandateAction.DECLINE: _("You have declined the mandate."),
        MandateAction.END: _("The mandate has ended. The coordinator can no longer act for you."),
    }
    messages.success(request, words[MandateAction(action)])
    return redirect("accounts:mandates")


@for_clients
@require_http_methods(["GET", "POST"])
def contest_mandate(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The client says what was not agreed; the mandate ends and the agency answers."""
    mandate = get_object_or_404(
        Mandate.objects.visible_to(request.actor).select_related("right__user__person"), reference=reference
    )
    if MandateAction.CONTEST not in policies.open_mandate_actions(request.actor, mandate):
        return redirect("accounts:mandates")
    form = ContestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.contest_mandate(mandate_id=mandate.pk, by=request.actor, **form.cleaned_data)
            messages.success(
                request, _("We have received your objection. You will have an answer within 10 working days.")
            )
            return redirect("accounts:mandates")
    context = {"form": form, "mandate": mandate}
    return render(request, "accounts/contest_mandate.html", context, status=422 if form.errors else 200)
