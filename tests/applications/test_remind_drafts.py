"""A draft is not an application: its holder hears so 48 and 3 hours before the round closes (X22)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from applications import services, tasks
from applications.models import Draft
from applications.services import reminding
from catalog.models import ApplicationRound, Programme
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.notices.models import Delivery, Notice
from tests.factories.accounts import ClientFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, imk, mn

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Draft:
    now = timezone.now()
    RoundFactory.create(source=imk(), opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    made: Draft = DraftFactory.create(client=ClientFactory.create().person, source=imk())
    Draft.objects.update(saved_at=now - timedelta(days=1))
    return made


def remind(before_close: timedelta) -> int:
    window = ApplicationRound.objects.get(source=imk())
    return services.remind_drafts(by=SYSTEM, now=window.closes_at - before_close)


def told() -> list[Notice]:
    return list(Notice.objects.filter(key__startswith="draft:").order_by("pk"))


@pytest.mark.parametrize(
    ("before", "count"),
    [
        (timedelta(hours=48, seconds=1), 0),
        (timedelta(hours=48), 1),
        (timedelta(hours=3), 1),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
        (timedelta(seconds=-1), 0),
    ],
)
def test_x22_when_the_holder_is_told(draft: Draft, before: timedelta, count: int) -> None:
    assert remind(before) == count
    assert len(told()) == count


def test_x22_twice_in_all_in_the_portal_and_by_mail(draft: Draft) -> None:
    for hours in (47, 40, 12, 2.9, 2, 1):
        remind(timedelta(hours=hours))
    assert len(told()) == 2
    notice = told()[0]
    assert notice.title == f"Jūsu pieteikums programmai «{draft.programme.name}» vēl nav iesniegts"
    window = ApplicationRound.objects.get(source=imk())
    assert f"{timezone.localtime(window.last_day):%d.%m.%Y}. plkst." in notice.body
    assert notice.path == f"/pieteikums/jauns/{draft.programme.number}/imk"
    assert Delivery.objects.filter(key=notice.key).count() == 1


def test_who_is_writing_right_now_is_left_in_peace(draft: Draft) -> None:
    window = ApplicationRound.objects.get(source=imk())
    Draft.objects.update(saved_at=window.closes_at - timedelta(hours=2, minutes=20))
    assert remind(timedelta(hours=2)) == 0
    assert remind(timedelta(hours=1)) == 1


def test_who_has_applied_already_is_not_pressed(draft: Draft) -> None:
    ApplicationFactory.create(client=draft.client, source=imk(), round=ApplicationRound.objects.get())
    assert remind(timedelta(hours=3)) == 0


def test_another_source_is_not_meant(draft: Draft) -> None:
    DraftFactory.create(client=draft.client, programme=draft.programme, source=mn())
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=1))
    assert remind(timedelta(hours=3)) == 1


def test_a_programme_taken_away_and_a_person_who_cannot_sign_in(draft: Draft) -> None:
    Programme.objects.update(state="archived")
    assert remind(timedelta(hours=3)) == 0
    Programme.objects.update(state="published")
    User.objects.update(is_active=False)
    assert remind(timedelta(hours=3)) == 0


def test_many_are_told_in_several_runs(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    DraftFactory.create(client=ClientFactory.create().person, programme=draft.programme, source=imk())
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(reminding, "AT_ONCE", 1)
    assert [remind(timedelta(hours=3)) for _ in range(3)] == [1, 1, 0]


def test_only_the_timetable_may(draft: Draft) -> None:
    with pytest.raises(NotPermitted):
        services.remind_drafts(by=Actor(role=Role.CLIENT, user_id=1, person_id=uuid4()))
    assert tasks.remind_drafts() == 0
