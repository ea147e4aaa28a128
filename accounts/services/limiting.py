"""Counting tries in PostgreSQL, so that limits survive the cache and hold across processes (PWD-08 to PWD-10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import TooManyTries
from accounts.models import FailedSignIn
from stars.kernel.security import Event, happened

Rule = tuple[timedelta, int]  # a window and the most tries in it

# PWD-08: the longer somebody fails, the longer the wait. A known device or a new password opens the account at once.
ACCOUNT_RULES: tuple[Rule, ...] = ((timedelta(minutes=5), 5), (timedelta(hours=1), 15), (timedelta(hours=24), 40))
ADDRESS_RULES: tuple[Rule, ...] = ((timedelta(minutes=1), 30),)
LONGEST_WINDOW = timedelta(hours=24)
SPRAY_WINDOW = timedelta(hours=1)
SPRAYED_FROM_ONE, SPRAYED_IN_ALL = 15, 100  # accounts that failed within the hour


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted under one key. The first word of the key is its scope and goes into the log."""

    key: str
    rules: tuple[Rule, ...]

    @property
    def scope(self) -> str:
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try, to be taken back if it succeeds."""

    keys: tuple[str, ...]
    moment: datetime


def of_address(address: str) -> Limit:
    """Where a try comes from; a school behind one address has thirty failures a minute (PWD-10)."""
    return Limit(f"address:{address}", ADDRESS_RULES)


@transaction.atomic
def count_try(limits: Sequence[Limit]) -> Try:
    """One more try under each key, before it is known whether it succeeds; raises TooManyTries and counts nothing."""
    with connection.cursor() as cursor:
        for key in sorted(limit.key for limit in limits):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    now = timezone.now()
    for limit in limits:
        again_at = max((at for rule in limit.rules if (at := _open_again(limit.key, rule, now))), default=None)
        if again_at:
            happened(Event.SIGN_IN_LIMITED, scope=limit.scope)
            raise TooManyTries(again_at, _clock(again_at, now))
    moment = now.replace(microsecond=0)
    for limit in limits:
        row, is_new = FailedSignIn.objects.get_or_create(key=limit.key, window_start=moment, defaults={"count": 1})
        if not is_new:
            FailedSignIn.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return Try(tuple(limit.key for limit in limits), moment)


@transaction.atomic
def forgive(tried: Try, *, clear: Collection[str]) -> None:
    """The try succeeded: it counts under no key, and the keys in `clear` begin anew."""
    FailedSignIn.objects.filter(key__in=clear).delete()
    FailedSignIn.objects.filter(key__in=tried.keys, window_start=tried.moment, count__gt=0).update(count=F("count") - 1)


def clear(*, prefix: str) -> None:
    """Every counter of this account begins anew: its owner has chosen a new password."""
    FailedSignIn.objects.filter(key__startswith=prefix).delete()


def _open_again(key: str, rule: Rule, now: datetime) -> datetime | None:
    """When the oldest try that counts leaves the window; None while the limit is not reached."""
    window, most = rule
    total = 0
    recent = FailedSignIn.objects.filter(key=key, window_start__gt=now - window).order_by("-window_start")
    for row in recent:
        total += row.count
        if total >= most:
            return row.window_start + window
    return None


def _clock(moment: datetime, now: datetime) -> str:
    """The first full minute at which trying makes sense, as people read it; with the day where it is another one."""
    at, today = timezone.localtime(moment + timedelta(seconds=59)), timezone.localtime(now)
    return f"{at:%H:%M}" if at.date() == today.date() else f"{at:%H:%M (%d.%m.%Y.)}"


@transaction.atomic
def note_failed_account(*, account: str, address: str) -> None:
    """PWD-08: one guess over many accounts shows as many accounts failing from one address, or everywhere at once."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    _row, is_new = FailedSignIn.objects.get_or_create(
        key=f"spray:{address}:{account[:16]}", window_start=hour, defaults={"count": 1}
    )
    if not is_new:
        return
    recent = FailedSignIn.objects.filter(key__startswith="spray:", window_start__gt=now - SPRAY_WINDOW)
    here = recent.filter(key__startswith=f"spray:{address}:").count()
    in_all = recent.count()
    if here >= SPRAYED_FROM_ONE and here % SPRAYED_FROM_ONE == 0:
        happened(Event.SPRAYING, scope="address", accounts=here)
    if in_all >= SPRAYED_IN_ALL and in_all % SPRAYED_IN_ALL == 0:
        happened(Event.SPRAYING, scope="portal", accounts=in_all)


def forget_failed_account(*, account: str, address: str) -> None:
    """They mistyped and then came in: no guess at all."""
    FailedSignIn.objects.filter(key=f"spray:{address}:{account[:16]}").delete()
