"""Step 2 of an offer: programmes, written by several people of one institution, weighed against the call that is open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_providers
from calls import selectors, services
from calls.contents import Demands, Lists, answers_of
from calls.errors import Conflict, NoOffer
from calls.forms import BeginForm, ProgrammeForm
from calls.models import Call, ProgrammeDraft
from calls.selectors import Candidate
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError
from stars.kernel.refusals import refusals
from stars.kernel.templatetags.stars import clock

from .steps import STEP_LABELS, added, autosave_refused, deleted, differences, hand_of, is_autosave, new_pen, undone

NO_DEMANDS = Demands({}, 1, 8, frozenset(), 0)


def _own(request: ActorRequest, reference: UUID) -> ProgrammeDraft:
    """A programme of the actor's institution; another's is not there (ACC-02)."""
    rows = ProgrammeDraft.objects.visible_to(request.actor).select_related("institution", "writer")
    return get_object_or_404(rows, reference=reference)


class Rules:
    """What programmes in preparation are weighed by: the call of the unsent offer they are ticked in, else one that is open."""

    def __init__(self, request: ActorRequest) -> None:
        assert request.actor.institution_id is not None
        self._moment = request.arrived_at
        self._ticked = selectors.ticked_calls(request.actor.institution_id, request.arrived_at)
        self._by_kind: dict[str, Call | None] = {}
        self._demands: dict[int, Demands] = {}

    def call_of(self, draft: ProgrammeDraft | None = None, answers: Mapping[str, Any] | None = None) -> Call | None:
        """`answers` are those of a form that is not kept yet."""
        if draft is not None and (ticked := self._ticked.get(str(draft.reference))):
            return ticked
        known = answers if answers is not None or draft is None else draft.content
        kind = str((known or {}).get("kind") or "")
        if kind not in self._by_kind:
            self._by_kind[kind] = selectors.rates_call(self._moment, kind)
        return self._by_kind[kind]

    def demands_of(self, call: Call | None) -> Demands:
        if call is None:
            return NO_DEMANDS
        if call.pk not in self._demands:
            self._demands[call.pk] = selectors.demands_of(call)
        return self._demands[call.pk]


def weighed(institution_id: int, rules: Rules, lists: Lists) -> list[Candidate]:
    """Every programme in preparation by the rules it is meant for."""
    drafts = selectors.drafts_of(institution_id)
    papers = selectors.papers_of(drafts)
    return [Candidate.of(one, lists, rules.demands_of(rules.call_of(one)), papers.get(one.pk, [])) for one in drafts]


def has_ready(request: ActorRequest) -> bool:
    """Whether step 2 is done: a programme that could be offered as it stands."""
    assert request.actor.institution_id is not None
    lists = selectors.lists_of(request.actor.institution_id)
    return any(one.is_ready for one in weighed(request.actor.institution_id, Rules(request), lists))


@require_safe
@for_providers
def programmes(request: ActorRequest) -> HttpResponse:
    """I7: what is being prepared, with the sum each may ask for and what it lacks."""
    assert request.actor.institution_id is not None
    rules = Rules(request)
    lists = selectors.lists_of(request.actor.institution_id)
    rows = weighed(request.actor.institution_id, rules, lists)
    kinds = lists.choices["kind"]
    context = {
        "rows": [(one, kinds.get(str(one.read.values.get("kind", "")), "")) for one in rows],
        "call": rules.call_of(),
        "step_labels": STEP_LABELS,
        "undone": undone(request.actor.institution_id),
    }
    return render(request, "calls/programmes.html", context)


@require_http_methods(["GET", "POST"])
@for_providers
def begin(request: ActorRequest) -> HttpResponse:
    """A new programme, empty or copied from an earlier one."""
    assert request.actor.institution_id is not None
    published = [
        (f"p-{one.pk}", f"{one.name} ({one.kind})") for one in selectors.own_programmes(request.actor.institution_id)
    ]
    prepared = [(f"d-{one.pk}", str(one)) for one in selectors.drafts_of(request.actor.institution_id)]
    form = BeginForm(request.POST if request.method == "POST" else None, programmes=published, drafts=prepared)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            draft = _begun(request, form.cleaned_data["source"])
            return redirect("calls:programme", draft.reference)
    context = {"form": form, "step_labels": STEP_LABELS, "undone": undone(request.actor.institution_id)}
    return render(request, "calls/begin_programme.html", context, status=422 if form.errors else 200)


def _begun(request: ActorRequest, source: str) -> ProgrammeDraft:
    kind, _dash, pk = source.partition("-")
    if kind == "p":
        return services.copy_programme(programme_id=int(pk), by=request.actor)
    if kind == "d":
        return services.copy_programme(draft_id=int(pk), by=request.actor)
    return services.begin_programme(by=request.actor)


@require_http_methods(["GET", "POST"])
@for_providers
def programme(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Every field of the programme page; each post saves, none of them sends anything."""
    draft = _own(request, reference)
    if request.method == "POST":
        return _save(request, draft)
    return _page(request, draft, lines=_asked_lines(request))


