"""Working days of Latvia: feasts that move, days that make up for a lost Sunday, days the Cabinet has moved."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stars.classifiers import selectors
from stars.kernel.working_days import (
    after_working_days,
    easter,
    end_of,
    holidays,
    is_working_day,
    working_days_between,
)
from tests.factories.classifiers import CalendarExceptionFactory

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    "sunday",
    [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25), date(2285, 3, 22)],
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    "day",
    [
        *(date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1), date(2025, 6, 23)),
        *(date(2025, 6, 24), date(2025, 11, 18), date(2025, 12, 24), date(2025, 12, 25), date(2025, 12, 26)),
        date(2025, 12, 31),
        date(2025, 5, 5),  # 4 May 2025 was a Sunday
        date(2030, 5, 6),  # 4 May 2030 is a Saturday
        date(2028, 11, 20),  # 18 November 2028 is a Saturday
    ],
)
def test_holidays_are_free(day: date) -> None:
    assert day.weekday() < 5
    assert not is_working_day(day, {})


def test_a_holiday_on_a_weekday_needs_no_making_up() -> None:
    assert date(2026, 5, 4) in holidays(2026)  # a Monday
    assert is_working_day(date(2026, 5, 5), {})


def test_a_moved_day_is_free_and_its_saturday_worked() -> None:
    moved = {date(2025, 5, 2): False, date(2025, 5, 10): True}
    assert not is_working_day(date(2025, 5, 2), moved)
    assert is_working_day(date(2025, 5, 10), moved)
    assert is_working_day(date(2025, 5, 2), {})


def test_a_term_begins_the_day_after() -> None:
    """30 April 2025 is a Wednesday; five free days follow, one of them moved to 10 May."""
    moved = {date(2025, 5, 2): False, date(2025, 5, 10): True}
    assert after_working_days(date(2025, 4, 30), 1, moved) == date(2025, 5, 6)
    assert after_working_days(date(2025, 4, 30), 5, moved) == date(2025, 5, 10)
    with pytest.raises(ValueError, match="0"):
        after_working_days(date(2025, 4, 30), 0, moved)


def test_the_end_of_a_day_is_riga_s_midnight_in_summer_and_winter() -> None:
    assert end_of(date(2025, 7, 1)) == datetime(2025, 7, 1, 21, tzinfo=UTC)
    assert end_of(date(2025, 12, 1)) == datetime(2025, 12, 1, 22, tzinfo=UTC)
    assert end_of(date(2025, 3, 30)) - end_of(date(2025, 3, 29)) == timedelta(hours=24)
    assert end_of(date(2025, 3, 30)).astimezone(UTC) - end_of(date(2025, 3, 29)).astimezone(UTC) == timedelta(hours=23)


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_counting_there_and_back_agree(day: date, number: int) -> None:
    last = after_working_days(day, number, {})
    assert is_working_day(last, {})
    assert working_days_between(day, last, {}) == number
    assert working_days_between(last, day, {}) == -number
    assert working_days_between(day, last - timedelta(days=1), {}) == number - 1


@pytest.mark.django_db
def test_the_agency_s_calendar_knows_the_cabinet_s_orders() -> None:
    assert not selectors.is_working_day(date(2026, 1, 2))
    assert selectors.is_working_day(date(2026, 1, 17))
    assert selectors.after_working_days(date(2026, 1, 1), 1) == date(2026, 1, 5)
    assert selectors.working_days_between(date(2025, 12, 30), date(2026, 1, 5)) == 1
    assert selectors.due_after(datetime(2026, 1, 1, 23, tzinfo=UTC), 1) == datetime(2026, 1, 5, 22, tzinfo=UTC)
    CalendarExceptionFactory.create(day=date(2026, 1, 5))
    assert selectors.after_working_days(date(2026, 1, 1), 1) == date(2026, 1, 6)
