"""The institution's side: what is to be done, its clients' applications, and the two decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_providers
from accounts.models import Institution, Person
from accounts.selectors import are_contacts_old, contacts_missing, people_waiting
from applications import policies, selectors, services
from applications.forms import ConfirmForm, RejectForm, WorkFilterForm
from applications.models import Application
from applications.states import FAMILY, VERDICT_FAMILY, Action, State, Verdict, status_word
from catalog.models import Programme, Venue
from funding.models import FundingSource
from stars.kernel import logs
from stars.kernel.actor import Actor, ActorRequest, Role
from stars.kernel.audit import note_read, note_reads
from stars.kernel.errors import DomainError, require

SIZES = (10, 25, 50)
WORDS = "work-list-words"  # in the session
KEPT_FILTERS = ("programma", "avots", "statuss")  # in the address
TABS = (State.SUBMITTED, State.ADMITTED, State.REJECTED, "")
PURPOSE = gettext_lazy("Deciding about an application to the institution's programme")


@dataclass(frozen=True, slots=True)
class Left:
    """One thing the institution itself has not done yet, and where it is done."""

    title: str
    hint: str
    url: str
    icon: str


@require_safe
@for_providers
def home(request: ActorRequest) -> HttpResponse:
    """What waits for the institution, with the way to it."""
    counts = selectors.work_counts(request.actor)
    waiting = list(selectors.work_list(request.actor, selectors.WorkFilters(state=State.SUBMITTED))[:5])
    _note_list(request, waiting)
    lead = ngettext(
        "%(number)s application waits for your decision.",
        "%(number)s applications wait for your decision.",
        counts["submitted"],
    ) % {"number": counts["submitted"]}
    rows = [_row(application) for application in waiting]
    context = {"counts": counts, "rows": rows, "lead": lead, "left": list(_left_to_do(request.actor))}
    return render(request, "applications/provider_home.html", context)


def _left_to_do(actor: Actor) -> Iterator[Left]:
    """People who wait and the profile are the administrator's; until a programme is in the catalogue, what comes first."""
    institution = Institution.objects.get(pk=actor.institution_id or 0)
    if actor.role is Role.PROVIDER_ADMIN:
        if number := len(people_waiting(institution.pk)):
            asks = ngettext("%(number)s person waits for approval", "%(number)s people wait for approval", number)
            hint = _("Answer within one working day.")
            yield Left(asks % {"number": number}, hint, reverse("accounts:members"), "user-check")
        profile = reverse("accounts:institution_profile")
        if missing := contacts_missing(institution):
            hint = _("Not there yet: %(what)s.") % {"what": ", ".join(missing)}
            yield Left(_("Fill in the profile of the institution"), hint, profile, "building-2")
        elif are_contacts_old(institution):
            hint = _("Nobody has confirmed them for long.")
            yield Left(_("Look through the contacts of the institution"), hint, profile, "building-2")
    if Programme.objects.filter(institution=institution).exists():
        return
    if not Venue.objects.filter(institution=institution).exists():
        hint = _("Programmes name them. Remote learning needs none.")
        yield Left(_("Add the venues"), hint, reverse("calls:venues"), "map-pin")
    hint = _("A programme comes into the catalogue through an offer to a call.")
    yield Left(_("Prepare a programme and offer it"), hint, reverse("calls:programmes"), "book-open")


@require_http_methods(["GET", "HEAD", "POST"])
@for_providers
def work_list(request: ActorRequest) -> HttpResponse:
    """Applications to the institution's own programmes; the list shows no personal code (COD-03).

    Names are searched by POST and kept in the session: no address and no log holds them (WEB-05).
    """
    if request.method == "POST":
        typed = request.POST.get("q", "")[:100]
        request.session[WORDS] = logs.without_codes(typed)
        if request.session[WORDS] != typed.strip():
            messages.warning(request, _("Nobody is searched for by personal code here. Type the name or the surname."))
        kept = {name: request.POST[name] for name in KEPT_FILTERS if request.POST.get(name)}
        return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)
    programmes = [(str(one.number), one.name) for one in selectors.work_programmes(request.actor)]
    sources = list(FundingSource.objects.filter(is_active=True).values_list("code", "label"))
    asked = request.GET.copy()
    asked["q"] = request.session.get(WORDS, "")
    form = WorkFilterForm(asked, programmes=programmes, sources=sources)
    filters = form.filters()
    page = Paginator(selectors.work_list(request.actor, filters), _size(request)).get_page(request.GET.get("lapa"))
    _note_list(request, page)
    counts = selectors.work_counts(request.actor)
    context = {
        "toolbar": form,
        "page": page,
        "sizes": SIZES,
        "rows": [_row(application) for application in page],
        "tabs": [_tab(state, counts, filters.state) for state in TABS],
        "counts": counts,
        "days": selectors.days_shown(),
    }
    return render(request, "applications/work_list.html", context)


