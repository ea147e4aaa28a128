"""When the person of this session last showed a means of identification, by the provider's clock (MFA-04, WSF-07)."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

FRESH, SKEW = timedelta(minutes=5), timedelta(seconds=60)
_KEY = "identified_at"


def note(session: SessionBase, moment: datetime) -> None:
    session[_KEY] = moment.timestamp()


def is_fresh(session: SessionBase, moment: datetime) -> bool:
    """Whether it was at most five minutes ago; a session of another way in never was identified so."""
    at = session.get(_KEY)
    return at is not None and -SKEW.total_seconds() <= moment.timestamp() - at <= FRESH.total_seconds()
