"""A client's way in, and their own profile."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.browsers.return_paths import WORKPLACES, home_of, remembered
from accounts.errors import ChangedMeanwhile
from accounts.forms import ConsentForm, ProfileForm, RegistrationForm, speak_for_client
from accounts.gates import for_anyone_signed_in, for_clients, for_clients_profile, for_registering
from accounts.models import ON_PAPER, ClientProfile, Person, User
from accounts.selectors import (
    actor_of,
    current_facts,
    grown_up_on,
    is_registered,
    known_of,
    needs_consent,
    policies_to_accept,
    profile_of,
    user_of,
)
from accounts.states import FactKind
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.refusals import refusals

from .registries import own_news


def _user(request: ActorRequest) -> User:
    if not isinstance(request.user, User):
        raise NotPermitted
    return request.user


def _person(request: ActorRequest) -> Person:
    if request.actor.acting_for_id:  # a coordinator in the client's place
        return Person.objects.get(pk=request.actor.acting_for_id)
    person = _user(request).person
    if person is None:
        raise NotPermitted
    return person


def _speak(request: ActorRequest, form: Any) -> Any:
    """Who acts for a client reads "the client declares" in each declaration (screens.md 11)."""
    return speak_for_client(form) if request.actor.acting_for_id else form


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


@for_anyone_signed_in
@require_http_methods(["GET", "POST"])
def consent(request: ActorRequest) -> HttpResponse:
    """R1: the terms of use and the privacy policy, read and confirmed; asked again for a new version."""
    user = _user(request)
    waiting = list(policies_to_accept(user))
    if not waiting:
        return _onward(request, user)
    form = ConsentForm(request.POST or None, initial={"shown": ",".join(str(policy.pk) for policy in waiting)})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            own = actor_of(user) if request.actor.acting_for_id else request.actor  # nobody agrees for another
            services.accept_policies(user_id=user.pk, shown=form.cleaned_data["shown"], by=own)
            return _onward(request, user)
    context = {
        "form": form,
        "waiting": waiting,
        "is_again": user.consents.exclude(channel=ON_PAPER).exists(),
        "is_provisional": user.person is not None and user.person.is_provisional,
        "registers_next": _registers_next(request, user),
    }
    return render(request, "accounts/consent.html", context, status=_status(form))


def _onward(request: ActorRequest, user: User) -> HttpResponse:
    """The next step of signing in, or where the person wanted to go; clients alone register next."""
    if _registers_next(request, user):
        return redirect("accounts:register")
    return redirect(remembered(request.session) or home_of(request.actor))


def _registers_next(request: ActorRequest, user: User) -> bool:
    at_work = remembered(request.session).startswith(WORKPLACES) or request.actor.acting_for_id is not None
    return request.actor.is_client and not is_registered(user) and not at_work


@for_registering
@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """R2: the registration form; a coordinator fills it in with the client beside them."""
    person = _person(request)
    user = user_of(person.pk)
    if user is None:
        raise NotPermitted
    if needs_consent(user, by_mandate=request.actor.acting_for_id is not None):
        return redirect("accounts:consent")
    if is_registered(user):
        return redirect("accounts:registered" if request.method == "POST" else "accounts:profile")
    if day := grown_up_on(person):
        return _under_age(request, person, day)
    known = {} if request.actor.acting_for_id else known_of(person.pk)  # registers speak to the person only
    form = _speak(request, RegistrationForm(request.POST or None, initial=known))
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.register_client(person_id=person.pk, declared=form.declared(), by=request.actor)
            return redirect("accounts:registered")
    context = {
        "form": form,
        "person": person,
        "code": person.current_code,
        "registers": own_news(request, person.pk),
        "asks_on": request.actor.acting_for_id is None,
    }
    return render(request, "accounts/register.html", context, status=_status(form))


def _under_age(request: ActorRequest, person: Person, day: date) -> HttpResponse:
    """Why not yet, from when, and what may be done now; who acts for a client reads the verdict only (security.md 1)."""
    context: dict[str, Any] = {}
    if request.actor.acting_for_id is None:
        said = current_facts(person.pk).get(FactKind.BIRTH_DATE)
        context = {"day": day, "fact": said.id if said else None}
    return render(request, "accounts/under_age.html", context, status=403)


@for_clients_profile
@require_safe
def registered(request: ActorRequest) -> HttpResponse:
    """R3: the account exists; what happens next."""
    profile, wanted = profile_of(_person(request).pk), remembered(request.session)
    is_begun = request.actor.acting_for_id is None and wanted != home_of(request.actor)
    return render(request, "accounts/registered.html", {"profile": profile, "onward": wanted if is_begun else ""})


@for_clients_profile
@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """C2: every answer of the registration form; what the state gave can only be read."""
    person = _person(request)
    kept = ClientProfile.objects.get(pk=person.pk)
    form = _speak(request, ProfileForm.of(kept, request.POST or None))
    differences: list[Any] = []
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            try:
                return _save(request, form, kept)
            except ChangedMeanwhile as error:
                form.add_error(None, error.message)
                differences = form.differences()
                form.take_version(kept.version)
    context = {
        "form": form,
        "person": person,
        "code": person.current_code,
        "profile": kept,
        "differences": differences,
        "registers": own_news(request, person.pk),
        "asks_on": False,
    }
    return render(request, "accounts/profile.html", context, status=_status(form))


def _save(request: ActorRequest, form: ProfileForm, kept: ClientProfile) -> HttpResponse:
    saved = services.save_profile(
        person_id=kept.pk, version=form.cleaned_data["version"], declared=form.declared(), by=request.actor
    )
    if saved.email != kept.email:
        words = _("The profile is saved. We have sent a confirmation link to %(email)s.") % {"email": saved.email}
    else:
        words = _("The profile is saved.")
    messages.success(request, words)
    return redirect("accounts:profile")


@for_clients
@require_POST
def resend_confirmation(request: ActorRequest) -> HttpResponse:
    """Another confirmation link to the address of the profile."""
    try:
        sent = services.request_email_confirmation(person_id=_person(request).pk, by=request.actor)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if sent:
            messages.success(request, _("We have sent a confirmation link to %(email)s.") % {"email": sent.email})
    return redirect(reverse("accounts:profile"))
