"""Sessions in PostgreSQL (SES-03); one that gets a new key is still the session the state's sign-on opened (SSO-15)."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import SignOnSession


class SessionStore(DatabaseStore):
    """Django's own, but that what the provider calls a session follows it to its new key (SES-01)."""

    def cycle_key(self) -> None:
        before = self.session_key
        super().cycle_key()
        if before:
            SignOnSession.objects.filter(session_key=before).update(session_key=self.session_key)


def end(*session_keys: str) -> None:
    """These sessions are gone, on the server, whoever held them."""
    SessionStore.get_model_class().objects.filter(session_key__in=session_keys).delete()
