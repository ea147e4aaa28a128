"""The roles somebody may work in: chosen, one at a time (ACC-08, SES-01), and their rights with terms (32.1)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.browsers import sessions
from accounts.browsers.return_paths import home_of
from accounts.gates import for_anyone_signed_in
from accounts.models import Right
from accounts.selectors import contexts_of, rights_of
from stars.kernel.actor import ActorRequest

from .asking_rights import facts_of
from .own import show, user_of


@require_http_methods(["GET", "POST"])
@for_anyone_signed_in
def contexts(request: ActorRequest) -> HttpResponse:
    """Every role of this person; pressing one works in it from now on, under a new session id (SES-01)."""
    user = user_of(request)
    found = contexts_of(user)
    if request.method == "POST":
        chosen = next((one for one in found if one.key == request.POST.get("key")), None)
        if chosen is None:
            messages.error(request, _("This role is no longer yours. Choose another one."))
            return redirect("accounts:contexts")
        sessions.choose_context(request.session, chosen.key)
        return redirect(home_of(chosen.actor))
    rows = [{"context": one, "is_current": one.actor == request.actor} for one in found]
    return show(request, "accounts/contexts.html", {"rows": rows})


@require_safe
@for_anyone_signed_in
def rights(request: ActorRequest) -> HttpResponse:
    """What one may work as, asked for, refused, ended; each with its term and its reason."""
    return show(request, "accounts/rights.html", {"rows": facts_of(rights_of(user_of(request)))})


@require_POST
@for_anyone_signed_in
def resend_right(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Another link to the work address."""
    right = get_object_or_404(Right.objects.filter(user=user_of(request)), reference=reference)
    services.resend_right_link(right_id=right.pk, by=request.actor)
    messages.success(request, _("If the address is still to be confirmed, a new link is on its way."))
    return redirect("accounts:rights")
