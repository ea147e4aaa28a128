"""Signing in by e-mail and password, with limits that outlive the cache (PWD-05 to PWD-10)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import SignInFailed, TooManyTries
from accounts.models import FailedSignIn, User
from accounts.selectors import live_membership
from stars.kernel.secrets import blind_index

logger = logging.getLogger(__name__)

ACCOUNT_WINDOW, ACCOUNT_MOST = timedelta(minutes=5), 5
ADDRESS_WINDOW, ADDRESS_MOST = timedelta(minutes=1), 30


def sign_in_provider(*, email: str, password: str, address: str, device: str = "") -> User:
    """An employee of an institution that co-operates. Raises SignInFailed or TooManyTries."""
    return _sign_in(email, password, address, device, is_let_in=lambda user: live_membership(user) is not None)


def sign_in_agency(*, email: str, password: str, address: str, device: str = "") -> User:
    """An officer of the agency. Raises SignInFailed or TooManyTries."""
    return _sign_in(email, password, address, device, is_let_in=lambda user: user.is_staff)


def _sign_in(email: str, password: str, address: str, device: str, *, is_let_in: Callable[[User], bool]) -> User:
    """Count the attempt first and take it back on success: guesses made at the same moment are counted too."""
    login = email.strip().lower()
    account = f"device:{blind_index(login + device)}" if device else f"account:{blind_index(login)}"
    moment = _count(account, f"address:{address}")
    user = authenticate(None, username=login, password=password)
    if not isinstance(user, User) or not is_let_in(user):
        logger.warning("password_refused")
        raise SignInFailed
    _forgive(account, f"address:{address}", moment)
    logger.info("sign_in_ok user=%s means=password", user.pk)
    return user


@transaction.atomic
def _count(account: str, address: str) -> datetime:
    """One more attempt for the account and for the address, or TooManyTries; gives the moment it is kept under."""
    limits = ((account, ACCOUNT_WINDOW, ACCOUNT_MOST), (address, ADDRESS_WINDOW, ADDRESS_MOST))
    with connection.cursor() as cursor:
        for key in sorted((account, address)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    now = timezone.now()
    for key, window, most in limits:
        again_at = _open_again(key, window, most, now)
        if again_at:
            logger.warning("sign_in_limited scope=%s", key.partition(":")[0])
            raise TooManyTries(again_at, _clock(again_at))
    moment = now.replace(microsecond=0)
    for key, _, _ in limits:
        row, is_new = FailedSignIn.objects.get_or_create(key=key, window_start=moment, defaults={"count": 1})
        if not is_new:
            FailedSignIn.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return moment


def _open_again(key: str, window: timedelta, most: int, now: datetime) -> datetime | None:
    """When the oldest attempt that counts leaves the window; None while the limit is not reached."""
    total = 0
    recent = FailedSignIn.objects.filter(key=key, window_start__gt=now - window).order_by("-window_start")
    for row in recent:
        total += row.count
        if total >= most:
            return row.window_start + window
    return None


def _clock(moment: datetime) -> str:
    """The first full minute at which trying makes sense, as people read it."""
    return f"{timezone.localtime(moment + timedelta(seconds=59)):%H:%M}"


@transaction.atomic
def _forgive(account: str, address: str, moment: datetime) -> None:
    FailedSignIn.objects.filter(key=account).delete()
    FailedSignIn.objects.filter(key=address, window_start=moment, count__gt=0).update(count=F("count") - 1)
