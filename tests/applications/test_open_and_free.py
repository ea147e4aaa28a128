""" "Pieteikšanās atvērta" and "Ir brīvas vietas" of the catalogue say exactly what a submit at that moment does (X14)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.selectors import actor_of
from applications import questions, services
from applications.errors import ApplyRefused
from applications.models import Draft
from catalog.models import ApplicationRound, CourseGroup, ProgrammeOffer
from catalog.selectors import CatalogueQuery, count
from catalog.services import raise_catalogue_version
from stars.kernel.errors import DomainError
from tests.factories.accounts import ClientFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import imk

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def draft() -> Draft:
    RoundFactory.create(source=imk())
    made: Draft = DraftFactory.create(client=ClientFactory.create().person, source=imk())
    return made


def shown(moment: datetime) -> bool:
    """Whether the catalogue lists the programme as open and with a free place."""
    both = CatalogueQuery(chosen=(("open", ("1",)), ("free", ("1",))))
    return count(both, moment=moment) == 1


def taken(draft: Draft, moment: datetime) -> bool:
    """Whether a complete draft sent at this moment becomes an application."""
    price = ProgrammeOffer.objects.get(programme=draft.programme, source=draft.source).price_cents
    try:
        services.submit(
            reference=draft.reference,
            fingerprint=questions.fingerprint(draft.programme_id, draft.source_id, price, draft.answers),
            arrived_at=moment,
            by=actor_of(draft.client.user),
        )
    except (ApplyRefused, DomainError):
        return False
    return True


def opening() -> datetime:
    return ApplicationRound.objects.get().opens_at


def closing() -> datetime:
    return ApplicationRound.objects.get().closes_at


def start() -> datetime:
    """Midnight in Riga before the day on which the group begins."""
    return timezone.make_aware(datetime.combine(CourseGroup.objects.get().starts_on, time.min))


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (lambda: opening() - TICK, False),
        (opening, True),
        (lambda: closing() - TICK, True),
        (closing, False),
    ],
    ids=["before the opening", "at the opening", "the last moment", "at the closing"],
)
def test_x14_the_window_of_the_list_is_the_window_of_the_submit(
    draft: Draft, moment: Callable[[], datetime], open_: bool
) -> None:
    at = moment()
    assert (shown(at), taken(draft, at)) == (open_, open_)


@pytest.mark.parametrize(("before", "open_"), [(TICK, True), (timedelta(), False)], ids=["the day before", "the day"])
def test_x14_a_group_that_begins_leaves_both_at_the_same_midnight(draft: Draft, before: timedelta, open_: bool) -> None:
    at = start() - before
    ApplicationRound.objects.update(closes_at=at + timedelta(days=9))
    assert (shown(at), taken(draft, at)) == (open_, open_)


@pytest.mark.parametrize(
    ("change", "open_"),
    [
        ({"taken": 0}, True),
        ({"taken": 19, "capacity": 20}, True),
        ({"taken": 20, "capacity": 20}, False),
        ({"state": "running"}, False),
        ({"state": "cancelled"}, False),
        ({"state": "finished"}, False),
    ],
)
def test_x14_the_places_of_the_list_are_the_places_of_the_submit(
    draft: Draft, change: dict[str, object], open_: bool
) -> None:
    CourseGroup.objects.update(**change)
    if "state" in change:
        raise_catalogue_version()  # as whatever moves a group does; places need none
    now = timezone.now()
    assert (shown(now), taken(draft, now)) == (open_, open_)


def test_x15_a_closed_institution_is_shown_by_neither(draft: Draft) -> None:
    draft.programme.institution.is_active = False
    draft.programme.institution.save(update_fields=["is_active"])
    now = timezone.now()
    assert (shown(now), taken(draft, now)) == (False, False)
