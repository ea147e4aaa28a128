"""How long a session lives (SES-02), what it remembers of how its person came in, and when they last proved it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from stars.kernel.actor import Actor, Role

CLIENT_IDLE, STAFF_IDLE = timedelta(minutes=30), timedelta(minutes=15)
CLIENT_LIFE, STAFF_LIFE = timedelta(hours=12), timedelta(hours=8)
WRITE_EVERY = timedelta(seconds=60)  # a busy person's session is written once a minute, not at each page
PROOF_LIFE = timedelta(minutes=5)  # MFA-04

BEGAN, SEEN, DEVICE = "began_at", "seen_at", "device"
_CONTEXT, _MANDATE, _PROVED, _STEP = "context", "mandate", "proved_at", "second_step_at"


def begin(session: SessionBase, actor: Actor, device: str) -> None:
    """Start both clocks; called at each sign-in."""
    now = timezone.now().timestamp()
    session[BEGAN] = session[SEEN] = session[_PROVED] = now
    session[DEVICE] = device
    session.set_expiry(_idle_seconds(actor))


def is_over(session: SessionBase, actor: Actor, moment: datetime) -> bool:
    """Whether the session has lived its full time, however busy it was."""
    life = CLIENT_LIFE if _is_client(actor) else STAFF_LIFE
    began = session.get(BEGAN)
    return began is None or moment.timestamp() - began > life.total_seconds()


def keep_alive(session: SessionBase, actor: Actor, moment: datetime) -> None:
    """Move the idle limit on; it may be up to a minute stricter than the rule. A new role has its own limit at once."""
    seen = session.get(SEEN)
    idle = _idle_seconds(actor)
    if seen is None or moment.timestamp() - seen >= WRITE_EVERY.total_seconds() or session.get_expiry_age() != idle:
        session[SEEN] = moment.timestamp()
        session.set_expiry(idle)


def extend(session: SessionBase, actor: Actor, moment: datetime) -> None:
    """The person asked for more time; the full time of the session stays what it is."""
    session[SEEN] = moment.timestamp()
    session.set_expiry(_idle_seconds(actor))


def seconds_left(session: SessionBase, actor: Actor, moment: datetime) -> int:
    """How long the session lives if nothing more is asked of it: to the idle limit, or to the end of its full time."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        return 0
    life = CLIENT_LIFE if _is_client(actor) else STAFF_LIFE
    return max(0, int(min(seen + _idle_seconds(actor), began + life.total_seconds()) - moment.timestamp()))


def _idle_seconds(actor: Actor) -> int:
    return int((CLIENT_IDLE if _is_client(actor) else STAFF_IDLE).total_seconds())


def _is_client(actor: Actor) -> bool:
    """A client for themselves; a coordinator or consultant has the limits of staff, whomever they act for."""
    return actor.role is Role.CLIENT and actor.acting_for_id is None


def chosen_context(session: SessionBase | dict[str, Any]) -> str:
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


def prove(session: SessionBase) -> None:
    """The person has just shown again who they are (MFA-04)."""
    session[_PROVED] = timezone.now().timestamp()
    session.cycle_key()


def is_proved(session: SessionBase, moment: datetime) -> bool:
    """Whether the person showed who they are within the last five minutes (MFA-04)."""
    proved = session.get(_PROVED)
    return proved is not None and moment.timestamp() - proved <= PROOF_LIFE.total_seconds()


def note_second_step(session: SessionBase) -> None:
    """This session was opened with a second factor (MFA-01)."""
    session[_STEP] = timezone.now().timestamp()


def has_second_step(session: SessionBase) -> bool:
    return _STEP in session


def keep_after_password(request: HttpRequest, user: User) -> None:
    """The session the password was changed in goes on, under a new id (SES-01)."""
    update_session_auth_hash(request, user)
    request.session[_PROVED] = timezone.now().timestamp()
