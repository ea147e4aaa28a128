"""From the programme page to a sent application: choice of source, three steps, check page. GET never writes (WEB-02)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_applicants
from accounts.models import Person
from applications import questions, selectors, services
from applications.errors import (
    AlreadyApplied,
    ApplyRefused,
    Changed,
    Incomplete,
    NoDraft,
    NotPublished,
    NotUnderSource,
)
from applications.forms import SourceForm, StepForm, SubmitForm, profession_titles
from applications.models import Application, Draft, Question
from applications.questions import STEP_NAMES, STEPS
from applications.selectors import ApplyOption
from catalog.models import CourseGroup, Programme
from catalog.selectors import published_programme
from stars.kernel.actor import ActorRequest
from stars.kernel.templatetags.stars import clock, period

# Reasons that stop the form before it is filled in; before opening, and where only a place is missing, it can be prepared.
ROUND_CLOSED = "round_closed"
STOPS = {"already_applied", "test_first", "no_funding", "too_young", "only_residents", "not_published", ROUND_CLOSED}
AUTOSAVE = {"autosave", "XMLHttpRequest"}


@dataclass(frozen=True, slots=True)
class Journey:
    """One programme under one source for the person of this request."""

    programme: Programme
    option: ApplyOption

    def url(self, step: int) -> str:
        return reverse("applications:form", args=(self.programme.number, self.option.source.code, step))

    @property
    def is_stopped(self) -> bool:
        """Nothing to fill in; a draft under a source with a placement test is there only after that test."""
        is_tested = self.option.code == "test_first" and self.option.draft is not None
        return self.option.code in STOPS and not is_tested

    @property
    def programme_url(self) -> str:
        return reverse("pages:programme", args=(self.programme.number,))


def _journey(request: ActorRequest, number: int, source: str) -> Journey | None:
    """Nothing where the programme was taken back, or this source does not pay for it."""
    programme = published_programme(number)
    if programme is None:
        return None
    options = selectors.apply_options(programme, request.actor, request.arrived_at)
    option = next((option for option in options if option.source.code == source), None)
    return Journey(programme, option) if option else None


@require_http_methods(["GET", "POST"])
@for_applicants
def choose_source(request: ActorRequest) -> HttpResponse:
    """Two sources pay for the programme: the person chooses one. A plain page; with script it opens as a dialog."""
    number = request.GET.get("programma", "")
    programme = published_programme(int(number)) if number.isdecimal() and len(number) < 10 else None
    if programme is None:
        raise Http404
    options = selectors.apply_options(programme, request.actor, request.arrived_at)
    open_options = [option for option in options if option.may_apply]
    sources = [(option.source.code, f"{option.source.label} – {option.source.name}") for option in open_options]
    form = SourceForm(request.POST if request.method == "POST" else None, sources=sources)
    if request.method == "POST" and form.is_valid():
        return redirect("applications:form", programme.number, form.cleaned_data["source"])
    context = {
        "programme": programme,
        "form": form,
        "hints": {option.source.code: option.source.legal_name for option in open_options},
        "sums": {option.source.code: _sums(option) for option in open_options},
        "is_assumed": any(option.is_assumed for option in open_options),
        "closed": [option for option in options if not option.may_apply],
        "programme_url": reverse("pages:programme", args=(programme.number,)),
        "action": f"{reverse('applications:choose_source')}?{urlencode({'programma': programme.number})}",
    }
    return render(request, "applications/choose_source.html", context, status=422 if form.errors else 200)


def _sums(option: ApplyOption) -> list[tuple[str, int]]:
    """What choosing this source means for the person's money: the rows of the programme page, in cents."""
    money = option.money
    sums = [(_("You pay"), money.own_cents), (_("The source pays"), money.source_cents)]
    return sums if money.left_cents is None else [*sums, (_("What remains of your account"), money.left_cents)]


@require_safe
@for_applicants
def start(request: ActorRequest, number: int, source: str) -> HttpResponse:
    """Start is resume (X19): leads to the first step where something is missing; what is known is not asked again."""
    journey = _journey(request, number, source)
    if journey is None:
        return _gone(request, number, source)
    if journey.is_stopped:
        return refused(request, journey)
    asked = selectors.questionnaire(journey.option.source.pk, journey.programme.pk)
    missing = selectors.open_steps(asked, _known(request, journey, asked))
    if not missing and journey.option.draft:
        return redirect("applications:check", journey.option.draft.reference)
    return redirect(journey.url(missing[0] if missing else STEPS[-1]))


@require_http_methods(["GET", "POST"])
@for_applicants
def form(request: ActorRequest, number: int, source: str, step: int) -> HttpResponse:
    """One step of "Iesniegums piesakoties mācībām"; every post saves the draft, none of them sends it (X23)."""
    if step not in STEPS:
        raise Http404
    journey = _journey(request, number, source)
    if journey is None:
        return _gone(request, number, source, step)
    if journey.is_stopped and not _is_late(request, journey):
        return _autosave_refused(journey) if _is_autosave(request) else refused(request, journey)
    asked = selectors.questionnaire(journey.option.source.pk, journey.programme.pk)
    known = _known(request, journey, asked)
    groups = _choosable(selectors.groups_for(journey.programme.pk, request.arrived_at))
    step_form = StepForm(
        request.POST if request.method == "POST" else None, questions=asked, step=step, known=known, groups=groups
    )
    if request.method == "POST":
        return _save(request, journey, step_form)
    missing = selectors.open_steps(asked, known)
    if missing and missing[0] < step:
        return redirect(journey.url(missing[0]))
    return _step_page(request, journey, step_form, journey.option.draft)


