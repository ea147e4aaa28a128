"""A call as everybody sees it: window, timeline, conditions, rates, papers (P7)."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import public
from calls import selectors
from calls.models import Call, CallCondition, CallDocument, CallStep
from calls.states import CallState, Place
from stars.files.selectors import download_url
from stars.kernel.actor import ActorRequest


@public
@require_safe
def call(request: ActorRequest, slug: str) -> HttpResponse:
    found = selectors.call_at(slug)
    if found is None:
        raise Http404
    about = CallCondition.About
    conditions = list(found.conditions.all())
    attachments = list(found.attachments.all())
    context = {
        "call": found,
        "window": selectors.window_of(found, request.arrived_at),
        "steps": [(one, _state(one, request)) for one in found.steps.all()],
        "kinds": found.kinds.all(),
        "of_institution": [one for one in conditions if one.about == about.INSTITUTION],
        "of_programme": [one for one in conditions if one.about == about.PROGRAMME],
        "with_programme": [one for one in attachments if one.place == Place.PROGRAMME],
        "with_offer": [one for one in attachments if one.place == Place.OFFER],
        "documents": [one for one in found.documents.all() if one.file is None or one.file.is_clean],
        "areas": found.areas.all(),
    }
    return render(request, "calls/call.html", context)


def _state(step: CallStep, request: ActorRequest) -> str:
    """done, now or todo, by the day in Riga."""
    today = timezone.localdate(request.arrived_at)
    first = step.starts_on or step.ends_on
    last = step.ends_on or step.starts_on
    if last is not None and last < today:
        return "done"
    return "now" if step.starts_on is not None and first is not None and first <= today else "todo"


@public
@require_safe
def document(request: ActorRequest, slug: str, pk: int) -> HttpResponse:
    """A paper of an announced call, by a link that lives five minutes."""
    shown = Call.objects.filter(state=CallState.ANNOUNCED)
    paper = get_object_or_404(CallDocument.objects.select_related("file"), pk=pk, call__slug=slug, call__in=shown)
    if paper.url:
        return redirect(paper.url)
    if paper.file is None or not paper.file.is_clean:
        raise Http404
    return redirect(download_url(paper.file))
