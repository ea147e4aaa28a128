"""Working days of Latvia: weekends and the holidays of the law "On holidays, remembrance days and festive days"."""

from datetime import date, timedelta
from functools import lru_cache

ONE = timedelta(days=1)
SATURDAY = 5
FIXED = ((1, 1), (5, 1), (6, 23), (6, 24), (12, 24), (12, 25), (12, 26), (12, 31))
KEPT_ON_MONDAY = ((5, 4), (11, 18))  # on a weekend, the Monday after is free


def working_days_after(start: date, count: int) -> date:
    """The last of `count` working days after `start`; the day itself does not count.

    Days the government moves for one year are not known here, so the true date may be earlier by such a day.
    """
    day, left = start, count
    while left:
        day += ONE
        left -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Free days of the year, Mondays kept for 4 May and 18 November among them."""
    easter = easter_sunday(year)
    found = {date(year, month, day) for month, day in (*FIXED, *KEPT_ON_MONDAY)}
    found |= {easter - 2 * ONE, easter, easter + ONE}
    for month, day in KEPT_ON_MONDAY:
        kept = date(year, month, day)
        if kept.weekday() >= SATURDAY:
            found.add(kept + (7 - kept.weekday()) * ONE)
    return frozenset(found)


def easter_sunday(year: int) -> date:
    """Western Easter by the anonymous Gregorian reckoning."""
    century, in_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