def _known(request: ActorRequest, journey: Journey, asked: questions.Questionnaire) -> dict[str, Any]:
    if journey.option.draft:
        return dict(journey.option.draft.answers)
    assert request.actor.person_id is not None
    return selectors.prefill(request.actor.person_id, asked)


def _choosable(groups: list[CourseGroup]) -> list[CourseGroup]:
    """Full groups are not offered; when all are full they stay, so that the answer can be kept in the draft."""
    return [group for group in groups if group.free > 0] or groups


def _is_autosave(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("X-Requested-With") in AUTOSAVE


def _is_late(request: HttpRequest, journey: Journey) -> bool:
    """T4: a form opened before the deadline and posted after it is kept as a draft, and told why."""
    return request.method == "POST" and journey.option.code == ROUND_CLOSED


def _autosave_refused(journey: Journey) -> JsonResponse:
    return JsonResponse({"error": journey.option.why}, status=409)


def _save(request: ActorRequest, journey: Journey, step_form: StepForm) -> HttpResponse:
    is_valid = step_form.is_valid()
    try:
        draft = services.save_draft(
            programme_id=journey.programme.pk,
            source_id=journey.option.source.pk,
            answers=step_form.answers(),
            by=request.actor,
        )
    except (AlreadyApplied, NoDraft) as refusal:
        return refused(request, journey, refusal, status=409)
    if journey.is_stopped:
        return (
            _autosave_refused(journey) if _is_autosave(request) else refused(request, journey, draft=draft, status=409)
        )
    if _is_autosave(request):
        return JsonResponse({"saved_at": clock(draft.saved_at)})
    if "melnraksts" in request.POST:
        messages.success(request, _("The draft is saved. The application is not sent yet."))
        return redirect("pages:client_home")
    if not is_valid:
        return _step_page(request, journey, step_form, draft)
    if step_form.step == STEPS[-1]:
        return redirect("applications:check", draft.reference)
    return redirect(journey.url(step_form.step + 1))


def _step_page(request: ActorRequest, journey: Journey, step_form: StepForm, draft: Draft | None) -> HttpResponse:
    step = step_form.step
    context = {
        **_frame(journey),
        "form": step_form,
        "step": step,
        "step_labels": [STEP_NAMES[one] for one in STEPS],
        "saved_at": draft.saved_at if draft else None,
        **_person(request),
        **_hints(step_form.groups),
        "back_url": journey.url(step - 1) if step > STEPS[0] else journey.programme_url,
        "autosave_url": journey.url(step),
        "professions": profession_titles() if Question.PROFESSION.value in step_form.fields else (),
    }
    return render(request, f"applications/step_{step}.html", context, status=422 if step_form.errors else 200)


def _frame(journey: Journey) -> dict[str, Any]:
    return {"programme": journey.programme, "option": journey.option, "programme_url": journey.programme_url}


def _person(request: ActorRequest) -> dict[str, Any]:
    """What the sign-in gave: names and the code, masked; whole on the person's own request, never for a coordinator."""
    assert request.actor.person_id is not None
    person = Person.objects.get(pk=request.actor.person_id)
    return {"person": person, "code": person.current_code}


def _hints(groups: Iterable[CourseGroup]) -> dict[str, dict[str, str]]:
    """Beside each venue and each period: dates and free places."""
    of_venues: dict[str, str] = {}
    of_groups: dict[str, str] = {}
    for group in groups:
        places = _("free places %(free)s/%(all)s") % {"free": group.free, "all": group.capacity}
        of_groups[str(group.pk)] = f"{group.venue.label}, {places}"
        of_venues.setdefault(str(group.venue_id), f"{period(group.starts_on, group.ends_on)}, {places}")
    return {"venue_hints": of_venues, "group_hints": of_groups}


def refused(
    request: HttpRequest,
    journey: Journey,
    refusal: ApplyRefused | None = None,
    *,
    draft: Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page that says why not, and what to do next; the draft stays (X27)."""
    option = journey.option
    if refusal is None and option.code == ROUND_CLOSED:
        refusal = selectors.window_refusal(option.source.pk, timezone.now())  # names the deadline that has passed
    code = refusal.code if refusal else option.code
    others = [group for group in selectors.groups_for(journey.programme.pk, timezone.now()) if group.free > 0]
    context = {
        **_frame(journey),
        "why": refusal.message if refusal else option.why,
        "code": code,
        "is_sent": refusal.is_same if isinstance(refusal, AlreadyApplied) else option.is_applied_for,
        "draft": draft or option.draft,
        "live_url": reverse("applications:detail", args=(refusal.reference,))
        if isinstance(refusal, AlreadyApplied)
        else option.url
        if option.code == "already_applied"
        else "",
        "others": others if code == "full" else [],
        "form_url": journey.url(questions.LEARNING),
        "similar_url": f"{reverse('catalog:list')}?{urlencode({'nozare': journey.programme.sector.number, 'vietas': 'ir'})}",
    }
    return render(request, "applications/refused.html", context, status=status)


def _gone(request: ActorRequest, number: int, source: str, step: int = STEPS[0]) -> HttpResponse:
    """Whoever has a draft is told why it leads nowhere, and finds it kept with what was just typed (T4); nobody else is."""
    own = Draft.objects.filter(client_id=request.actor.person_id, programme__number=number, source__code=source)
    draft = own.select_related("programme__sector", "source").first()
    if draft is None:
        raise Http404
    why = _why_gone(draft)
    if request.method == "POST":
        _keep_typed(request, draft, step)
    if _is_autosave(request):
        return JsonResponse({"error": why.message}, status=409)
    return _gone_page(request, draft, why, status=409 if request.method == "POST" else 404)


def _keep_typed(request: ActorRequest, draft: Draft, step: int) -> None:
    asked = selectors.questionnaire(draft.source_id, draft.programme_id)
    groups = _choosable(selectors.groups_for(draft.programme_id, request.arrived_at))
    typed = StepForm(request.POST, questions=asked, step=step, known=draft.answers, groups=groups)
    typed.is_valid()
    with suppress(AlreadyApplied, NoDraft):  # another tab was quicker; its page says so
        services.save_draft(
            programme_id=draft.programme_id, source_id=draft.source_id, answers=typed.answers(), by=request.actor
        )


def _why_gone(draft: Draft) -> ApplyRefused:
    return NotUnderSource() if published_programme(draft.programme.number) else NotPublished()


def _gone_page(request: HttpRequest, draft: Draft | None, why: ApplyRefused, *, status: int = 409) -> HttpResponse:
    context = {
        "why": why.message,
        "draft": draft,
        "kept_until": draft.saved_at + selectors.KEPT if draft else None,
        "similar_url": f"{reverse('catalog:list')}?{urlencode({'nozare': draft.programme.sector.number, 'vietas': 'ir'})}"
        if draft
        else reverse("catalog:list"),
    }
    return render(request, "applications/gone.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_applicants
def check(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Everything once more before it is sent; only this button sends (X23)."""
    draft = (
        Draft.objects.select_related("programme__sector", "source")
        .filter(reference=reference, client_id=request.actor.person_id)
        .first()
    )
    if request.method == "POST":
        return _send(request, reference, draft)
    if draft is None:
        get_own = Application.objects.visible_to(request.actor).filter(reference=reference)
        if get_own.exists():
            return redirect("applications:receipt", reference)
        raise Http404
    return _check_page(request, draft)


def _check_page(
    request: ActorRequest, draft: Draft, refusal: ApplyRefused | None = None, *, status: int = 200
) -> HttpResponse:
    journey = _journey(request, draft.programme.number, draft.source.code)
    if journey is None:
        return _gone_page(request, draft, _why_gone(draft), status=404)
    if journey.is_stopped:
        return refused(request, journey, refusal, draft=draft, status=status)
    asked = selectors.questionnaire(draft.source_id, draft.programme_id)
    price = journey.option.price_cents
    submit_form = SubmitForm(
        initial={"fingerprint": questions.fingerprint(draft.programme_id, draft.source_id, price, draft.answers)}
    )
    shown = asked.shown(draft.answers)
    context = {
        **_frame(journey),
        "form": submit_form,
        "draft": draft,
        **_person(request),
        "why": refusal.message if refusal else "",
        "problems": [
            (problem, journey.url(questions.WORDING[question].step))
            for question, problem in asked.problems(draft.answers).items()
        ],
        "sections": [
            (step, STEP_NAMES[step], [one for one in shown if one.step == step], journey.url(step)) for step in STEPS
        ],
        "step_labels": [*(STEP_NAMES[one] for one in STEPS), _("Check")],
        "back_url": journey.url(STEPS[-1]),
        "kept_until": draft.saved_at + selectors.KEPT,
    }
    return render(request, "applications/check.html", context, status=status)


def _send(request: ActorRequest, reference: UUID, draft: Draft | None) -> HttpResponse:
    posted = SubmitForm(request.POST)
    fingerprint = posted.cleaned_data["fingerprint"] if posted.is_valid() else ""
    try:
        application = services.submit(
            reference=reference, fingerprint=fingerprint, arrived_at=request.arrived_at, by=request.actor
        )
    except ApplyRefused as refusal:
        if draft is None or isinstance(refusal, NotPublished | NotUnderSource):  # no programme to lead back to
            return _gone_page(request, draft, refusal)
        if isinstance(refusal, Changed | Incomplete):
            return _check_page(request, draft, refusal, status=422)
        journey = _journey(request, draft.programme.number, draft.source.code)
        if journey is None:
            return _gone_page(request, draft, _why_gone(draft))
        return refused(request, journey, refusal, draft=draft, status=409)
    return redirect("applications:receipt", application.reference)
