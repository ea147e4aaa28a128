"""The admin's own door: the agency's officers, by name and password, then the second step (terms 30, MFA-01)."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services
from accounts.browsers import devices, entering
from accounts.browsers.addresses import client_address
from accounts.browsers.return_paths import own_path
from accounts.errors import AccessDenied, SignInFailed, TooManyTries
from accounts.forms import ProviderSignInForm
from stars.kernel.actor import ActorRequest


@sensitive_post_parameters("password")
@never_cache
def agency_sign_in(request: ActorRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """One answer for every failure, and the same limits as the institutions' (PWD-05, PWD-08)."""
    next_path = own_path(request.POST.get("next") or request.GET.get("next"))
    if request.actor.is_agency:
        return redirect(next_path or reverse("admin:index"))
    form = ProviderSignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email = form.cleaned_data["email"]
            try:
                user = services.sign_in_agency(
                    email=email,
                    password=form.cleaned_data["password"],
                    address=client_address(request),
                    device=devices.known_as(request, email),
                )
            except AccessDenied as error:
                return entering.denied(request, error.refusal)
            except (SignInFailed, TooManyTries) as error:
                form.add_error(None, error.message)
                status = 429 if isinstance(error, TooManyTries) else 422
            else:
                return entering.after_password(request, user, next_path)
    return render(request, "accounts/agency_sign_in.html", {"form": form, "next_path": next_path}, status=status)


admin.site.login = agency_sign_in  # type: ignore[method-assign, assignment]
admin.site.site_title = admin.site.site_header = "STARS"
