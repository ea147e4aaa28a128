"""Funding sources are data the agency keeps; every change leaves a trail."""

from collections.abc import Iterable

from django.db import transaction

from funding.models import FundingSource
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require


@transaction.atomic
def save_source(*, source: FundingSource, changed: Iterable[str], by: Actor) -> FundingSource:
    """Writes what a form has checked. Grants already given keep their sum and date."""
    require(by.is_agency or by.is_system)
    source.full_clean()
    source.save()
    audit.record(source, "save", by=by, data={"changed": sorted(changed)})
    return source
