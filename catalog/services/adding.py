"""A programme comes into the catalogue whole, from what the agency has approved."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max

from catalog import policies
from catalog.models import Programme, ProgrammeCompetence, ProgrammePart, Venue
from catalog.states import FieldAction
from funding.models import FundingSource
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require

from .publishing import publish_programme, raise_catalogue_version


@transaction.atomic
def add_programme(
    *,
    programme: Programme,
    venues: Iterable[Venue],
    parts: Iterable[ProgrammePart],
    competences: Iterable[ProgrammeCompetence],
    prices: Mapping[FundingSource, int],
    by: Actor,
) -> Programme:
    """A programme with everything that belongs to it, under the next number, published; prices (cents) are frozen."""
    require(policies.may(by, FieldAction.SAVE))
    raise_catalogue_version()  # its row is held: numbers are given one after another
    programme.number = (Programme.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    programme.save()
    programme.venues.set(venues)
    for part in parts:
        part.programme = programme
        part.save()
    for taught in competences:
        taught.programme = programme
        taught.save()
    for source, price_cents in prices.items():
        programme.offers.create(source=source, price_cents=price_cents)
    audit.record(programme, FieldAction.SAVE, by=by, data={"number": programme.number}, is_first=True)
    return publish_programme(programme_id=programme.pk, by=by)
