"""Suspending one's own account (terms 32.4): the person asks, the agency opens it again."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.gates import for_anyone_signed_in, public, recently_authenticated
from accounts.models import DenialReason
from stars.kernel.actor import ActorRequest

from .own import show, user_of


@for_anyone_signed_in
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def suspend(request: ActorRequest) -> HttpResponse:
    """Asks once more, says what stays and how to come back; then every session ends."""
    user = user_of(request)
    if request.method == "POST":
        services.deny_access(user_id=user.pk, reason=DenialReason.OWN_WISH, words="", by=request.actor)
        logout(request)
        return redirect("accounts:suspended")
    return show(request, "accounts/suspend.html")


@public
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/suspended.html")
