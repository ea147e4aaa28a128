"""How long a session lives (SES-02): clients rest 30 minutes and stay 12 hours, staff 15 minutes and 8 hours."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts.models import User

CLIENT_IDLE, STAFF_IDLE = timedelta(minutes=30), timedelta(minutes=15)
CLIENT_LIFE, STAFF_LIFE = timedelta(hours=12), timedelta(hours=8)
WRITE_EVERY = timedelta(seconds=60)  # a busy person's session is written once a minute, not at each page

_BEGAN, _SEEN, _CONTEXT, _MANDATE = "began_at", "seen_at", "context", "mandate"


def begin(session: SessionBase, user: User) -> None:
    """Start both clocks; called at each sign-in."""
    now = timezone.now()
    session[_BEGAN] = now.timestamp()
    _see(session, user, now)


def is_over(session: SessionBase, user: User, moment: datetime) -> bool:
    """Whether the session has lived its full time, however busy it was."""
    life = CLIENT_LIFE if user.person_id else STAFF_LIFE
    began = session.get(_BEGAN)
    return began is None or moment.timestamp() - began > life.total_seconds()


def keep_alive(session: SessionBase, user: User, moment: datetime) -> None:
    """Move the idle limit on; it may be up to a minute stricter than the rule."""
    seen = session.get(_SEEN)
    if seen is None or moment.timestamp() - seen >= WRITE_EVERY.total_seconds():
        _see(session, user, moment)


def extend(session: SessionBase, user: User, moment: datetime) -> None:
    """The person asked for more time; the full time of the session stays what it is."""
    _see(session, user, moment)


def seconds_left(session: SessionBase, user: User, moment: datetime) -> int:
    """How long the session lives if nothing more is asked of it: to the idle limit, or to the end of its full time."""
    began, seen = session.get(_BEGAN), session.get(_SEEN)
    if began is None or seen is None:
        return 0
    idle, life = (CLIENT_IDLE, CLIENT_LIFE) if user.person_id else (STAFF_IDLE, STAFF_LIFE)
    ends = min(seen + idle.total_seconds(), began + life.total_seconds())
    return max(0, int(ends - moment.timestamp()))


def _see(session: SessionBase, user: User, moment: datetime) -> None:
    session[_SEEN] = moment.timestamp()
    idle = CLIENT_IDLE if user.person_id else STAFF_IDLE
    session.set_expiry(int(idle.total_seconds()))


def chosen_context(session: SessionBase) -> str:
    """The role the person chose to work in (ACC-08); empty = the usual one."""
    return str(session.get(_CONTEXT, ""))


def choose_context(session: SessionBase, key: str) -> None:
    """Work in another role from now on, under a new session id (SES-01). Whether it holds is asked at each request."""
    session[_CONTEXT] = key
    session.cycle_key()


def mandate_in_use(session: SessionBase) -> str:
    """The mandate by which this browser acts for a client; whether it is live is asked at each request (X6)."""
    return str(session.get(_MANDATE, ""))


def act_by(session: SessionBase, reference: str) -> None:
    """Begin to act by a mandate, or, with an empty reference, stop; the session id is new either way (SES-01)."""
    if reference:
        session[_MANDATE] = reference
    else:
        session.pop(_MANDATE, None)
    session.cycle_key()
