"""The institution's work list: its own programmes only, whatever is asked for."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from applications.models import Application
from applications.states import State
from catalog.models import Programme
from funding.models import FundingSource
from stars.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class WorkFilters:
    """What the toolbar of the list asks for; empty means all."""

    words: str = ""
    programme: str = ""  # number
    source: str = ""  # code
    state: str = ""


def work_list(actor: Actor, filters: WorkFilters) -> QuerySet[Application]:
    """Applications this actor may see, the one waiting longest first; everything a row shows comes in one query."""
    rows = Application.objects.visible_to(actor).select_related(
        "client", "programme", "source", "group__venue", "eligibility"
    )
    if filters.words:
        for word in filters.words.split():
            rows = rows.filter(
                Q(client__first_name__icontains=word) | Q(client__last_name__icontains=word) | Q(number__icontains=word)
            )
    if filters.programme.isdecimal():
        rows = rows.filter(programme__number=int(filters.programme))
    if filters.source:
        rows = rows.filter(source__code=filters.source)
    if filters.state:
        rows = rows.filter(state=filters.state)
    return rows.order_by("submitted_at", "pk")


def work_counts(actor: Actor) -> dict[str, int]:
    """How many applications stand in each status; "" counts all. One query."""
    counted = dict(Application.objects.visible_to(actor).order_by().values_list("state").annotate(number=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in State} | {"": sum(counted.values())}


def days_shown() -> dict[str, int]:
    """The longest an institution sees a closed application under any source: without learning, and after it. One query."""
    return FundingSource.objects.aggregate(
        not_learned=Max("shown_days_not_learned", default=0), learned=Max("shown_days_learned", default=0)
    )


def work_programmes(actor: Actor) -> QuerySet[Programme]:
    """Programmes of the institution that have applications."""
    return Programme.objects.filter(
        pk__in=Application.objects.visible_to(actor).order_by().values("programme")
    ).order_by("name", "pk")
