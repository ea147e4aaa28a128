"""Two people ask for the last place at the same moment, on connections of their own, in committed transactions."""

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog import services
from catalog.errors import NoPlaceLeft
from catalog.models import CourseGroup
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db(transaction=True)
Take = Callable[[CourseGroup, Barrier], None]


def both(take: Take, group: CourseGroup) -> list[str]:
    """What two threads were told, sorted; each has its own connection and its own transaction."""
    told: list[str] = []
    start = Barrier(2, timeout=20)

    def one() -> None:
        try:
            with transaction.atomic():
                take(group, start)
            told.append("place")
        except NoPlaceLeft:
            told.append("full")
        except IntegrityError as error:
            told.append("overfull" if "catalog_group_is_never_overfull" in str(error) else "broken")
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


def by_the_service(group: CourseGroup, start: Barrier) -> None:
    start.wait()
    services.take_place_at(
        programme_id=group.programme_id, venue_id=group.venue_id, group_id=None, moment=timezone.now()
    )


def read_then_write(group: CourseGroup, moment: datetime, start: Barrier) -> None:
    """The control: look whether there is a place, then write the number one has seen plus one."""
    seen = CourseGroup.objects.get(pk=group.pk)
    start.wait()
    if seen.taken >= seen.capacity:
        raise NoPlaceLeft
    CourseGroup.objects.filter(pk=group.pk).update(taken=seen.taken + 1)


def count_up_unasked(group: CourseGroup, start: Barrier) -> None:
    """The second control: everybody who saw a place counts up; only the CHECK of the database is left."""
    seen = CourseGroup.objects.get(pk=group.pk)
    start.wait()
    if seen.taken >= seen.capacity:
        raise NoPlaceLeft
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_coursegroup SET taken = taken + 1 WHERE id = %s", [group.pk])


@pytest.mark.parametrize("attempt", range(5))
def test_the_last_place_goes_to_one(attempt: int) -> None:
    group = CourseGroupFactory.create(capacity=20, minimum=5, taken=19)
    assert both(by_the_service, group) == ["full", "place"]
    group.refresh_from_db()
    assert group.taken == 20


def test_who_waited_for_the_last_place_gets_one_in_the_next_group() -> None:
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1)
    first = CourseGroup.objects.get(programme=programme)
    second = CourseGroupFactory.create(
        programme=programme, starts_on=first.starts_on.replace(year=first.starts_on.year + 1), capacity=1, minimum=1
    )
    assert both(by_the_service, first) == ["place", "place"]
    assert [CourseGroup.objects.get(pk=group.pk).taken for group in (first, second)] == [1, 1]


def test_control_without_the_condition_two_people_hold_one_place() -> None:
    group = CourseGroupFactory.create(capacity=20, minimum=5, taken=19)
    told = both(lambda group, start: read_then_write(group, timezone.now(), start), group)
    assert told == ["place", "place"]  # two were told yes, and the counter says one
    group.refresh_from_db()
    assert group.taken == 20


def test_control_the_check_stops_what_the_code_forgot() -> None:
    group = CourseGroupFactory.create(capacity=20, minimum=5, taken=19)
    assert both(count_up_unasked, group) == ["overfull", "place"]
    group.refresh_from_db()
    assert group.taken == 20
