"""The institution's course groups: formed, watched while they fill, begun, ended or cancelled."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_providers
from accounts.models import Person
from applications import selectors
from applications.forms import ConfirmForm, GroupForm
from applications.states import FAMILY, State, status_word
from catalog import services as catalog
from catalog.forms import CancelGroupForm
from catalog.models import CourseGroup
from catalog.policies import may_group
from catalog.states import GROUP, GROUP_FAMILY, GroupAction, GroupState
from stars.kernel.actor import ActorRequest
from stars.kernel.audit import note_reads
from stars.kernel.errors import require
from stars.kernel.refusals import refusals

SIZE = 25
TABS = (GroupState.FORMING, GroupState.RUNNING, GroupState.FINISHED, GroupState.CANCELLED, "")
PURPOSE = gettext_lazy("Keeping a course group of the institution")


@require_safe
@for_providers
def groups(request: ActorRequest) -> HttpResponse:
    """All groups of the institution by state, with how far each is filled."""
    counts = selectors.group_counts(request.actor)
    state = request.GET.get("statuss", GroupState.FORMING)
    state = state if state in counts else GroupState.FORMING
    page = Paginator(selectors.groups_of(request.actor, state), SIZE).get_page(request.GET.get("lapa"))
    people = selectors.people_by_group(group.pk for group in page)
    context = {
        "page": page,
        "rows": [_row(group, people.get(group.pk, Counter())) for group in page],
        "tabs": [_tab(one, counts[one], is_current=one == state) for one in TABS],
        "total": counts[""],
    }
    return render(request, "applications/groups.html", context)


def _tab(state: str, count: int, *, is_current: bool) -> dict[str, Any]:
    label = GroupState(state).label if state else _("All of them")
    return {"state": state, "label": label, "count": count, "is_current": is_current}


def _row(group: CourseGroup, people: Counter[str]) -> dict[str, Any]:
    return {
        "group": group,
        "status": GroupState(group.state).label,
        "family": GROUP_FAMILY[group.state],
        "waiting": people[State.SUBMITTED],
        "admitted": people[State.ADMITTED] + people[State.COMPLETED],
        "missing": max(0, group.minimum - group.taken) if group.state == GroupState.FORMING else 0,
    }


def _own(request: ActorRequest, reference: UUID) -> CourseGroup:
    rows = CourseGroup.objects.visible_to(request.actor).select_related("programme", "venue__municipality")
    return get_object_or_404(rows, reference=reference)


@require_safe
@for_providers
def choose_programme(request: ActorRequest) -> HttpResponse:
    """For which programme: each with the way on."""
    return render(
        request, "applications/choose_programme.html", {"programmes": selectors.programmes_to_run(request.actor)}
    )


@require_http_methods(["GET", "POST"])
@for_providers
def create_group(request: ActorRequest, number: int) -> HttpResponse:
    programme = get_object_or_404(selectors.programmes_to_run(request.actor), number=number)
    form = GroupForm(request.POST if request.method == "POST" else None, programme=programme)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            made = catalog.create_group(programme_id=programme.pk, plan=form.plan(), by=request.actor)
            messages.success(request, _("The group is formed. People can apply for it while a round is open."))
            return redirect("applications:group", made.reference)
    context = {"form": form, "programme": programme}
    return render(request, "applications/create_group.html", context, status=422 if form.errors else 200)


@require_safe
@for_providers
def group(request: ActorRequest, reference: UUID) -> HttpResponse:
    """One group: who is in it, and what can be done with it. Each person named can read that they were (AUD-02)."""
    found = _own(request, reference)
    people = list(selectors.people_in(found, request.actor))
    note_reads(
        [one.client_id for one in people], by=request.actor, what=_("List of a course group"), purpose=str(PURPOSE)
    )
    context = {
        **_row(found, Counter(one.state for one in people)),
        "people": [
            {
                "application": one,
                "status": status_word(one.state, is_woman=one.client.gender == Person.Gender.FEMALE),
                "family": FAMILY[one.state],
            }
            for one in people
        ],
        "actions": {action.value for action in GroupAction if _may(request, action, found)},
        "is_time_to_start": timezone.localdate() >= found.starts_on,
        "is_time_to_finish": timezone.localdate() >= found.ends_on,
    }
    return render(request, "applications/group.html", context)


def _may(request: ActorRequest, action: GroupAction, found: CourseGroup) -> bool:
    return GROUP.allows(action, found.state) and may_group(request.actor, action, found.programme)


@require_http_methods(["GET", "POST"])
@for_providers
def change_group(request: ActorRequest, reference: UUID) -> HttpResponse:
    found = _own(request, reference)
    require(may_group(request.actor, GroupAction.CHANGE_GROUP, found.programme))
    form = GroupForm(request.POST if request.method == "POST" else None, programme=found.programme, group=found)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            catalog.change_group(
                group_id=found.pk, plan=form.plan(), version=form.cleaned_data["version"], by=request.actor
            )
            messages.success(request, _("The group is changed."))
            return redirect("applications:group", found.reference)
    context = {"form": form, "group": found}
    return render(request, "applications/change_group.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_providers
def start_group(request: ActorRequest, reference: UUID) -> HttpResponse:
    return _confirmed(
        request, reference, GroupAction.START_GROUP, catalog.start_group, _("The group learns now."), "start_group"
    )


@require_http_methods(["GET", "POST"])
@for_providers
def finish_group(request: ActorRequest, reference: UUID) -> HttpResponse:
    return _confirmed(
        request, reference, GroupAction.FINISH_GROUP, catalog.finish_group, _("The group is finished."), "finish_group"
    )


def _confirmed(
    request: ActorRequest,
    reference: UUID,
    action: GroupAction,
    service: Callable[..., CourseGroup],
    done: str,
    page: str,
) -> HttpResponse:
    """Asks once more, then moves the group. The same page opens as a dialog."""
    found = _own(request, reference)
    require(may_group(request.actor, action, found.programme))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "group": found, "waiting": selectors.waiting_in(found)}
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            service(group_id=found.pk, by=request.actor)
            messages.success(request, done)
            return redirect("applications:group", found.reference)
    return render(request, f"applications/{page}.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_providers
def cancel_group(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Says first how many people it touches; they are told one by one afterwards."""
    found = _own(request, reference)
    require(may_group(request.actor, GroupAction.CANCEL_GROUP, found.programme))
    form = CancelGroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            catalog.cancel_group(group_id=found.pk, reason=form.cleaned_data["reason"], by=request.actor)
            messages.success(request, _("The group is cancelled. Everybody in it will be told within a minute."))
            return redirect("applications:group", found.reference)
    context = {"form": form, "group": found}
    status = 409 if form.non_field_errors() else 422 if form.errors else 200
    return render(request, "applications/cancel_group.html", context, status=status)
