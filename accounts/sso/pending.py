"""Sign-ins this browser has begun, in a signed cookie of its own: no row, no session, ten minutes (SSO-04, SSO-13)."""

import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.browsers.return_paths import own_path

LIFE_SECONDS = 600
MOST = 4  # tabs of one browser; the oldest goes
_SALT = "accounts.sso.pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """One request under way and where the person wanted to go; the sign-on never hears of the latter (SSO-11)."""

    request_id: str
    asked_at: int
    next_path: str
    anew: bool = False  # the person is to identify again, however lately they did


def begin(next_path: str, *, anew: bool = False) -> Pending:
    """A request of 160 random bits; an XML id starts with a letter or underscore."""
    return Pending(f"_{secrets.token_hex(20)}", int(time.time()), own_path(next_path), anew)


def of_browser(request: HttpRequest) -> list[Pending]:
    """What this browser has begun and not finished; an altered, foreign or old cookie holds nothing."""
    try:
        rows = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return []
    oldest = time.time() - LIFE_SECONDS
    return [one for one in (Pending(*row) for row in rows) if one.asked_at > oldest]


def keep(response: HttpResponseBase, pending: list[Pending]) -> None:
    """Write the newest of them back; none deletes the cookie."""
    if not pending:
        response.delete_cookie(_name(), samesite="Lax")
        return
    rows = [(one.request_id, one.asked_at, one.next_path, one.anew) for one in pending[-MOST:]]
    response.set_cookie(
        _name(),
        signing.dumps(rows, salt=_SALT, compress=True),
        max_age=LIFE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    return "__Host-stars_sign_in" if settings.SESSION_COOKIE_SECURE else "stars_sign_in"
