"""Working days of Latvian state institutions, pure: holidays are computed, days moved by the Cabinet are handed in.

The law "Par svētku, atceres un atzīmējamām dienām" names the holidays. Where 4 May or 18 November falls on a Saturday
or Sunday, the next working day is free instead. Which days the Cabinet has moved is data: `classifiers.CalendarException`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")
DAY = timedelta(days=1)
FIXED = ((1, 1), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18), (12, 24), (12, 25), (12, 26), (12, 31))
MADE_UP_FOR = ((5, 4), (11, 18))
SATURDAY = 5

Exceptions = Mapping[date, bool]  # a day and whether it is worked, against what the rules above say


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    century, year_of_century = divmod(year, 100)
    golden = year % 19
    leap, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - correction + 15) % 30
    quarters, years = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * quarters - epact - years) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Every holiday of the year that can fall on a weekday, with the days that make up for 4 May and 18 November."""
    sunday = easter(year)
    found = {date(year, month, day) for month, day in FIXED} | {sunday - 2 * DAY, sunday, sunday + DAY}
    for month, day in MADE_UP_FOR:
        held = date(year, month, day)
        if held.weekday() >= SATURDAY:
            while held.weekday() >= SATURDAY or held in found:
                held += DAY
            found.add(held)
    return frozenset(found)


def is_working_day(day: date, exceptions: Exceptions) -> bool:
    """Monday to Friday without holidays, unless the Cabinet has moved the day."""
    if day in exceptions:
        return exceptions[day]
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def after_working_days(day: date, number: int, exceptions: Exceptions) -> date:
    """The working day that comes `number` working days after `day`; `day` itself is not counted."""
    if number < 1:
        raise ValueError(number)
    while number:
        day += DAY
        number -= is_working_day(day, exceptions)
    return day


def working_days_between(first: date, last: date, exceptions: Exceptions) -> int:
    """How many working days lie after `first`, up to and with `last`; negative where `last` is before `first`."""
    if last < first:
        return -working_days_between(last, first, exceptions)
    days = (first + DAY * step for step in range(1, (last - first).days + 1))
    return sum(is_working_day(day, exceptions) for day in days)


def end_of(day: date) -> datetime:
    """The moment the day is over in Riga, half-open: a term "until the day" still holds just before it."""
    return datetime.combine(day + DAY, time(), RIGA)
