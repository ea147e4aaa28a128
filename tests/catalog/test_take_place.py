"""A place is taken in the first forming group of the venue that has one, and given back once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.errors import NoPlaceLeft
from catalog.models import CourseGroup, Programme
from catalog.services import free_place, take_place_at
from catalog.states import GroupState
from stars.kernel.errors import DomainError
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, VenueFactory

pytestmark = pytest.mark.django_db


def take(programme: Programme, group: CourseGroup | None = None) -> CourseGroup:
    venue = programme.venues.get()
    return take_place_at(
        programme_id=programme.pk, venue_id=venue.pk, group_id=group.pk if group else None, moment=timezone.now()
    )


def test_the_earliest_group_fills_first() -> None:
    programme = ProgrammeFactory.create(group=False)
    today = timezone.localdate()
    later = CourseGroupFactory.create(programme=programme, starts_on=today + timedelta(days=60), capacity=2, minimum=1)
    sooner = CourseGroupFactory.create(programme=programme, starts_on=today + timedelta(days=20), capacity=1, minimum=1)
    assert [take(programme).pk for _ in range(3)] == [sooner.pk, later.pk, later.pk]
    with pytest.raises(NoPlaceLeft) as refused:
        take(programme)
    assert refused.value.code == "no_place_left"
    assert "melnrakstā" in refused.value.message
    assert isinstance(refused.value, DomainError)


def test_the_returned_group_knows_its_new_counter() -> None:
    programme = ProgrammeFactory.create(group__taken=7)
    assert take(programme).taken == 8
    assert CourseGroup.objects.get(programme=programme).taken == 8


@pytest.mark.parametrize("state", [state for state in GroupState if state != GroupState.FORMING])
def test_only_forming_groups_take_people(state: GroupState) -> None:
    programme = ProgrammeFactory.create(group__state=state)
    with pytest.raises(NoPlaceLeft):
        take(programme)


def test_a_group_that_starts_today_takes_nobody() -> None:
    programme = ProgrammeFactory.create(group__starts_on=timezone.localdate())
    with pytest.raises(NoPlaceLeft):
        take(programme)


def test_a_group_that_starts_tomorrow_still_does() -> None:
    programme = ProgrammeFactory.create(group__starts_on=timezone.localdate() + timedelta(days=1))
    assert take(programme).taken == 1


def test_today_is_rigas_day() -> None:
    programme = ProgrammeFactory.create(group__starts_on=date(2026, 6, 10))
    venue = programme.venues.get()
    evening = datetime(2026, 6, 9, 20, 59, 59, tzinfo=UTC)  # 23:59:59 in Riga, the 9th
    assert take_place_at(programme_id=programme.pk, venue_id=venue.pk, moment=evening).taken == 1
    with pytest.raises(NoPlaceLeft):
        take_place_at(programme_id=programme.pk, venue_id=venue.pk, moment=evening + timedelta(seconds=1))


def test_another_venue_does_not_help() -> None:
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1, group__taken=1)
    elsewhere = VenueFactory.create(institution=programme.institution)
    programme.venues.add(elsewhere)
    CourseGroupFactory.create(programme=programme, venue=elsewhere)
    full = CourseGroup.objects.get(programme=programme, taken=1)
    with pytest.raises(NoPlaceLeft):
        take_place_at(programme_id=programme.pk, venue_id=full.venue_id, moment=timezone.now())
    assert take_place_at(programme_id=programme.pk, venue_id=elsewhere.pk, moment=timezone.now()).venue == elsewhere


def test_a_chosen_period_is_the_only_one_tried() -> None:
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1, group__taken=1)
    full = CourseGroup.objects.get(programme=programme)
    free = CourseGroupFactory.create(programme=programme, starts_on=timezone.localdate() + timedelta(days=90))
    with pytest.raises(NoPlaceLeft):
        take(programme, full)
    assert take(programme, free).pk == free.pk


def test_a_freed_place_can_be_taken_again() -> None:
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1)
    group = take(programme)
    free_place(group_id=group.pk)
    assert take(programme).taken == 1


def test_the_database_refuses_to_free_what_nobody_took() -> None:
    group = CourseGroupFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        free_place(group_id=group.pk)
    with pytest.raises(CourseGroup.DoesNotExist):
        free_place(group_id=0)
