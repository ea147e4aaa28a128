"""Showing again who one is before a sensitive act (MFA-04), with nothing typed lost."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import services
from accounts.errors import TooManyTries, WrongCode, WrongPassword
from accounts.forms import ProofForm
from accounts.models import User
from accounts.selectors import second_factor_of

from . import identified, sessions
from .addresses import client_address
from .return_paths import home_of

_OWN = ("csrfmiddlewaretoken", "proof_password", "proof_code")


def needs_proof(request: HttpRequest) -> HttpResponse | None:
    """The page that asks, or nothing where the person has shown who they are within five minutes.

    A form sent too late comes along in hidden fields: with the right password it goes through as it was typed. Files and
    passwords do not travel so; the form asks for them again.
    """
    user = request.user
    if not isinstance(user, User) or request.method not in {"GET", "HEAD", "POST"} or _is_proved(request, user):
        return None
    if request.method != "POST" or user.person_id is not None:
        here = request.get_full_path()
        return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': here})}")
    form = ProofForm(request.POST if "proof_password" in request.POST else None, asks_code=has_factor(user))
    if form.is_bound and form.is_valid() and prove(request, user, form):
        return None
    return proof_page(request, form, action=request.get_full_path(), carried=_carried(request))


def _is_proved(request: HttpRequest, user: User) -> bool:
    """By the portal's clock for a password; for the state's means by the provider's, which may be older than the session."""
    moment: datetime = request.arrived_at  # type: ignore[attr-defined]
    if user.person_id is not None:
        return identified.is_fresh(request.session, moment)
    return sessions.is_proved(request.session, moment)


def has_factor(user: User) -> bool:
    return second_factor_of(user) is not None


def prove(request: HttpRequest, user: User, form: ProofForm) -> bool:
    """Ask the service; a refusal stands on the form."""
    try:
        services.prove_identity(
            user_id=user.pk,
            password=form.cleaned_data["proof_password"],
            code=form.cleaned_data.get("proof_code", ""),
            address=client_address(request),
        )
    except WrongPassword as error:
        form.add_error("proof_password", error.message)
    except WrongCode as error:
        form.add_error("proof_code", error.message)
    except TooManyTries as error:
        form.add_error(None, error.message)
    else:
        sessions.prove(request.session)
        return True
    return False


def proof_page(
    request: HttpRequest, form: ProofForm, *, action: str = "", carried: list[tuple[str, str]] | None = None
) -> HttpResponse:
    home = home_of(request.actor)  # type: ignore[attr-defined]
    context = {"form": form, "action": action, "carried": carried or [], "home_url": home}
    return render(request, "accounts/prove.html", context, status=422 if form.errors else 200)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OWN and "password" not in name
        for value in values
    ]
