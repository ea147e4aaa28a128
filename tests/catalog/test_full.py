"""Which programmes are full is kept between requests and mended by what has turned since: never stale, never shared."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import CourseGroup
from catalog.selectors import CatalogueQuery, forget_full, glance_at
from catalog.selectors.full import kept_full
from catalog.selectors.standing import live_at
from catalog.services import raise_catalogue_version
from catalog.states import GroupState
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db(transaction=True)
FREE = CatalogueQuery(chosen=(("free", ("1",)),))


def now_full() -> frozenset[int]:
    return live_at(timezone.now()).full


def read_anew() -> frozenset[int]:
    forget_full()
    return now_full()


def fill(group: CourseGroup) -> None:
    CourseGroup.objects.filter(pk=group.pk).update(taken=group.capacity)


@contextmanager
def another() -> Iterator[psycopg.Connection]:
    """Somebody else's connection, with a transaction of its own."""
    parameters = connection.get_connection_params()
    kept = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    with psycopg.connect(**kept) as link:
        yield link


def test_a_page_counts_a_programme_that_has_become_full_and_one_that_has_a_place_again() -> None:
    one, two = CourseGroupFactory.create(), CourseGroupFactory.create()
    assert glance_at(FREE, timezone.now()).total == 2
    fill(one)
    found = glance_at(FREE, timezone.now())
    assert (found.total, found.free, found.choice.ids) == (1, 1, (two.programme_id,))
    CourseGroup.objects.filter(pk=one.pk).update(taken=one.capacity - 1)
    assert glance_at(FREE, timezone.now()).total == 2


def test_a_page_that_is_known_costs_one_statement_even_where_free_places_choose_the_rows(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    CourseGroupFactory.create()
    glance_at(FREE, timezone.now())
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert glance_at(FREE, timezone.now()).total == 1


def test_whatever_happens_to_groups_the_kept_ones_are_those_read_anew() -> None:
    """The model is the question asked of all groups at once."""
    draw = random.Random(4)
    programmes = ProgrammeFactory.create_batch(4, group=False)
    groups = [CourseGroupFactory.create(programme=one, capacity=2, minimum=1) for one in programmes for _ in range(2)]
    for _ in range(60):
        group = draw.choice(groups)
        rows = CourseGroup.objects.filter(pk=group.pk)
        turn = draw.randrange(5)
        if turn < 3:
            rows.update(taken=draw.choice((0, 2, 2)))
        elif turn == 3:
            rows.update(state=draw.choice((GroupState.FORMING, GroupState.CANCELLED)))
        else:
            rows.update(starts_on=timezone.localdate() + timedelta(days=draw.choice((-1, 30))))
        mended = now_full()
        kept = kept_full(timezone.localdate())
        assert kept is not None
        assert mended == kept.ids == read_anew()


def test_a_group_saved_with_an_old_stamp_and_one_deleted_are_seen() -> None:
    programme = ProgrammeFactory.create(group=False)
    full, spare = (CourseGroupFactory.create(programme=programme) for _ in range(2))
    fill(full)
    assert now_full() == frozenset()
    full.refresh_from_db()
    before = full.turned_in
    full.turned_in = 1
    full.save()
    full.refresh_from_db()
    assert full.turned_in == before  # nobody but the trigger writes it
    spare.delete()
    assert now_full() == read_anew() == {programme.pk}


def test_what_another_transaction_turns_is_seen_when_it_commits_however_long_it_took() -> None:
    """Its stamp is older than what was read meanwhile; the control asks only for younger ones and never hears of it."""
    late, early = CourseGroupFactory.create(), CourseGroupFactory.create()
    with another() as link:
        link.execute("UPDATE catalog_coursegroup SET taken = capacity WHERE id = %s", [late.pk])
        fill(early)
        assert now_full() == {early.programme_id}
        known = kept_full(timezone.localdate())
        assert known is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            (younger,) = cursor.fetchone()
        link.commit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT turned FROM catalog_live(current_date, %s, '{}')", [younger])
        assert cursor.fetchone() == ([],)
    assert now_full() == {early.programme_id, late.programme_id}


def test_nothing_is_kept_of_what_may_still_be_undone() -> None:
    group = CourseGroupFactory.create()
    assert now_full() == frozenset()
    with transaction.atomic():
        fill(group)
        assert now_full() == {group.programme_id}  # a transaction sees what it did
        transaction.set_rollback(True)
    assert now_full() == read_anew() == frozenset()


def test_more_turned_than_is_told_apart_is_read_whole() -> None:
    programme = ProgrammeFactory.create(group=False)
    first = CourseGroupFactory.create(programme=programme)
    assert now_full() == frozenset()
    for _ in range(200):
        CourseGroupFactory.create(programme=programme, venue=first.venue, taken=20, capacity=20)
    fill(first)
    assert now_full() == read_anew() == {programme.pk}


def test_an_application_never_raises_the_version() -> None:
    group = CourseGroupFactory.create()
    before = live_at(timezone.now()).version
    fill(group)
    assert live_at(timezone.now()).version == before
    raise_catalogue_version()
    assert live_at(timezone.now()).version == before + 1
