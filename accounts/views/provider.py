"""Signing in with e-mail and password, for employees of institutions and members of commissions (I1)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.browsers import devices, entering
from accounts.browsers.addresses import client_address
from accounts.browsers.return_paths import home_of, own_path
from accounts.errors import AccessDenied, RegistrationUndecided, SignInFailed, TooManyTries
from accounts.forms import ProviderSignInForm
from accounts.gates import public
from stars.kernel.actor import ActorRequest

from .registering import asked_by


@sensitive_post_parameters("password")
@public
@require_http_methods(["GET", "POST"])
@never_cache
def provider_sign_in(request: ActorRequest) -> HttpResponse:
    next_path = own_path(request.POST.get("next") or request.GET.get("next"))
    if request.actor.is_provider:
        return redirect(next_path or home_of(request.actor))
    form = ProviderSignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _enter(request, form, next_path)
            except AccessDenied as error:
                return entering.denied(request, error.refusal)
            except RegistrationUndecided as error:
                return asked_by(request, error.registration)
            except (SignInFailed, TooManyTries) as error:
                form.add_error(None, error.message)
                status = 429 if isinstance(error, TooManyTries) else 422
    return render(request, "accounts/provider_sign_in.html", {"form": form, "next_path": next_path}, status=status)


def _enter(request: ActorRequest, form: ProviderSignInForm, next_path: str) -> HttpResponse:
    email = form.cleaned_data["email"]
    user = services.sign_in_provider(
        email=email,
        password=form.cleaned_data["password"],
        address=client_address(request),
        device=devices.known_as(request, email),
    )
    return entering.after_password(request, user, next_path)
