"""Suspending one's own account (terms 32.4): the person asks, the agency opens it again."""

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.gates import for_anyone_signed_in, public, recently_authenticated
from accounts.models import DenialReason
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals

from .own import show, user_of


@for_anyone_signed_in
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def suspend(request: ActorRequest) -> HttpResponse:
    """Asks once more, says what stays and how to come back; then every session ends."""
    user = user_of(request)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.deny_access(user_id=user.pk, reason=DenialReason.OWN_WISH, words="", by=request.actor)
            logout(request)
            return redirect("accounts:suspended")
    return show(request, "accounts/suspend.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/suspended.html")
