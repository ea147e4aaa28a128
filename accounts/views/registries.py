"""What the state's registers say of the person: shown as it comes, and disputed where it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.forms import DisputeForm, RegistrationForm
from accounts.gates import for_clients, for_signed_in_persons
from accounts.models import FactDispute, RegistryFact
from accounts.registries import in_words
from accounts.states import DisputeState, FactKind, FactVerdict, Origin, Registry
from stars.classifiers.models import EducationLevel
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import require
from stars.kernel.refusals import refusals
from stars.kernel.templatetags.stars import day

from .own import look_of

# "No Fizisko personu reģistra 14.04.2025." (screens.md, C2): the register's name takes another form here.
FROM = {
    Origin.FPR: gettext_lazy("From the Register of Natural Persons %(day)s"),
    Origin.VID: gettext_lazy("From the State Revenue Service %(day)s"),
    Origin.VIIS: gettext_lazy("From the State Education Information System %(day)s"),
    Origin.AGENCY: gettext_lazy("Corrected by the State Education Development Agency %(day)s"),
}
SILENT = {
    Registry.FPR: gettext_lazy("We could not get data from the Register of Natural Persons."),
    Registry.VID: gettext_lazy("We could not get data from the State Revenue Service."),
    Registry.VIIS: gettext_lazy("We could not get data from the State Education Information System."),
}
AWAITED = {
    Registry.FPR: gettext_lazy("We are getting data from the Register of Natural Persons."),
    Registry.VID: gettext_lazy("We are getting data from the State Revenue Service."),
    Registry.VIIS: gettext_lazy("We are getting data from the State Education Information System."),
}
FAMILY = {FactVerdict.CONFIRMED: "ok", FactVerdict.REFUTED: "warn", FactVerdict.UNKNOWN: "mute"}
SHOWN = (
    *(FactKind.NAME, FactKind.BIRTH_DATE, FactKind.RESIDENCE, FactKind.EMPLOYMENT),
    *(FactKind.EDUCATION, FactKind.LEARNING, FactKind.DOCUMENTS),
)
PAUSES = (2, 2, 3, 3, 5, 5, 10, 15, 30)  # seconds between looks; after the last one a reload shows what has come


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact in words: what the register says, whence and when, and whether the person disputes it."""

    kind: str
    label: str
    says: tuple[str, ...]
    origin: str
    verdict: str
    family: str
    is_known: bool
    dispute: FactDispute | None = None
    dispute_url: str = ""
    answer: FactDispute | None = None


@dataclass(frozen=True, slots=True)
class News:
    """Everything the page says of the registers; `next_look` is the pause before the page looks again, 0 = no more."""

    facts: tuple[Shown, ...]
    awaited: tuple[str, ...]
    silent: tuple[str, ...]
    next_look: int
    look: int

    @property
    def employment(self) -> Shown | None:
        return self._of(FactKind.EMPLOYMENT)

    @property
    def education(self) -> Shown | None:
        return self._of(FactKind.EDUCATION)

    def _of(self, kind: FactKind) -> Shown | None:
        return next((fact for fact in self.facts if fact.kind == kind), None)


NOTHING = News(facts=(), awaited=(), silent=(), next_look=0, look=0)


def own_news(request: ActorRequest, person_id: UUID) -> News:
    """What the registers say is for the person's own eyes: somebody who acts for them sees nothing of it (security.md 1)."""
    return NOTHING if request.actor.acting_for_id else registry_news(person_id)


def registry_news(person_id: UUID, look: int = 0) -> News:
    """Five queries, whatever the number of facts."""
    levels = dict(EducationLevel.objects.order_by().values_list("code", "label"))
    known = selectors.facts_to_show(person_id)
    answers = selectors.last_answers(person_id)
    open_questions = selectors.open_questions(person_id)
    awaited = [one.registry for one in open_questions if not one.last_error]
    silent = [one.registry for one in open_questions if one.last_error]
    return News(
        facts=tuple(_shown(known[kind], levels, answers.get(kind)) for kind in SHOWN if kind in known),
        awaited=tuple(str(AWAITED[Registry(one)]) for one in awaited),
        silent=tuple(str(SILENT[Registry(one)]) for one in silent),
        next_look=PAUSES[look] if (awaited or silent) and look < len(PAUSES) else 0,
        look=look + 1,
    )


def _shown(fact: RegistryFact, levels: Mapping[str, str], answer: FactDispute | None = None) -> Shown:
    """`answer` is the last one of this kind; one about an entry that stands is shown only beside that entry."""
    dispute = next((one for one in fact.disputes.all() if one.is_open), None)
    if answer is not None and answer.state != DisputeState.CORRECTED and answer.fact_id != fact.pk:
        answer = None
    verdict = pgettext("fact", "Disputed") if dispute else str(FactVerdict(fact.verdict).label)
    may_dispute = dispute is None and fact.kind in services.DISPUTABLE
    return Shown(
        kind=fact.kind,
        label=fact.get_kind_display(),
        says=tuple(in_words(FactKind(fact.kind), fact.value, levels)),
        origin=str(FROM[Origin(fact.origin)]) % {"day": day(fact.fetched_at)},
        verdict=verdict,
        family="info" if dispute else FAMILY[FactVerdict(fact.verdict)],
        is_known=fact.is_known,
        dispute=dispute,
        dispute_url=reverse("accounts:dispute", args=(fact.pk,)) if may_dispute else "",
        answer=answer,
    )


@require_safe
@for_clients
def registry_facts(request: ActorRequest) -> HttpResponse:
    """The part of Mans profils that fills in by itself while a register is being asked."""
    assert request.actor.person_id is not None
    news = registry_news(request.actor.person_id, look_of(request))
    return render(request, "accounts/_registers.html", {"registers": news})


@require_POST
@for_signed_in_persons
def education_field(request: ActorRequest) -> HttpResponse:
    """The education field of the registration form: what the person has chosen, else what VIIS knows by now."""
    require(request.actor.is_client and request.actor.acting_for_id is None)
    assert request.actor.person_id is not None
    news = registry_news(request.actor.person_id, look_of(request))
    form = RegistrationForm(initial=selectors.known_of(request.actor.person_id) | _chosen(request))
    return render(request, "accounts/_education.html", {"form": form, "registers": news, "asks_on": True})


def _chosen(request: ActorRequest) -> dict[str, Any]:
    chosen = request.POST.get("education", "")
    return {"education": chosen} if chosen.isdecimal() else {}


@require_http_methods(["GET", "POST"])
@for_signed_in_persons
def dispute(request: ActorRequest, fact: UUID) -> HttpResponse:
    """ "Šis reģistra ieraksts ir nepareizs": what is wrong, in words; then who answers and by when.

    Open before registration too: whoever an entry keeps out of it may say that it is wrong.
    """
    require(request.actor.is_client and request.actor.acting_for_id is None)
    row = get_object_or_404(RegistryFact.objects.visible_to(request.actor).current(), pk=fact)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            opened = services.open_dispute(fact_id=row.pk, reason=form.cleaned_data["reason"], by=request.actor)
            words = _("We have your note. The State Education Development Agency answers by %(day)s.")
            messages.success(request, words % {"day": day(opened.due_on)})
            return redirect("accounts:profile")
    levels = dict(EducationLevel.objects.order_by().values_list("code", "label"))
    context = {"form": form, "fact": _shown(row, levels), "days": services.ANSWERED_WITHIN}
    return render(request, "accounts/dispute.html", context, status=422 if form.errors else 200)
