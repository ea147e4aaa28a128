"""One programme and its groups: what the version decides is kept, the places are read each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db import connection
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils import timezone

from catalog.models import CourseGroup, Programme, ProgrammeCompetence, ProgrammeOffer, Venue
from stars.classifiers.models import DigCompLevel
from stars.kernel.kept import KEPT_SECONDS, key_of

from .index import index_of
from .places import open_groups
from .standing import Standing

# The places of the groups of one programme that one may still join (`rounds.forming_groups`), with the version.
_TAKEN = """
SELECT coalesce((SELECT version FROM catalog_catalogueversion WHERE id = 1), 0),
  ARRAY(SELECT ARRAY[g.id, g.taken] FROM catalog_coursegroup g JOIN catalog_programme p ON p.id = g.programme_id
        WHERE p.number = %s AND g.state = 'forming' AND g.starts_on > %s ORDER BY g.starts_on, g.id)
"""


@dataclass(frozen=True)
class ProgrammeNow:
    """The page of one programme at one moment; nothing of it is drawn yet."""

    number: int
    standing: Standing
    taken: dict[int, int]  # by the groups one may still join, the earliest first

    @property
    def stamp(self) -> tuple[object, ...]:
        """Everything that decides the page for anybody."""
        return (self.standing.stamp, tuple(self.taken.items()))

    @cached_property
    def programme(self) -> Any:
        """As `published_programme`, or None; no query where it is kept."""
        return self._kept[0]

    @cached_property
    def groups(self) -> list[CourseGroup]:
        """With their places as they are now."""
        for group in self._kept[1]:
            group.taken = self.taken[group.pk]
        return self._kept[1]

    @cached_property
    def _kept(self) -> tuple[Programme | None, list[CourseGroup]]:
        key = key_of("programme", self.standing.index.version, self.number, tuple(self.taken))
        kept: tuple[Programme | None, list[CourseGroup]] | None = cache.get(key)
        if kept is None:
            shown = published_programme(self.number)
            groups = open_groups(shown.pk, self.standing.moment).filter(pk__in=self.taken) if shown else ()
            kept = (shown, list(groups))
            cache.set(key, kept, KEPT_SECONDS)
        return kept


def programme_at(number: int, moment: datetime) -> ProgrammeNow:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, (number, timezone.localdate(moment)))
        version, taken = cursor.fetchone()
    return ProgrammeNow(number, Standing(index_of(version), moment), dict(taken))


def published_programme(number: int) -> Programme | None:
    """A programme anybody may read, with the rows of its page: `offers`, `venue_labels`, `taught`. Two queries."""
    return published_programmes([number]).first()


def published_programmes(numbers: Sequence[int]) -> QuerySet[Programme]:
    """The same of several, in no order."""
    shown = Programme.objects.published().filter(number__in=numbers)
    offers = ProgrammeOffer.objects.filter(source__is_active=True).select_related("source")
    return (
        shown.select_related("institution", "kind", "sector", "qualification", "prior_education")
        .prefetch_related(Prefetch("offers", offers.order_by("source__position", "pk")))
        .annotate(venue_labels=venue_labels(), taught=_taught())
        .order_by("number")
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
