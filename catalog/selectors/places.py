"""Free places, read anew each time: applications change them, the catalogue's version never knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from catalog.models import CourseGroup

from .rounds import forming_groups

FEW = 3  # from here down the bar warns


@dataclass(frozen=True, slots=True)
class Places:
    """Free and all places of the groups one may still join."""

    free: int = 0
    total: int = 0

    @property
    def is_few(self) -> bool:
        return self.free <= FEW


def open_groups(programme_id: int, moment: datetime) -> QuerySet[CourseGroup]:
    """Groups one may still join, the earliest first; full ones among them."""
    groups = forming_groups(moment).filter(programme_id=programme_id)
    return groups.select_related("venue").order_by("starts_on", "pk")


def free_places(programme_ids: Iterable[int], moment: datetime | None = None) -> dict[int, Places]:
    """Live places of several programmes in one query; programmes without a group to join are left out."""
    counted = (
        forming_groups(moment or timezone.now())
        .filter(programme_id__in=list(programme_ids))
        .order_by("programme_id")
        .values("programme_id")
        .annotate(total=Sum("capacity"), left=Sum(F("capacity") - F("taken")))
    )
    return {row["programme_id"]: Places(free=row["left"], total=row["total"]) for row in counted}
