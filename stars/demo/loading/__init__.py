"""Loads the demo: institutions, programmes, people and their applications, dated around the day of loading."""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Institution
from stars.pages import content

from . import applying, calls, catalogue, evaluation, people, registers, roles
from .calendar import Calendar

Say = Callable[[str], None]


@transaction.atomic
def load(say: Say, today: date | None = None) -> bool:
    """Everything in one transaction, or nothing. False where the demo is there already."""
    if Institution.objects.exists():
        return False
    calendar = Calendar(today or timezone.localdate())
    with translation.override("lv"):
        say("pages, news, questions and terms of use")
        content.load()
        say("institutions, programmes and groups")
        catalogue.load(calendar)
        say("calls of the agency")
        calls.load(calendar)
        say("people, employees, agency staff, coordinators and consultants")
        staff = people.load(calendar)
        roles.load(calendar, staff, people.PASSWORD)
        say("offers to past calls, their scores and decisions")
        evaluation.load(calendar, staff)
        say("what the state's registers say")
        registers.load(calendar, timezone.now())
        say("applications and learning accounts")
        applying.load(calendar)
    return True
