"""A browser that has signed in before has a counter of its own, so strangers cannot lock its owner out (PWD-08)."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from stars.kernel.secrets import blind_index

LIFE_SECONDS = 180 * 24 * 3600
_SALT = "accounts.devices"


def known_as(request: HttpRequest, email: str) -> str:
    """The mark this browser got when it last signed in with this address, or empty."""
    try:
        account, mark = signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT, max_age=LIFE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(mark) if account == blind_index(email.strip().lower()) else ""


def remember(response: HttpResponseBase, email: str) -> None:
    mark = [blind_index(email.strip().lower()), secrets.token_hex(8)]
    response.set_cookie(
        _name(),
        signing.dumps(mark, salt=_SALT),
        max_age=LIFE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    return "__Host-stars_device" if settings.SESSION_COOKIE_SECURE else "stars_device"
