"""A member of an evaluation commission: calls, offers, interests, scores, agreement. Nothing of others before one's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_commission
from accounts.models import RightKind
from accounts.selectors import right_in_use
from calls import selectors, services
from calls.contents import read_scores
from calls.errors import AlreadyDecided, NotToBeScored, ScoresIncomplete
from calls.forms import AgreeForm, ConfirmForm, DeclareForm, ScoresForm
from calls.models import Declaration, SealedFile
from calls.results import Result
from calls.selectors import OpenedProgramme, Task
from calls.states import FAMILY, Answer, OfferState
from stars.files.handing import bearer_of
from stars.files.selectors import download_url
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals
from stars.kernel.templatetags.stars import clock

from .steps import autosave_refused, is_autosave

ANSWER_FAMILY = {Answer.YES: "ok", Answer.NO: "bad", Answer.CLARIFY: "warn"}


@require_safe
@for_commission
def home(request: ActorRequest) -> HttpResponse:
    """Calls the member evaluates, with their own progress."""
    context = {
        "right": right_in_use(request.actor, RightKind.COMMISSION_MEMBER),
        "desks": selectors.desks_of(request.actor),
    }
    return render(request, "calls/commission/home.html", context)


@require_safe
@for_commission
def call(request: ActorRequest, slug: str) -> HttpResponse:
    """One call: its opened offers, and under each what the member has still to do."""
    desk = next(iter(selectors.desks_of(request.actor, slug)), None)
    if desk is None:
        raise Http404
    rows = [(one, FAMILY[one.offer.state], [(task, *standing(task)) for task in one.tasks]) for one in desk.offers]
    return render(request, "calls/commission/call.html", {"desk": desk, "rows": rows})


def standing(task: Task) -> tuple[str, str]:
    """The family of the tag and its word: how this member stands with one programme."""
    if task.is_given:
        return "ok", _("Scores given")
    if not task.is_open:
        is_undecided = task.programme.state == OfferState.IN_EVALUATION
        return "mute", _("Evaluated by others") if is_undecided else task.programme.get_state_display()
    if task.sheet is not None:
        return "warn", _("Draft of scores")
    return "info", _("To be evaluated")


@require_http_methods(["GET", "POST"])
@for_commission
def offer(request: ActorRequest, number: str) -> HttpResponse:
    """First the member's interests, then the offer's programmes; with a conflict nothing of it, ever."""
    opened = selectors.opened_offer(request.actor, number)
    if opened is None:
        raise Http404
    form = DeclareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.declare(
                offer_id=opened.offer.pk,
                has_conflict=form.has_conflict,
                reason=form.cleaned_data["reason"],
                by=request.actor,
            )
            messages.success(request, _("Your declaration is recorded."))
            return redirect("calls:opened_offer", number)
    desk = selectors.desks_of(request.actor, opened.offer.call.slug)[0]
    mine = next(one for one in desk.offers if one.offer.pk == opened.offer.pk)
    context = {
        "form": form,
        "opened": opened,
        "desk": desk,
        "number": mine.number,
        "family": FAMILY[opened.offer.state],
        "tasks": [(task, *standing(task)) for task in mine.tasks],
        "may_declare": opened.offer.state == OfferState.IN_EVALUATION
        and (opened.declaration is None or opened.may_read),
    }
    return render(request, "calls/commission/offer.html", context, status=422 if form.errors else 200)


def _opened(request: ActorRequest, pk: int) -> OpenedProgramme:
    found = selectors.opened_programme(request.actor, pk)
    if found is None:
        raise Http404
    return found


def _note(request: ActorRequest, declaration: Declaration | None, what: str) -> None:
    """Who opens what of an offer is written down before it is shown."""
    assert declaration is not None
    services.note_opening(declaration_id=declaration.pk, what=what, by=request.actor)


@require_http_methods(["GET", "POST"])
@for_commission
def score(request: ActorRequest, pk: int) -> HttpResponse:
    """One programme: as it was offered, the price check, the checklist and the criteria; afterwards the scores."""
    found = _opened(request, pk)
    if request.method == "POST":
        return _save(request, found)
    _note(request, found.opened.declaration, found.programme.name)
    return _score_page(request, found)


def _form(found: OpenedProgramme, data: Any = None) -> ScoresForm:
    call = found.programme.call
    known = found.sheet.typed if found.sheet else {}
    return ScoresForm(data, conditions=selectors.conditions_of(call), criteria=selectors.criteria_of(call), known=known)


def _save(request: ActorRequest, found: OpenedProgramme) -> HttpResponse:
    form = _form(found, request.POST)
    try:
        sheet = services.save_scores(programme_id=found.programme.pk, typed=form.typed(), by=request.actor)
    except (NotToBeScored, AlreadyDecided) as refusal:
        if is_autosave(request):
            return autosave_refused(refusal.message)
        return _score_page(request, _opened(request, found.programme.pk), why=refusal.message, status=409)
    if is_autosave(request):
        return JsonResponse({"saved_at": clock(sheet.saved_at)})
    if request.POST.get("talak") == "melnraksts":
        messages.success(request, _("The draft is saved. Nobody else sees it."))
        return redirect("calls:score", found.programme.pk)
    problems = selectors.read_sheet(found.programme.call, sheet.typed).problems
    if problems:
        form.refuse(problems)
        return _score_page(request, _opened(request, found.programme.pk), form=form, status=422)
    return redirect("calls:give", found.programme.pk)


def _score_page(
    request: ActorRequest, found: OpenedProgramme, *, form: ScoresForm | None = None, why: str = "", status: int = 200
) -> HttpResponse:
    programme = found.programme
    task = _task(request, found)
    result = selectors.result_of(programme) if found.is_given else None
    context = {
        **_about(found),
        "form": form or _form(found),
        "why": why,
        "task": task,
        "may_score": task.is_open,
        "price": selectors.price_check(programme),
        "files": _files(found),
        "sheets": [_shown(one, is_own=one.seat_id == found.opened.seat.pk) for one in _seen(found)],
        "result": result,
        "agreed": _agreed(result, found),
        "may_agree": _may_agree(found, result),
        "next_task": _next(request, found),
    }
    return render(request, "calls/commission/score.html", context, status=status)


def _about(found: OpenedProgramme) -> dict[str, Any]:
    return {
        "programme": found.programme,
        "opened": found.opened,
        "offer": found.opened.offer,
        "call": found.programme.call,
        "content": found.programme.content,
        "family": FAMILY[found.programme.state],
        "is_given": found.is_given,
        "is_unfolded": not found.is_given,
        "saved_at": found.sheet.saved_at if found.sheet else None,
    }


def _desk(request: ActorRequest, found: OpenedProgramme) -> Any:
    return selectors.desks_of(request.actor, found.programme.call.slug)[0]


def _task(request: ActorRequest, found: OpenedProgramme) -> Task:
    tasks: list[Task] = _desk(request, found).tasks
    return next(one for one in tasks if one.programme.pk == found.programme.pk)


def _next(request: ActorRequest, found: OpenedProgramme) -> Task | None:
    if not found.is_given:
        return None
    next_task: Task | None = _desk(request, found).next_task
    return next_task


def _files(found: OpenedProgramme) -> list[tuple[str, SealedFile]]:
    """Each with the attachment it is, as the call named it when the offer was sealed: file names say little."""
    version = found.programme.version
    rows = SealedFile.objects.filter(version=version, position__in=(0, found.programme.position))
    sealed = [version.content, version.content["programmes"][found.programme.position - 1]]
    names = {one["code"]: one["attachment"] for part in sealed for one in part.get("files", [])}
    return [(names.get(one.code, ""), one) for one in rows.select_related("file").order_by("-position", "code", "pk")]


def _seen(found: OpenedProgramme) -> list[Any]:
    return selectors.sheets_seen(found.programme.pk, found.opened.seat) if found.is_given else []


def _shown(sheet: Any, *, is_own: bool) -> dict[str, Any]:
    points = list(sheet.points.all())
    return {
        "sheet": sheet,
        "is_own": is_own,
        "points": points,
        "total": sum(one.points * one.weight for one in points),
        "answers": [(one, ANSWER_FAMILY[Answer(one.answer)]) for one in sheet.answers.all()],
    }


def _agreed(result: Result | None, found: OpenedProgramme) -> Any:
    if result is None or result.agreed is None:
        return None
    return found.programme.consensus


def _may_agree(found: OpenedProgramme, result: Result | None) -> bool:
    is_undecided = found.programme.state == OfferState.IN_EVALUATION
    return result is not None and result.is_complete and result.agreed is None and is_undecided


@require_http_methods(["GET", "POST"])
@for_commission
def give(request: ActorRequest, pk: int) -> HttpResponse:
    """Asks once more: given scores are final."""
    found = _opened(request, pk)
    if found.is_given:
        return redirect("calls:score", pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            services.give_scores(programme_id=pk, by=request.actor)
        except ScoresIncomplete as refusal:
            scores = _form(found, found.sheet.typed if found.sheet else {})
            scores.refuse(refusal.problems)
            return _score_page(request, found, form=scores, status=422)
        except (NotToBeScored, AlreadyDecided) as refusal:
            return _score_page(request, _opened(request, pk), why=refusal.message, status=409)
        messages.success(request, _("Your scores are given."))
        return redirect("calls:score", pk)
    criteria = selectors.criteria_of(found.programme.call)
    read = read_scores(
        found.sheet.typed if found.sheet else {},
        conditions=selectors.conditions_of(found.programme.call),
        criteria=criteria,
    )
    points = [(one.name, read.points[one.pk][0], one.most) for one in criteria if one.pk in read.points]
    context = {**_about(found), "form": form, "is_complete": not read.problems, "criteria": points}
    return render(request, "calls/commission/give.html", context)


@require_http_methods(["GET", "POST"])
@for_commission
def agree(request: ActorRequest, pk: int) -> HttpResponse:
    """The members' scores beside each other, and the one they agree on."""
    found = _opened(request, pk)
    if not found.is_given:
        raise Http404
    result = selectors.result_of(found.programme)
    criteria = selectors.criteria_of(found.programme.call)
    same = {f"criterion_{pk}_points": str(mean) for pk, mean in result.by_criterion.items() if mean.denominator == 1}
    form = AgreeForm(request.POST if request.method == "POST" else None, criteria=criteria, known=same)
    if request.method == "POST":
        try:
            services.agree(programme_id=pk, typed=form.typed(), note=form.note, by=request.actor)
        except ScoresIncomplete as refusal:
            form.refuse(refusal.problems)
            return _agree_page(request, found, form, result, status=422)
        except (NotToBeScored, AlreadyDecided) as refusal:
            return _score_page(request, found, why=refusal.message, status=409)
        messages.success(request, _("The agreed score is recorded."))
        return redirect("calls:score", pk)
    return _agree_page(request, found, form, result)


def _agree_page(
    request: ActorRequest, found: OpenedProgramme, form: AgreeForm, result: Result, *, status: int = 200
) -> HttpResponse:
    sheets = [_shown(one, is_own=one.seat_id == found.opened.seat.pk) for one in _seen(found)]
    given = {
        one.pk: [next((p for p in sheet["points"] if p.criterion_id == one.pk), None) for sheet in sheets]
        for one, _field in form.criterion_fields()
    }
    context = {
        **_about(found),
        "form": form,
        "result": result,
        "sheets": sheets,
        "rows": [(one, field, given[one.pk]) for one, field in form.criterion_fields()],
        "may_agree": _may_agree(found, result),
    }
    return render(request, "calls/commission/agree.html", context, status=status)


@require_safe
@for_commission
def sealed_file(request: ActorRequest, pk: int) -> HttpResponse:
    """A file of an offer the member evaluates, by a link for this browser; the opening is written down."""
    found = selectors.sealed_file(request.actor, pk)
    if found is None or not found.file.is_clean:
        raise Http404
    opened = selectors.opened_offer(request.actor, found.version.offer.number)
    _note(request, opened.declaration if opened else None, found.file.display_name)
    return redirect(download_url(found.file, bearer_of(request)))
