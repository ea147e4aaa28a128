"""Django's session engine for PostgreSQL, with the columns of our own table (SES-03).

A session that gets a new key is still the session the state's sign-on opened (SSO-15).
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import get_random_string

from accounts.models import Session, SignOnSession

from .sessions import BEGAN, DEVICE, SEEN


class SessionStore(DatabaseStore):
    """What the row tells of its session is read from the session itself, so the two cannot differ."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        if data.get(SESSION_KEY) and BEGAN in data:
            row.user_id = int(data[SESSION_KEY])
            row.device = str(data.get(DEVICE, ""))
            row.began_at, row.seen_at = _moment(data[BEGAN]), _moment(data[SEEN])
        return row

    def _get_new_session_key(self) -> str:
        """Nobody asks first whether there is one of 165 random bits: the table would refuse it."""
        return str(get_random_string(32, VALID_KEY_CHARS))

    def cycle_key(self) -> None:
        """What the provider calls the session follows it to its new key (SES-01)."""
        before = self.session_key
        super().cycle_key()
        if before:
            SignOnSession.objects.filter(session_key=before).update(session_key=self.session_key)


def end(*session_keys: str) -> None:
    """These sessions are gone, on the server, whoever held them."""
    Session.objects.filter(session_key__in=session_keys).delete()


def _moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
