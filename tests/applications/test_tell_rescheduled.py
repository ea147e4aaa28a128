"""A group people hold places in gets another time or place: everybody in it hears of it, and of nothing else."""

from dataclasses import replace

import pytest
from django.utils import timezone

from applications import tasks
from applications.models import Application
from applications.services import group_was_rescheduled, tell_due_rescheduled, tell_rescheduled, telling
from catalog import services
from catalog.models import CourseGroup, ScheduleKind
from catalog.services import GroupPlan
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.notices.models import Notice
from stars.notices.services import notify
from tests.factories.applications import ApplicationFactory
from tests.factories.catalog import VenueFactory

pytestmark = pytest.mark.django_db
AGENCY = Actor(role=Role.AGENCY, user_id=1, label="Inta")
SYSTEM = Actor.system("applications.tell_rescheduled")


@pytest.fixture
def group() -> CourseGroup:
    """One who waits, one who is admitted, one who has left."""
    first = ApplicationFactory.create()
    for left in ({"admitted": True}, {"withdrawn": True}):
        ApplicationFactory.create(programme=first.programme, round=first.round, **left)
    Notice.objects.all().delete()
    found: CourseGroup = first.group
    found.refresh_from_db()
    return found


def plan(group: CourseGroup, **changes: object) -> GroupPlan:
    known = GroupPlan(**{name: getattr(group, name) for name in GroupPlan.__dataclass_fields__})
    return replace(known, **changes)  # type: ignore[arg-type]


def test_another_time_is_told_to_those_who_hold_a_place(group: CourseGroup) -> None:
    by = Actor(role=Role.PROVIDER, institution_id=group.programme.institution_id, user_id=1)
    new = plan(group, schedule_kind=ScheduleKind.DAYS_OFF, schedule="Sestdienās plkst. 10.00–15.00.")
    services.change_group(group_id=group.pk, plan=new, by=by)
    assert not Notice.objects.exists()  # K3: nobody is told while the group is held
    assert tasks.tell_rescheduled(group.pk) == 2
    assert tasks.tell_rescheduled(group.pk) == 0
    assert Notice.objects.count() == 2
    told = Notice.objects.order_by("pk")[0]
    assert "Sestdienās plkst. 10.00–15.00." in told.body
    assert group.programme.name in told.title


def test_more_places_are_nobodys_news(group: CourseGroup) -> None:
    by = Actor(role=Role.PROVIDER, institution_id=group.programme.institution_id, user_id=1)
    services.change_group(group_id=group.pk, plan=plan(group, minimum=1), by=by)
    assert tasks.tell_due_rescheduled() == 0
    assert not Notice.objects.exists()


def test_what_the_agency_changes_is_told_too(group: CourseGroup) -> None:
    group.schedule = "Svētdienās."
    services.save_group(group=group, changed=["schedule"], by=AGENCY)
    services.save_group(group=group, changed=["minimum"], by=AGENCY)
    assert tell_due_rescheduled(by=SYSTEM) == 2
    assert Notice.objects.count() == 2


def test_another_place_is_named(group: CourseGroup) -> None:
    venue = VenueFactory.create(institution=group.programme.institution, address="Skolas iela 4, Cēsis, LV-4101")
    group.venue = venue
    services.save_group(group=group, changed=["venue"], by=AGENCY)
    tell_due_rescheduled(by=SYSTEM)
    assert "Norises vieta: Skolas iela 4, Cēsis" in Notice.objects.order_by("pk")[0].body.replace("\xa0", " ")


def test_nobody_else_tells_them(group: CourseGroup) -> None:
    with pytest.raises(NotPermitted):
        group_was_rescheduled(group_id=group.pk, by=Actor(role=Role.CLIENT, user_id=1))
    with pytest.raises(NotPermitted):
        tell_rescheduled(group_id=group.pk, by=AGENCY)


def test_k3_a_worker_that_dies_in_the_middle_loses_nobody(group: CourseGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    group.schedule = "Svētdienās."
    services.save_group(group=group, changed=["schedule"], by=AGENCY)
    heard: list[str] = []

    def die_at_the_second(**said: object) -> None:
        if heard:
            raise SystemExit
        heard.append(str(said["key"]))
        notify(**said)  # type: ignore[arg-type]

    with monkeypatch.context() as dying:
        dying.setattr(telling, "notify", die_at_the_second)
        with pytest.raises(SystemExit):
            tell_rescheduled(group_id=group.pk, by=SYSTEM)
    assert Notice.objects.count() == 1
    tell_due_rescheduled(by=SYSTEM)
    assert Notice.objects.count() == Notice.objects.values("recipient").distinct().count() == 2
    assert tell_due_rescheduled(by=SYSTEM) == 0


def test_k3_another_change_meanwhile_is_told_too(group: CourseGroup) -> None:
    group.schedule = "Svētdienās."
    services.save_group(group=group, changed=["schedule"], by=AGENCY)
    group.refresh_from_db()
    first = group.rescheduled_at
    assert first is not None
    group.schedule = "Sestdienās."
    services.save_group(group=group, changed=["schedule"], by=AGENCY)
    assert not services.note_told(group_id=group.pk, moment=first, by=SYSTEM)  # who told of the first one ends
    assert tell_due_rescheduled(by=SYSTEM) == 2
    assert "Sestdienās." in Notice.objects.order_by("pk")[0].body


def test_whoever_came_after_the_change_or_has_left_is_not_told(group: CourseGroup) -> None:
    group.schedule = "Svētdienās."
    services.save_group(group=group, changed=["schedule"], by=AGENCY)
    late = Application.objects.live().filter(group=group).order_by("pk")[0]
    Application.objects.filter(pk=late.pk).update(submitted_at=timezone.now())
    assert tell_due_rescheduled(by=SYSTEM) == 1
