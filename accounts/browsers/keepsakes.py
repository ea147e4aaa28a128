"""Recovery codes between the moment they are made and the moment the person has kept them: sealed, in their session."""

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from stars.kernel.secrets import decrypt, encrypt

_KEY = "recovery_codes"


def keep(session: SessionBase, user: User, codes: list[str]) -> None:
    session[_KEY] = encrypt("\n".join(codes), bound_to=_binding(user))


def kept(session: SessionBase, user: User) -> list[str]:
    return opened(str(session.get(_KEY, "")), bound_to=_binding(user)).splitlines()


def forget(session: SessionBase) -> None:
    session.pop(_KEY, None)


def opened(sealed: str, *, bound_to: str) -> str:
    """What a sealed word from a browser says; nothing for one that is odd, altered or another person's."""
    try:
        return decrypt(sealed, bound_to=bound_to) if sealed else ""
    except (ImproperlyConfigured, ValueError, IndexError):
        return ""


def _binding(user: User) -> str:
    return f"accounts.keepsake:{user.pk}"
