"""I16: what is found of people who may no longer come in, and what is left in peace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Institution, RightKind, Session, User
from stars.pages import invariants
from tests.factories.accounts import (
    ClientFactory,
    DenialFactory,
    EmployeeFactory,
    ProviderFactory,
    RightFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO, JUST_NOW = timedelta(hours=1), timedelta(seconds=20)


def signed_in(user: User, *, ago: timedelta = LONG_AGO) -> User:
    """A live session of this user, begun so long ago."""
    SessionFactory.create(user=user, began_at=timezone.now() - ago)
    return user


def found() -> dict[str, tuple[str, ...]]:
    return {breach.says: breach.ids for breach in invariants.check(only=["I16"])}


def holder(ended: timedelta) -> User:
    """Somebody whose only right ended so long ago."""
    now = timezone.now()
    user: User = EmployeeFactory.create()
    term = {"valid_from": now - timedelta(days=9), "valid_until": now - ended}
    RightFactory.create(user=user, kind=RightKind.COMMISSION_MEMBER, municipality=None, **term)
    return user


def deactivated() -> User:
    user: User = ClientFactory.create()
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


def denied(since: timedelta = LONG_AGO) -> User:
    user: User = ClientFactory.create()
    DenialFactory.create(user=user, since=timezone.now() - since)
    return user


def of_an_ended_institution() -> User:
    user: User = ProviderFactory.create()
    Institution.objects.filter(memberships__user=user).update(is_active=False)
    return user


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (deactivated, "deactivated users with a session"),
        (denied, "users denied access with a session"),
        (of_an_ended_institution, "users without any role left with a session"),
        (lambda: holder(LONG_AGO), "users without any role left with a session"),
    ],
    ids=["deactivated", "denied", "co-operation ended", "term over"],
)
def test_i16_a_session_left_open_behind_a_closed_door_is_found(make: Callable[[], User], says: str) -> None:
    user = signed_in(make())
    assert found() == {says: (str(user.pk),)}


@pytest.mark.parametrize(
    "make",
    [ClientFactory.create, ProviderFactory.create, lambda: denied(JUST_NOW), lambda: holder(JUST_NOW)],
    ids=["client", "employee", "denied just now", "term over just now"],
)
def test_i16_who_may_come_in_or_could_a_minute_ago_is_left_in_peace(make: Callable[[], User]) -> None:
    signed_in(make())
    assert found() == {}


def test_i16_two_sessions_name_their_user_once_and_never_a_key() -> None:
    user = deactivated()
    signed_in(user)
    signed_in(user, ago=2 * LONG_AGO)
    assert found() == {"deactivated users with a session": (str(user.pk),)}


def test_i16_a_session_past_its_time_opens_nothing_and_is_no_breach() -> None:
    signed_in(deactivated())
    Session.objects.update(expire_date=timezone.now())
    assert found() == {}
