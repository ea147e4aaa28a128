"""The institution's course groups, with how many wait and how many are admitted in each."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from applications.models import Application
from applications.states import HOLDS_PLACE, State
from catalog.models import CourseGroup, Programme
from catalog.states import GroupState, ProgrammeState
from stars.kernel.actor import Actor


def groups_of(actor: Actor, state: str = "") -> QuerySet[CourseGroup]:
    """Groups this actor keeps, the one that begins first on top; the past the other way round."""
    rows = CourseGroup.objects.visible_to(actor).select_related("programme", "venue__municipality")
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-starts_on" if state in (GroupState.FINISHED, GroupState.CANCELLED) else "starts_on", "pk")


def group_counts(actor: Actor) -> dict[str, int]:
    """How many groups stand in each state; "" counts all. One query."""
    counted = dict(
        CourseGroup.objects.visible_to(actor).order_by().values_list("state").annotate(number=Count("pk")).iterator()
    )
    return {state.value: counted.get(state.value, 0) for state in GroupState} | {"": sum(counted.values())}


def people_by_group(group_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """Per group how many applications stand in each status. One query for all."""
    found: dict[int, Counter[str]] = {}
    rows = Application.objects.filter(group_id__in=list(group_ids)).order_by()
    for group_id, state, number in rows.values_list("group_id", "state").annotate(number=Count("pk")):
        found.setdefault(group_id, Counter())[state] = number
    return found


def people_in(group: CourseGroup, actor: Actor) -> QuerySet[Application]:
    """Those who hold a place in the group; first those who wait for an answer."""
    rows = Application.objects.visible_to(actor).filter(group=group, state__in=HOLDS_PLACE)
    return rows.select_related("client", "source").order_by("-state", "client__last_name", "client__first_name", "pk")


def waiting_in(group: CourseGroup) -> int:
    return Application.objects.filter(group=group, state=State.SUBMITTED).count()


def programmes_to_run(actor: Actor) -> QuerySet[Programme]:
    """Published programmes of the institution: what a group can be formed for."""
    if not actor.is_provider or actor.institution_id is None:
        return Programme.objects.none()
    own = Programme.objects.filter(institution_id=actor.institution_id, state=ProgrammeState.PUBLISHED)
    return own.select_related("kind").order_by("name", "pk")
