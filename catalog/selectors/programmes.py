"""One programme and its groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone

from catalog.models import CourseGroup, Programme, ProgrammeCompetence, ProgrammeOffer, Venue
from stars.classifiers.models import DigCompLevel

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


def published_programme(number: int) -> Programme | None:
    """A programme anybody may read, with the rows of its page: `offers`, `venue_labels`, `taught`. Two queries."""
    shown = Programme.objects.published().filter(number=number)
    offers = ProgrammeOffer.objects.filter(source__is_active=True).select_related("source")
    return (
        shown.select_related("institution", "kind", "sector", "qualification", "prior_education")
        .prefetch_related(Prefetch("offers", offers.order_by("source__position", "pk")))
        .annotate(venue_labels=venue_labels(), taught=_taught())
        .first()
    )


def venue_labels() -> ArraySubquery:
    """Addresses of a programme's venues, the remote one last."""
    venues = Venue.objects.filter(programmes=OuterRef("pk")).order_by("is_remote", "address", "pk")
    return ArraySubquery(venues.values_list(Coalesce(NullIf("address", Value("")), "name")))


def in_short(address: str) -> str:
    """An address for a card: "Cēsis, Raunas iela 12" from "Raunas iela 12, Cēsis, Cēsu novads, LV-4101"."""
    street, *rest = address.split(", ")
    town = next((part for part in rest if not part.startswith("LV-")), "")
    return f"{town}, {street}" if town else street


def _taught() -> ArraySubquery:
    """Competences of a programme in the order of the framework, with the words of their level."""
    competences = ProgrammeCompetence.objects.filter(programme=OuterRef("pk"))
    levels = DigCompLevel.objects.filter(number=OuterRef("level"))
    shown = JSONObject(
        area="competence__area__label",
        area_number="competence__area__number",
        number="competence__number",
        label="competence__label",
        level="level",
        level_says=Subquery(levels.values("description")),
        description="description",
    )
    return ArraySubquery(
        competences.order_by("competence__area__number", "competence__number", "pk").values(json=shown)
    )


def gone_programme(number: int) -> Programme | None:
    """A programme that was published once and is not any more; what never was public stays unknown."""
    gone = Programme.objects.filter(number=number, published_at__isnull=False)
    return gone.exclude(pk__in=Programme.objects.published().values("pk")).select_related("sector").first()
