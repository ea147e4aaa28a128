"""A query written once a process gives what it would give written anew, with the values of each question."""

import contextlib
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.transaction import TransactionManagementError

from applications.models import Application
from stars.classifiers.models import Sector
from stars.kernel.compiled import Compiled, Statement, columns, insert
from tests.factories.applications import ApplicationFactory

pytestmark = pytest.mark.django_db


def between(low: int, high: int) -> QuerySet[Sector]:
    return Sector.objects.filter(number__gte=low, number__lte=high).annotate(twice=F("number") * 2).order_by("number")


def test_each_question_has_values_of_its_own() -> None:
    compiled = Compiled(between, low=32001, high=32002)
    for low, high in ((1, 3), (5, 9), (3, 2)):
        found = compiled.rows(low=low, high=high)
        assert found == list(between(low, high))
        assert [one.twice for one in found] == [2 * one.number for one in found]  # type: ignore[attr-defined]


def test_a_union_of_plain_values_too() -> None:
    def numbers(low: int) -> QuerySet[Sector, tuple[int, str]]:
        small = Sector.objects.filter(number=low).annotate(kind=Value("small")).values_list("number", "kind")
        large = Sector.objects.filter(number__gt=18).annotate(kind=Value("large")).values_list("number", "kind")
        return small.union(large).order_by("number")

    compiled = Compiled(numbers, low=32001)
    assert compiled.rows(low=2) == list(numbers(2))
    assert compiled.rows(low=7) == list(numbers(7))


def test_a_mark_that_stands_nowhere_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="other"):
        Compiled(lambda low, other: between(low, low), low=32001, other=32002).rows(low=1, other=2)


def test_another_thread_asks_over_its_own_connection() -> None:
    """The sectors are the migrations', so that a connection outside the test's transaction finds them."""
    compiled = Compiled(between, low=32001, high=32002)
    assert len(compiled.rows(low=1, high=3)) == 3
    found: list[int] = []

    def ask() -> None:
        found.append(len(compiled.rows(low=4, high=5)))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join(20)
    assert found == [2]


def test_it_is_planned_once_a_connection() -> None:
    def planned(low: int) -> QuerySet[Sector]:
        return between(low, low)

    for _ in range(2):  # two of the same words are one statement
        compiled = Compiled(planned, low=32001)
        assert [len(compiled.rows(low=low)) for low in (1, 2)] == [1, 1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name LIKE 'planned_%'")
        assert cursor.fetchall() == [(4, 0)]


def test_a_table_that_has_changed_is_planned_anew() -> None:
    compiled = Compiled(between, low=32001, high=32002)
    assert len(compiled.rows(low=1, high=3)) == 3
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE classifiers_sector ADD COLUMN later integer")
    assert len(compiled.rows(low=1, high=3)) == 3


def test_a_lock_needs_a_transaction() -> None:
    compiled = Compiled(lambda low: between(low, low).select_for_update(), low=32001)
    assert len(compiled.rows(low=1)) == 1
    found: list[type[Exception]] = []

    def ask() -> None:
        try:
            compiled.rows(low=1)
        except TransactionManagementError as error:
            found.append(type(error))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join(20)
    assert found == [TransactionManagementError]


def test_a_failure_to_prepare_is_an_error_of_django_s() -> None:
    """So that it is answered like any other failure of the database: the page says "later", nothing is half done."""
    compiled = Compiled(lambda low: between(low, low).filter(name="nobody asked this before"), low=32001)
    with pytest.raises(InternalError), transaction.atomic():
        with contextlib.suppress(DataError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        compiled.rows(low=1)


@pytest.fixture
def sectors() -> Statement:
    sql = f"SELECT {columns(Sector)} FROM classifiers_sector WHERE number = %(number)s OR number + 0 = %(number)s"
    return Statement("sectors", sql)


def test_a_statement_written_by_hand_gives_rows_too(sectors: Statement) -> None:
    """A mark that stands twice is one value."""
    assert sectors.names == ["number"]
    assert sectors.row(Sector, {"number": 3}) == Sector.objects.get(number=3)
    assert sectors.row(Sector, {"number": -3}) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(custom_plans) FROM pg_prepared_statements WHERE name LIKE 'sectors_%'")
        assert cursor.fetchall() == [(1, 0)]


def test_f20_a_column_added_meanwhile_breaks_no_statement(sectors: Statement) -> None:
    before = sectors.row(Sector, {"number": 3})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE classifiers_sector ADD COLUMN later integer")
    assert sectors.row(Sector, {"number": 3}) == before


def test_a_row_inserted_is_the_row_saved() -> None:
    """What the database makes up comes back, and a broken uniqueness raises."""
    first = ApplicationFactory.create(withdrawn=True)
    made_up = {"id", "reference", "number"}
    said = {
        one.attname: getattr(first, one.attname) for one in Application._meta.concrete_fields if one.name not in made_up
    }
    second, third = (Application(**said, reference=uuid4()) for _ in range(2))
    for row in (second, third):
        insert(row)
        assert all(getattr(Application.objects.get(pk=row.pk), name) == value for name, value in said.items())
        assert Application.objects.get(pk=row.pk).number == row.number
    assert second.number != third.number
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Application(**said, reference=second.reference))


def test_several_rows_go_in_and_one_goes_out_in_one_statement(django_assert_num_queries: Any) -> None:
    """The new ones know their keys; what is broken in one of them undoes all."""
    gone, first, second, third, twin = (Sector(number=number, name="Nozare") for number in (901, 902, 903, 904, 902))
    insert(gone)
    with django_assert_num_queries(1):
        insert(first, second, instead_of=gone)
    assert list(Sector.objects.filter(number__gt=900)) == [first, second]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(third, twin, instead_of=first)
    assert list(Sector.objects.filter(number__gt=900)) == [first, second]
