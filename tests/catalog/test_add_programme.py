"""A programme comes into the catalogue whole: numbered next, with its parts, competences and frozen prices."""

import pytest

from catalog import services
from catalog.models import Programme, ProgrammeCompetence, ProgrammePart
from funding.models import FundingSource
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from tests.factories.catalog import ProgrammeFactory, VenueFactory

pytestmark = pytest.mark.django_db
JOB = Actor.system("tests")


def like(programme: Programme) -> Programme:
    """A new programme with the fields of this one."""
    kept = {
        field.name: getattr(programme, field.name)
        for field in Programme._meta.concrete_fields
        if field.name not in {"id", "number", "state", "published_at", "search_text", "code"}
    }
    return Programme(code=f"{programme.code}-2", **kept)


def add(programme: Programme, *, by: Actor = JOB, venues: int = 1) -> Programme:
    return services.add_programme(
        programme=programme,
        venues=VenueFactory.create_batch(venues, institution=programme.institution),
        parts=[ProgrammePart(position=1, name="Modulis", hours=programme.hours_total, cost_cents=42743)],
        competences=[],
        prices={FundingSource.objects.get(code="imk"): 42743},
        by=by,
    )


def test_it_is_numbered_next_and_published_at_its_price() -> None:
    model = ProgrammeFactory(number=7000)
    made = add(like(model))
    assert (made.number, made.state) == (7001, "published")
    assert [one.price_cents for one in made.offers.all()] == [42743]
    assert made.parts.get().name == "Modulis"
    assert not ProgrammeCompetence.objects.filter(programme=made).exists()
    assert Programme.objects.published().filter(pk=made.pk).exists()


def test_without_a_venue_nothing_is_added() -> None:
    model = ProgrammeFactory()
    with pytest.raises(DomainError):
        add(like(model), venues=0)
    assert Programme.objects.count() == 1


def test_only_the_agency_adds() -> None:
    model = ProgrammeFactory()
    with pytest.raises(NotPermitted):
        add(like(model), by=Actor(role=Role.PROVIDER, user_id=1, institution_id=model.institution_id))
