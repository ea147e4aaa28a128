"""What a client has put aside."""

from uuid import UUID

from django.db.models import QuerySet

from catalog.models import SavedProgramme, SavedSearch

from .catalogue import ProgrammeRow, rows_of
from .facets import CatalogueQuery
from .own_share import Purse
from .standing import Standing, live_at


def kept_programmes(
    person_id: UUID, *, standing: Standing, purse: Purse
) -> tuple[tuple[ProgrammeRow, ...], list[SavedProgramme]]:
    """Cards of what is still in the catalogue, the newest first, and the rows of what has left it."""
    saved = list(SavedProgramme.objects.filter(person_id=person_id).select_related("programme"))
    present = [one.programme_id for one in saved if standing.index.has(one.programme_id)]
    rows = rows_of(present, live_at(standing.moment, present).places, standing, purse) if present else ()
    return rows, [one for one in saved if not standing.index.has(one.programme_id)]


def kept_searches(person_id: UUID) -> QuerySet[SavedSearch]:
    """The newest first. One query."""
    return SavedSearch.objects.filter(person_id=person_id)


def query_of(search: SavedSearch) -> CatalogueQuery:
    """What the search asks, as the catalogue reads an address."""
    return CatalogueQuery(words=search.words, chosen=tuple((facet, tuple(values)) for facet, values in search.chosen))
