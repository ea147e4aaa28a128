"""The last day of an answer: weekends, holidays and the Mondays kept for them do not count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stars.kernel.workdays import easter_sunday, holidays, is_working_day, working_days_after


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
)
def test_easter(year: int, month: int, day: int) -> None:
    assert easter_sunday(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2025, 6, 9), 10, date(2025, 6, 25)),  # over 23 and 24 June
        (date(2025, 4, 16), 1, date(2025, 4, 17)),
        (date(2025, 4, 17), 1, date(2025, 4, 22)),  # over Easter
        (date(2024, 5, 3), 1, date(2024, 5, 7)),  # 4 May on a Saturday: Monday is free
        (date(2025, 12, 23), 3, date(2026, 1, 2)),  # 24–26 and 31 December, 1 January
        (date(2025, 6, 14), 1, date(2025, 6, 16)),  # sent on a Saturday
        (date(2025, 6, 9), 0, date(2025, 6, 9)),
    ],
)
def test_the_last_of_so_many_working_days(start: date, count: int, end: date) -> None:
    assert working_days_after(start, count) == end


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 40))
def test_it_ends_on_a_working_day_and_counts_each_once(start: date, count: int) -> None:
    end = working_days_after(start, count)
    assert is_working_day(end)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day) for day in between) == count


def test_18_november_on_a_weekend_gives_its_monday() -> None:
    assert date(2028, 11, 20) in holidays(2028)
    assert date(2027, 11, 19) not in holidays(2027)