def _asked_lines(request: ActorRequest) -> int:
    asked = request.GET.get("rindas", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 0


def _save(request: ActorRequest, draft: ProgrammeDraft) -> HttpResponse:
    hand = hand_of(request)
    try:
        draft = services.save_programme_draft(
            draft_id=draft.pk, answers=request.POST, revision=hand.revision, pen=hand.pen, by=request.actor
        )
    except NoOffer as refusal:
        if is_autosave(request):
            return autosave_refused(refusal.message)
        raise Http404 from refusal
    except Conflict as conflict:
        if is_autosave(request):
            return autosave_refused(conflict.message)
        wrong = _keep_papers(request, draft)  # a file takes nobody's words away
        return _page(request, draft, conflict=conflict, mine=answers_of(request.POST), problems=wrong, status=409)
    if is_autosave(request):
        return JsonResponse({"saved_at": clock(draft.saved_at)})
    wrong, where = _keep_papers(request, draft), request.POST.get("talak", "")
    if wrong:
        whole = _weighed(request, draft).problems if where == "parbaude" else {}
        return _page(request, draft, problems={**whole, **wrong}, status=422)
    page = reverse("calls:programme", args=(draft.reference,))
    if where == "rindas":
        known = sum(name.startswith("part_") and name.endswith("_name") for name in request.POST)
        return redirect(f"{page}?rindas={known + 5}#moduli")
    if where == "parbaude":
        return _checked(request, draft)
    if where == "prieksskatijums":
        return redirect("calls:preview", draft.reference)
    messages.success(request, _("The draft is saved. It is not submitted."))
    return redirect(page)


def _keep_papers(request: ActorRequest, draft: ProgrammeDraft) -> dict[str, str]:
    """Files go in at once; one that cannot be taken is named on the page, and the text is saved all the same."""
    if not request.FILES:
        return {}
    rules = Rules(request)
    form = ProgrammeForm(
        request.POST,
        request.FILES,
        lists=selectors.lists_of(draft.institution_id),
        demands=rules.demands_of(rules.call_of(draft)),
        known=draft.content,
        revision=draft.revision,
        pen="",
    )
    form.full_clean()
    wrong = {name: str(said[0]) for name, said in form.errors.items() if name.startswith("paper_")}
    for code, upload in form.uploads():
        try:
            services.add_paper(draft_id=draft.pk, code=code, upload=upload, by=request.actor)
        except DomainError as refusal:
            wrong[f"paper_{code}"] = refusal.message
    return wrong


def _checked(request: ActorRequest, draft: ProgrammeDraft) -> HttpResponse:
    weighed = _weighed(request, draft)
    if weighed.problems:
        return _page(request, draft, problems=dict(weighed.problems), status=422)
    return redirect("calls:preview", draft.reference)


def _weighed(request: ActorRequest, draft: ProgrammeDraft) -> Candidate:
    rules = Rules(request)
    papers = selectors.papers_of([draft]).get(draft.pk, [])
    lists = selectors.lists_of(draft.institution_id)
    return Candidate.of(draft, lists, rules.demands_of(rules.call_of(draft)), papers)


def _page(
    request: ActorRequest,
    draft: ProgrammeDraft,
    *,
    conflict: Conflict | None = None,
    mine: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    lines: int = 0,
    status: int = 200,
) -> HttpResponse:
    known = mine if mine is not None else draft.content
    rules = Rules(request)
    call = rules.call_of(draft, known)
    demands = rules.demands_of(call)
    lists = selectors.lists_of(draft.institution_id)
    papers = selectors.papers_of([draft]).get(draft.pk, [])
    revision = conflict.revision if conflict else draft.revision
    pen = new_pen()
    bound = {**known, "revision": str(revision), "pen": pen} if problems else None
    form = ProgrammeForm(bound, lists=lists, demands=demands, known=known, revision=revision, pen=pen, lines=lines)
    if problems:
        form.say(problems)
    weighed = Candidate.of(draft, lists, demands, papers)
    labels = {name: str(field.label) for name, field in form.fields.items() if not name.startswith("paper_")}
    context = {
        "draft": draft,
        "form": form,
        "call": call,
        "weighed": weighed,
        "rate": demands.rates.get(str(weighed.read.values.get("kind", ""))),
        "todo": [(form.place_of(name), words) for name, words in weighed.problems.items()],
        "added": added(papers),
        "step_labels": STEP_LABELS,
        "undone": undone(draft.institution_id),
        "conflict": conflict,
        "differences": differences(conflict.kept, known, labels) if conflict else [],
    }
    return render(request, "calls/programme.html", context, status=status)


@require_safe
@for_providers
def preview(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The programme as the learner will see it, before anybody can."""
    draft = _own(request, reference)
    weighed = _weighed(request, draft)
    call = Rules(request).call_of(draft)
    context = {
        "draft": draft,
        "weighed": weighed,
        "call": call,
        **selectors.learner_page(draft, weighed, call),
    }
    return render(request, "calls/preview.html", context)


@require_http_methods(["GET", "POST"])
@for_providers
def discard(request: ActorRequest, reference: UUID) -> HttpResponse:
    draft = _own(request, reference)
    return deleted(
        request,
        lambda: services.discard_programme(draft_id=draft.pk, by=request.actor),
        page="calls/discard_programme.html",
        context={"draft": draft},
        done=_("The programme in preparation is deleted."),
        back="calls:programmes",
    )
