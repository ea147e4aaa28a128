"""The end of a session: more time on request, and a page that leads back to where the person was (SES-02, P15)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.browsers import sessions
from accounts.browsers.return_paths import WITH_DRAFTS, own_path
from accounts.gates import for_anyone_signed_in, public
from stars.kernel.actor import ActorRequest

STAFF = "/provider"


@for_anyone_signed_in
@require_POST
@never_cache
def extend(request: ActorRequest) -> HttpResponse:
    """The dialog's one press; answers how many seconds there are now."""
    sessions.extend(request.session, request.actor, request.arrived_at)
    return JsonResponse({"seconds": sessions.seconds_left(request.session, request.actor, request.arrived_at)})


@public
@require_safe
@never_cache
def over(request: HttpRequest) -> HttpResponse:
    """P15. Whoever is still signed in, from another tab perhaps, goes straight back."""
    back = own_path(request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(back or "/")
    sign_in = reverse("accounts:provider_sign_in" if back.startswith(STAFF) else "accounts:sign_in")
    onward = f"{sign_in}?{urlencode({'next': back})}" if back else sign_in
    shown = {"onward": onward, "has_draft": back.startswith(WITH_DRAFTS), "typed": [], "is_kept": False}
    return render(request, "accounts/session_over.html", shown)
