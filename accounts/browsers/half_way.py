"""Between a right password and a session: who showed it, and where they want to go. It opens nothing (MFA-01)."""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

LIFE_SECONDS = 600
_KEY = "half_way"


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The user whose password was right, at a time within the last ten minutes."""

    user: User
    next_path: str


def begin(session: SessionBase, user: User, next_path: str) -> None:
    """A session of its own, without a user; whatever the browser had before is gone (SES-01)."""
    session.flush()
    session[_KEY] = {
        "user": user.pk,
        "at": timezone.now().timestamp(),
        "password": user.get_session_auth_hash(),
        "next": next_path,
    }
    session.set_expiry(LIFE_SECONDS)


def of_browser(request: HttpRequest) -> HalfWay | None:
    """Who is half-way in; nobody after ten minutes, after another password, or once they may not sign in."""
    kept = request.session.get(_KEY)
    if not kept or timezone.now().timestamp() - kept["at"] > LIFE_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["password"], user.get_session_auth_hash()):
        return None
    return HalfWay(user, kept["next"])
