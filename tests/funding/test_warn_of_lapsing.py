"""Money never lapses unawares: 30 and 7 days before its last day the person is told, once each (screens.md 13)."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from funding import services, tasks
from funding.models import Grant
from funding.services import warning
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.notices.models import Delivery, Notice
from tests.factories.accounts import ClientFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
LAST = date(2031, 4, 30)


@pytest.fixture
def grant() -> Grant:
    account = approved_account(ClientFactory.create().person)
    Grant.objects.update(valid_to=LAST)
    return Grant.objects.get(account=account)


def warn(days_before: int) -> int:
    return services.warn_of_lapsing(by=SYSTEM, today=LAST - timedelta(days=days_before))


def titles() -> list[str]:
    return list(Notice.objects.filter(key__contains=":lapses:").order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (8, 1), (7, 1), (0, 1), (-1, 0)])
def test_when_the_person_is_told(grant: Grant, days: int, told: int) -> None:
    assert warn(days) == told
    assert titles() == ["Finansējums 500,00 € pieejams līdz 30.04.2031."] * told


def test_twice_in_all_in_the_portal_and_by_mail(grant: Grant) -> None:
    for days in (30, 30, 29, 20, 7, 7, 3, 1):
        warn(days)
    assert len(titles()) == 2
    assert Delivery.objects.filter(key__contains=":lapses:").count() == 2
    letter = Delivery.objects.filter(key__contains=":lapses:").order_by("pk")[0]
    assert "izvēlieties programmu un piesakieties" in letter.text
    assert "/profils/finansejums" in letter.text


def test_what_is_reserved_is_not_counted(grant: Grant) -> None:
    services.reserve(
        person_id=grant.account.person_id,
        source=imk(),
        purpose=uuid4(),
        programme_name="Datu analīze",
        price_cents=42743,
        by=SYSTEM,
    )
    warn(30)
    assert titles() == ["Finansējums 72,57 € pieejams līdz 30.04.2031."]


def test_nothing_left_nothing_said(grant: Grant) -> None:
    for price in (42743, 42743):
        services.reserve(
            person_id=grant.account.person_id,
            source=imk(),
            purpose=uuid4(),
            programme_name="x",
            price_cents=price,
            by=SYSTEM,
        )
    assert warn(7) == 0


def test_a_later_last_day_is_told_anew(grant: Grant) -> None:
    warn(30)
    Grant.objects.update(valid_to=LAST + timedelta(days=60))
    assert services.warn_of_lapsing(by=SYSTEM, today=LAST + timedelta(days=30)) == 1
    assert titles()[-1].endswith("29.06.2031.")


def test_who_cannot_sign_in_is_not_told(grant: Grant) -> None:
    User.objects.update(is_active=False)
    assert warn(7) == 0


def test_many_people_are_told_in_several_runs(grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        approved_account(ClientFactory.create().person)
    Grant.objects.update(valid_to=LAST)
    monkeypatch.setattr(warning, "AT_ONCE", 2)
    assert [warn(20), warn(20), warn(20)] == [2, 1, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_the_same_for_one_and_three(grant: Grant, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count - 1):
        approved_account(ClientFactory.create().person)
    Grant.objects.update(valid_to=LAST)
    warn(20)
    with django_assert_num_queries(2):
        assert warn(20) == 0


def test_only_the_timetable_may() -> None:
    with pytest.raises(NotPermitted):
        services.warn_of_lapsing(by=Actor(role=Role.CLIENT, user_id=1, person_id=uuid4()))
    assert tasks.warn_of_lapsing() == 0
