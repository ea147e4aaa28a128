"""Passwords and the address to sign in with: forgotten, chosen anew, changed (terms 31, PWD-04 to PWD-06)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.browsers import sessions
from accounts.browsers.addresses import client_address
from accounts.errors import LinkSpent, TooManyTries, WrongPassword
from accounts.forms import AddressForm, AskPasswordForm, ChangePasswordForm, NewPasswordForm
from accounts.gates import for_password_users, public, recently_authenticated
from accounts.models import LinkPurpose
from accounts.selectors import live_link
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals

from .own import show, user_of


@public
@require_http_methods(["GET", "POST"])
@never_cache
def ask_password(request: HttpRequest) -> HttpResponse:
    """Somebody has forgotten a password; the answer tells nothing about the address (PWD-05)."""
    form = AskPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.request_password(email=form.cleaned_data["email"], address=client_address(request))
            except TooManyTries as error:
                form.add_error(None, error.message)
                status = 429
            else:
                return redirect("accounts:password_asked")
    return render(request, "accounts/ask_password.html", {"form": form}, status=status)


@public
@require_safe
def password_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_asked.html")


@sensitive_post_parameters("password", "again")
@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: looking shows a form, only sending it uses the link (PWD-06). Nobody is signed in by it."""
    link = live_link(token, LinkPurpose.PASSWORD)
    if link is None:
        return _spent(request)
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.choose_password(token=token, password=form.cleaned_data["password"])
        except LinkSpent:
            return _spent(request)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            messages.success(request, _("The new password is saved. Sign in with it."))
            return redirect("admin:login" if user.is_staff else "accounts:provider_sign_in")
    context = {"form": form, "email": link.email}
    return render(request, "accounts/choose_password.html", context, status=422 if form.errors else 200)


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_link_spent.html", status=410)


@sensitive_post_parameters("current", "password", "again")
@for_password_users
@require_http_methods(["GET", "POST"])
@never_cache
def change_password(request: ActorRequest) -> HttpResponse:
    """The current password and a new one; every other session ends (PWD-04)."""
    form = ChangePasswordForm(request.POST or None, user=user_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.change_password(
                user_id=form.user.pk,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
                address=client_address(request),
                keep=request.session.session_key or "",
                by=request.actor,
            )
        except (WrongPassword, TooManyTries) as error:
            form.add_error("current", error.message)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            sessions.keep_after_password(request, user)
            messages.success(request, _("The password is changed. Every other session has ended."))
            return redirect("accounts:security")
    elif current := form.is_bound and form.cleaned_data.get("current"):  # told with the rest, and counted all the same
        try:
            services.check_current_password(user=form.user, password=current, address=client_address(request))
        except (WrongPassword, TooManyTries) as error:
            form.add_error("current", error.message)
    return show(request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200)


@for_password_users
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def change_address(request: ActorRequest) -> HttpResponse:
    """Another address to sign in with; it counts once the link sent there is used."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.ask_address(user_id=user_of(request).pk, email=form.cleaned_data["email"], by=request.actor)
            said = _("We have sent a link to %(email)s. The address changes once you open it.")
            messages.success(request, said % {"email": form.cleaned_data["email"]})
            return redirect("accounts:security")
    context = {"form": form, "email": user_of(request).email}
    return show(request, "accounts/change_address.html", context, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the new address."""
    link = live_link(token, LinkPurpose.ADDRESS)
    if link is None:
        return _spent_address(request)
    if request.method == "POST":
        try:
            user = services.confirm_address(token=token)
        except LinkSpent:
            return _spent_address(request)
        messages.success(request, _("The new address counts. Sign in with it."))
        return redirect("admin:login" if user.is_staff else "accounts:provider_sign_in")
    return render(request, "accounts/confirm_address.html", {"email": link.email})


def _spent_address(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/address_link_spent.html", status=410)
