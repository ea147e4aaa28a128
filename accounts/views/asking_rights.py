"""What the pages of coordinators and consultants share: the form that asks for the right, and the link of the letter."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import services
from accounts.errors import LinkSpent
from accounts.forms import ConsultantForm, CoordinatorForm
from accounts.models import DenialReason, Right, RightKind
from accounts.selectors import (
    Refusal,
    cooperating_institutions,
    live_entry_link,
    newest_right,
    refusal_of_right,
    refusals_of_rights,
)
from accounts.states import FAMILY, AccessState
from stars.files.taking import hold_uploads
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals

from .own import user_of

FORMS: dict[RightKind, type[CoordinatorForm] | type[ConsultantForm]] = {
    RightKind.COORDINATOR: CoordinatorForm,
    RightKind.CONSULTANT: ConsultantForm,
}


def ask(request: ActorRequest, kind: RightKind, template: str) -> HttpResponse:
    """The state of what was asked for already, and the form where it may be asked (again)."""
    user = user_of(request)
    is_sent = request.method == "POST"
    form = FORMS[kind](request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        with refusals(form):
            right = services.ask_right(user_id=user.pk, asked=form.asked(), by=request.actor)
            words = _("We have sent a link to %(email)s. Open it to confirm the address.")
            messages.success(request, words % {"email": right.request.email})
            return redirect("accounts:rights")
    if is_sent:
        hold_uploads(form, person_id=user.person_id)
    person = user.person
    assert person is not None
    newest = newest_right(user, kind)
    context: dict[str, Any] = {
        "form": form,
        "person": person,
        "code": person.current_code,
        "institutions": cooperating_institutions().values_list("name", flat=True),
        "newest": newest,
        "refusal": refusal_of_right(newest) if newest else None,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def confirm(request: HttpRequest, token: str, kind: RightKind) -> HttpResponse:
    """Looking shows a button, only pressing it uses the link (PWD-06). The address proves nothing but itself (PWD-07)."""
    link = live_entry_link(token, "right")
    if link is None or link.right is None or link.right.kind != kind:
        return _spent(request)
    if request.method == "POST":
        try:
            right = services.confirm_right_address(token=token)
        except LinkSpent:
            return _spent(request)
        return render(request, "accounts/right_confirmed.html", {"right": right})
    return render(request, "accounts/confirm_right.html", {"email": link.email, "right": link.right})


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/right_link_spent.html", status=410)


def facts_of(rights: Iterable[Right]) -> list[dict[str, Any]]:
    """Each right as pages show it; one that opens nothing says by which point of the terms (32.1, 32.3, 32.7)."""
    rows = list(rights)
    refusals = refusals_of_rights(rows)
    return [_facts_of(right, refusals.get(right.pk)) for right in rows]


def _facts_of(right: Right, refusal: Refusal | None) -> dict[str, Any]:
    state = AccessState(right.state)
    if refusal is not None and state == AccessState.APPROVED:
        state = AccessState.EXPIRED if refusal.reason == DenialReason.TERM_OVER else AccessState.BLOCKED
    said = refusal.sentence if refusal else right.explanation
    return {"right": right, "state": state.label, "family": FAMILY[state], "said": said}
