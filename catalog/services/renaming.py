"""The name of an institution stands in what the search looks at; it is changed in the app below, which knows no catalogue."""

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from accounts.models import Institution
from catalog.models import Programme
from catalog.search import stems
from stars.kernel.actor import Actor
from stars.kernel.errors import require

from .publishing import raise_catalogue_version, reindex


@transaction.atomic
def reindex_renamed(*, by: Actor) -> int:
    """Programmes that are not found by the name their institution has now; gives how many. Twice changes nothing."""
    require(by.is_system)
    found: list[int] = []
    for institution in Institution.objects.filter(is_active=True).order_by("pk").only("name"):
        lacks = [~Q(search_text__contains=f" {stem} ") for stem in stems(institution.name)]
        if lacks:
            rows = Programme.objects.filter(reduce(or_, lacks), institution=institution).order_by("pk")
            found += rows.values_list("pk", flat=True)
    for pk in found:
        reindex(programme_id=pk)
    if found:
        raise_catalogue_version()
    return len(found)