def _note_list(request: ActorRequest, applications: Iterable[Application]) -> None:
    """Each person named in a list can read that they were (AUD-02)."""
    people = [application.client_id for application in applications]
    note_reads(people, by=request.actor, what=_("List of applications"), purpose=str(PURPOSE))


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("skaits", "")
    return int(asked) if asked in {str(size) for size in SIZES} else SIZES[0]


def _tab(state: str, counts: dict[str, int], current: str) -> dict[str, Any]:
    labels = {
        State.SUBMITTED: _("New ones"),
        State.ADMITTED: _("Admitted ones"),
        State.REJECTED: _("Not admitted ones"),
        "": _("All of them"),
    }
    return {"state": state, "label": labels[state], "count": counts[state], "is_current": state == current}


def _row(application: Application) -> dict[str, Any]:
    verdict = application.eligibility.verdict if hasattr(application, "eligibility") else Verdict.UNKNOWN
    return {
        "application": application,
        "status": status_word(application.state, is_woman=application.client.gender == Person.Gender.FEMALE),
        "family": FAMILY[application.state],
        "verdict": Verdict(verdict).label,
        "verdict_family": VERDICT_FAMILY[verdict],
    }


def _opened(request: ActorRequest, reference: UUID) -> Application:
    """The look is written down before anything is shown (AUD-02); no entry, no page."""
    rows = Application.objects.visible_to(request.actor).select_related(
        "client", "programme__institution", "source", "round", "group__venue", "eligibility", "rejection_reason"
    )
    application = get_object_or_404(rows, reference=reference)
    what = _("Application No. %(number)s") % {"number": application.number}
    note_read(application.client_id, by=request.actor, what=what, purpose=str(PURPOSE))
    return application


@require_safe
@for_providers
def detail(request: ActorRequest, reference: UUID) -> HttpResponse:
    application = _opened(request, reference)
    context = {
        **_row(application),
        "timeline": selectors.timeline_of(application),
        "answers": selectors.answers_for_institution(application),
        "actions": {action.value for action in policies.open_actions(request.actor, application)},
        "obstacle": services.obstacle(check=getattr(application, "eligibility", None)),
    }
    return render(request, "applications/provider_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_providers
def admit(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Asks once more, then gives the place. The same page opens as a dialog."""
    application = _opened(request, reference)
    require(policies.may(request.actor, Action.ADMIT, application))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            services.admit(application_id=application.pk, by=request.actor)
        except DomainError as refusal:
            return _too_late(request, application, refusal)
        messages.success(request, _("%(client)s is admitted.") % {"client": application.client.full_name})
        return redirect("applications:work_list")
    return render(request, "applications/admit.html", {**_row(application), "form": form})


@require_http_methods(["GET", "POST"])
@for_providers
def reject(request: ActorRequest, reference: UUID) -> HttpResponse:
    """A no with a reason the person can use (X41)."""
    application = _opened(request, reference)
    require(policies.may(request.actor, Action.REJECT, application))
    form = RejectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reject(
                application_id=application.pk,
                by=request.actor,
                reason_id=form.cleaned_data["reason_id"].pk,
                explanation=form.cleaned_data["explanation"],
            )
        except DomainError as refusal:
            return _too_late(request, application, refusal)
        messages.success(request, _("%(client)s is not admitted.") % {"client": application.client.full_name})
        return redirect("applications:work_list")
    context = {**_row(application), "form": form, "next_steps": form.next_steps()}
    return render(request, "applications/reject.html", context, status=422 if form.errors else 200)


def _too_late(request: ActorRequest, application: Application, refusal: DomainError) -> HttpResponse:
    """Somebody was faster: who, when, and the way back (K6)."""
    context = {"application": application, "why": refusal.message}
    return render(request, "applications/too_late.html", context, status=409)
