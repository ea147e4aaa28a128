"""Which programmes are full: kept in the process, and mended in every request by what has turned since.

Applications turn a programme, and the catalogue's version never knows; so nothing here is ever believed without asking
the database what has happened meanwhile (migration 0004). Two processes never need to tell each other anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.db import connection

BELIEVED_SECONDS = (
    60.0  # then all of it is read anew: a database that was restored may have forgotten what we have seen
)


@dataclass(frozen=True, slots=True)
class Full:
    """The full programmes (ids) of one snapshot; `horizon` is the oldest transaction it may not have seen."""

    ids: frozenset[int]
    today: date
    horizon: int
    until: float


_kept: list[Full] = []  # none or one


def kept_full(today: date) -> Full | None:
    """What is known for this day, to be mended."""
    known = next(iter(_kept), None)
    return known if known and known.today == today and monotonic() < known.until else None


def mended(
    known: Full | None, *, today: date, horizon: int, is_whole: bool, turned: Iterable[tuple[int, int]]
) -> frozenset[int]:
    """The full programmes now; the very same set where nothing has turned.

    Kept, unless a transaction is open: what it has turned itself may still be undone.
    """
    ids = frozenset() if known is None or is_whole else known.ids
    pairs = [(int(pk), bool(is_full)) for pk, is_full in turned]
    if changed := [pk for pk, is_full in pairs if is_full != (pk in ids)]:
        ids = ids.symmetric_difference(changed)
    until = monotonic() + BELIEVED_SECONDS if known is None or is_whole else known.until
    if not connection.in_atomic_block:
        _kept[:] = [Full(ids, today, horizon, until)]
    return ids


def forget_full() -> None:
    """Read it anew at the next question; for tests, which undo what was committed."""
    _kept.clear()
