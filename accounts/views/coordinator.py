"""Coordinators: how they come in, their clients, a new mandate, acting and stopping (screens.md 11, K1 to K4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policies, services
from accounts.browsers.sessions import act_by
from accounts.forms import FindClientForm, MandateForm, ProvisionalForm
from accounts.gates import at_the_coordinators_door, for_agreed_persons, for_anyone_signed_in, for_coordinators, public
from accounts.models import Mandate, Person, RightKind
from accounts.selectors import provisional_among, right_in_use
from accounts.states import MandateAction, MandateState
from stars.files.handing import bearer_of
from stars.files.selectors import download_url
from stars.files.taking import hold_uploads
from stars.files.telling import standing_of
from stars.kernel import audit
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals
from stars.kernel.secrets import decrypt, encrypt

from . import asking_rights
from .own import user_of

OPEN = (MandateState.WAITING, MandateState.LIVE)


@at_the_coordinators_door
@require_safe
def coordinator_home(request: ActorRequest) -> HttpResponse:
    """K2, K3: one's own right and its term, the clients this coordinator may act for, and those who have not confirmed yet (X85)."""
    mandates = list(
        Mandate.objects.visible_to(request.actor)
        .filter(state__in=OPEN)
        .select_related("client", "right__user__person", "right__municipality", "file__signature_check")
    )
    live = set(Mandate.objects.live().filter(pk__in=[one.pk for one in mandates]).values_list("pk", flat=True))
    people = [one.client_id for one in mandates]
    audit.note_reads(people, by=request.actor, what=_("name in the list of clients"), purpose=_("to act for you"))
    provisional = provisional_among(people)
    rows = [
        (one, one.pk in live, one.client_id in provisional, standing_of(one.file) if one.file else None)
        for one in mandates
    ]
    right = right_in_use(request.actor, RightKind.COORDINATOR)
    return render(request, "accounts/coordinator_home.html", {"rows": rows, "right": right})


@for_agreed_persons
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """K1: after the state's sign-on and the terms (PWD-07)."""
    return asking_rights.ask(request, RightKind.COORDINATOR, "accounts/ask_coordinator.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the work address."""
    return asking_rights.confirm(request, token, RightKind.COORDINATOR)


@for_coordinators
@require_http_methods(["GET", "POST"])
@never_cache
def find_client(request: ActorRequest) -> HttpResponse:
    """K3: find by the whole personal code; then the coordinator sees whose data it is before going on (X2)."""
    form = FindClientForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        digits = form.cleaned_data["code"]
        person = services.find_client(digits=digits, by=request.actor)
        if person is None or person.pk != user_of(request).person_id:
            sealed = encrypt(digits, bound_to=_binding(request))
            return _ask_page(request, MandateForm() if person else ProvisionalForm(), person, sealed)
        form.add_error("code", _("You cannot hold a mandate for yourself."))
    return render(request, "accounts/find_client.html", {"form": form}, status=422 if form.errors else 200)


@for_coordinators
@require_POST
@never_cache
def ask_mandate(request: ActorRequest) -> HttpResponse:
    """The mandate for the person found, or for one who has never been here."""
    sealed = request.POST.get("sealed", "")
    try:
        digits = decrypt(sealed, bound_to=_binding(request))
    except (ImproperlyConfigured, ValueError):
        messages.error(request, _("Find the client by the personal code once more."))
        return redirect("accounts:find_client")
    person = services.find_client(digits=digits, by=request.actor)
    form = (MandateForm if person else ProvisionalForm)(request.POST, request.FILES)
    if form.is_valid():
        with refusals(form):
            if person is None:
                names = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
                mandate = services.record_provisional(digits=digits, by=request.actor, **names, **form.answers)
            else:
                mandate = services.ask_mandate(client_id=person.pk, by=request.actor, **form.answers)
            if mandate.state == MandateState.LIVE:
                messages.success(request, _("The mandate is recorded. You can begin."))
            else:
                messages.success(request, _("The client has been asked to confirm the mandate in the portal."))
            return redirect("accounts:coordinator_home")
    hold_uploads(form, person_id=person.pk if person else None)
    return _ask_page(request, form, person, sealed)


def _ask_page(request: ActorRequest, form: MandateForm, person: Person | None, sealed: str) -> HttpResponse:
    context = {"form": form, "person": person, "sealed": sealed}
    return render(request, "accounts/ask_mandate.html", context, status=422 if form.errors else 200)


def _binding(request: ActorRequest) -> str:
    return f"accounts.find_client:{request.actor.user_id}"


@for_coordinators
@require_POST
def begin_acting(request: ActorRequest, reference: UUID) -> HttpResponse:
    """From here on the client's own pages open, under a bar that says so (ACT-02)."""
    mandate = get_object_or_404(Mandate.objects.live().visible_to(request.actor), reference=reference)
    services.begin_acting(mandate_id=mandate.pk, by=request.actor)
    act_by(request.session, str(mandate.reference))
    return redirect("pages:client_home")


@for_coordinators
@require_safe
def client_document(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The document the client has signed, while the mandate is open; the client reads of the look (AUD-02)."""
    mandate = get_object_or_404(
        Mandate.objects.visible_to(request.actor).filter(state__in=OPEN).select_related("file"), reference=reference
    )
    if mandate.file is None or not mandate.file.is_clean:
        raise Http404
    what = _("the document you signed for the mandate")
    audit.note_read(mandate.client_id, by=request.actor, what=what, purpose=_("to act for you"))
    return redirect(download_url(mandate.file, bearer_of(request)))


@for_anyone_signed_in
@require_POST
def stop_acting(request: ActorRequest) -> HttpResponse:
    """One press leaves the client's place; pressing twice does no harm."""
    act_by(request.session, "")
    return redirect("accounts:coordinator_home")


@for_coordinators
@require_POST
def end_own_mandate(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The coordinator no longer needs it; the client is told."""
    mandate = get_object_or_404(Mandate.objects.visible_to(request.actor), reference=reference)
    if MandateAction.END in policies.open_mandate_actions(request.actor, mandate):
        services.end_mandate(mandate_id=mandate.pk, by=request.actor)
        messages.success(request, _("The mandate has ended."))
    return redirect("accounts:coordinator_home")
