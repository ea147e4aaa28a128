"""The link in a confirmation letter: looking shows a button, only pressing it uses the link (PWD-06)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.errors import LinkSpent
from accounts.gates import public
from accounts.selectors import live_confirmation


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    confirmation = live_confirmation(token)
    if confirmation is None:
        return _spent(request)
    if request.method == "POST":
        try:
            services.confirm_email(token=token)
        except LinkSpent:
            return _spent(request)
        return redirect("accounts:email_confirmed")
    return render(request, "accounts/confirm_email.html", {"email": confirmation.email})


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_spent.html", status=410)


@public
@require_safe
def email_confirmed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/email_confirmed.html")
