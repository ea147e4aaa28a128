"""Questions to the lists that more than one app asks: the calendar of working days."""

from datetime import date, datetime

from django.utils import timezone

from stars.kernel import working_days

from .models import CalendarException


def calendar_exceptions() -> dict[date, bool]:
    """Days worked or free against the rules, by the Cabinet's orders. One query; there are a few a year."""
    return dict(CalendarException.objects.order_by().values_list("day", "is_working"))


def is_working_day(day: date) -> bool:
    return working_days.is_working_day(day, calendar_exceptions())


def after_working_days(day: date, number: int) -> date:
    """The last day of a term of `number` working days that begins the day after `day`."""
    return working_days.after_working_days(day, number, calendar_exceptions())


def working_days_between(first: date, last: date) -> int:
    """Working days after `first`, up to and with `last`; negative where `last` is before `first`."""
    return working_days.working_days_between(first, last, calendar_exceptions())


def due_after(moment: datetime, number: int) -> datetime:
    """When a term of `number` working days that begins the day after this moment is over (aware, half-open)."""
    return working_days.end_of(after_working_days(timezone.localdate(moment), number))
