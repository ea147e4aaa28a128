"""Institutions and their employees ask to be let in: the forms, the link, the page that waits (I2 to I4)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.browsers.addresses import client_address
from accounts.errors import LinkSpent
from accounts.forms import EmployeeRegistrationForm, InstitutionRegistrationForm
from accounts.gates import public
from accounts.models import Registration
from accounts.selectors import cooperating_institutions, current_policies, entry_link, live_entry_link
from stars.files.taking import hold_uploads
from stars.files.telling import standing_of
from stars.kernel.refusals import refusals

_KEPT = "registration"  # in the session: which registration this browser has sent or confirmed


def shown_policies() -> dict[str, str]:
    """The versions under the tick, as the form carries them."""
    return {"shown": ",".join(str(policy.pk) for policy in current_policies())}


@sensitive_post_parameters("password")
@public
@require_http_methods(["GET", "POST"])
@never_cache
def register_institution(request: HttpRequest) -> HttpResponse:
    """I2: the institution, its administrator, the signed statement."""
    is_sent = request.method == "POST"
    form = InstitutionRegistrationForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, initial=shown_policies()
    )
    if is_sent and form.is_valid():
        with refusals(form):
            return asked_by(request, services.register_institution(asked=form.asked(), address=client_address(request)))
    if is_sent:
        with refusals(form):
            services.count_uploads(address=client_address(request))
            hold_uploads(form)
    return render(request, "accounts/register_institution.html", {"form": form}, status=_status(form))


def _status(form: BaseForm) -> int:
    if not form.errors:
        return 200
    return 429 if form.has_error(NON_FIELD_ERRORS, "too_many_tries") else 422


@sensitive_post_parameters("password")
@public
@require_http_methods(["GET", "POST"])
@never_cache
def register_employee(request: HttpRequest) -> HttpResponse:
    """I3: somebody who works in an institution that is here already."""
    form = EmployeeRegistrationForm(request.POST if request.method == "POST" else None, initial=shown_policies())
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            return asked_by(
                request,
                services.register_employee(
                    asked=form.asked(), institution_id=form.chosen.pk, address=client_address(request)
                ),
            )
    context = {"form": form, "institutions": cooperating_institutions().values_list("name", flat=True)}
    return render(request, "accounts/register_employee.html", context, status=_status(form))


def asked_by(request: HttpRequest, registration: Registration) -> HttpResponse:
    """This browser may look how far the registration has come; under a new key, as whoever signs in."""
    request.session.cycle_key()
    request.session[_KEPT] = str(registration.reference)
    return redirect("accounts:registration_waits")


def _own(request: HttpRequest) -> Registration | None:
    """The registration this browser has sent or confirmed; gone once it has lapsed."""
    kept = request.session.get(_KEPT)
    rows = Registration.objects.select_related("institution").prefetch_related("files__file__signature_check")
    return rows.filter(reference=UUID(kept)).first() if kept else None


@public
@require_safe
@never_cache
def registration_waits(request: HttpRequest) -> HttpResponse:
    """I4: what happens next, and by when. A browser that has sent nothing reads just that."""
    registration = _own(request)
    context: dict[str, Any] = {"registration": registration}
    if registration is not None:
        context["files"] = [standing_of(one.file) for one in registration.files.all()]
    return render(request, "accounts/registration_waits.html", context)


@public
@require_POST
@never_cache
def resend_registration(request: HttpRequest) -> HttpResponse:
    """Another link to the address this browser has registered with."""
    registration = _own(request)
    if registration is not None:
        services.resend_registration_link(reference=registration.reference)
        words = _("If the address is still to be confirmed, a new link is on its way to %(email)s.")
        messages.success(request, words % {"email": registration.email})
    return redirect("accounts:registration_waits")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_registration(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: looking shows a button, only pressing it uses the link (PWD-06)."""
    link = live_entry_link(token, "registration")
    if link is None:
        return _spent(request, token)
    if request.method == "POST":
        try:
            registration = services.confirm_registration(token=token)
        except LinkSpent:
            return _spent(request, token)
        return asked_by(request, registration)
    context = {"email": link.email, "registration": link.registration}
    return render(request, "accounts/confirm_registration.html", context)


def _spent(request: HttpRequest, token: str) -> HttpResponse:
    """A link that has lapsed may be asked for anew: it goes to the same address, whoever presses the button."""
    old = entry_link(token, "registration")
    is_open = old is not None and old.registration is not None and old.registration.state == "unconfirmed"
    if is_open and old is not None and old.registration is not None:
        request.session[_KEPT] = str(old.registration.reference)
    return render(request, "accounts/registration_link_spent.html", {"may_ask_again": is_open}, status=410)
