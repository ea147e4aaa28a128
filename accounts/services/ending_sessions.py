"""Ending sessions on the server: the person's own, and those of people who may no longer come in (SES-03, SES-04)."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import policies
from accounts.models import Denial, Membership, Right, Session, User
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.secrets import token_digest
from stars.kernel.security import Event, happened


def drop_sessions(*, user_id: int, but: str = "") -> int:
    """Every session of a user goes but the one with this key; gives their number."""
    gone, _ = Session.objects.filter(user_id=user_id).exclude(session_key=but).delete()
    return gone


@transaction.atomic
def end_session(*, user_id: int, digest: str, by: Actor) -> bool:
    """The person ends one session of their own, named by the digest the page shows; tells whether it was there."""
    user = _held(user_id, by)
    rows = Session.objects.filter(user_id=user_id).only("session_key")
    found = next((row for row in rows if token_digest(row.session_key) == digest), None)
    if found is None:
        return False
    found.delete()
    audit.record(user, "end_session", by=by)
    happened(Event.SESSION_ENDED, user=user_id, by=by.user_id, sessions=1)
    return True


@transaction.atomic
def end_other_sessions(*, user_id: int, keep: str, by: Actor) -> int:
    """The person ends every session but the one they sit at; the agency all of them (`keep` empty). Gives the number."""
    user = _held(user_id, by)
    gone = drop_sessions(user_id=user_id, but=keep)
    if gone:
        audit.record(user, "end_sessions", by=by, data={"sessions": gone})
        happened(Event.SESSION_ENDED, user=user_id, by=by.user_id, sessions=gone)
    return gone


def _held(user_id: int, by: Actor) -> User:
    """The user under a lock: two presses at once leave two entries in the trail, one after the other."""
    user = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)
    require(policies.may_end_sessions(by, user))
    return user


def end_refused_sessions() -> int:
    """I16: sessions of people denied, deactivated or without any role left, and sessions past their time, go."""
    now = timezone.now()
    denied = Exists(Denial.objects.in_force(now).filter(user=OuterRef("user")))
    has_place = Exists(Membership.objects.filter(user=OuterRef("user"), is_active=True, institution__is_active=True))
    has_right = Exists(Right.objects.in_force(now).filter(user=OuterRef("user")))
    homeless = Q(user__person=None, user__is_staff=False) & ~has_place & ~has_right
    refused = Session.objects.filter(user__isnull=False).filter(denied | Q(user__is_active=False) | homeless)
    gone, _ = refused.delete()
    if gone:
        happened(Event.SESSION_ENDED, sessions=gone, by=None)
    past, _ = Session.objects.filter(expire_date__lt=now).delete()
    return gone + past
