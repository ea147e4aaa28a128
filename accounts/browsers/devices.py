"""A browser that has signed in before has a counter of its own, so strangers cannot lock its owner out (PWD-08)."""

import re
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from stars.kernel.secrets import blind_index

LIFE_SECONDS = 180 * 24 * 3600
_SALT = "accounts.devices"
# In the order of asking: newer names hide behind older ones ("Edg" says Chrome and Safari too).
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


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


def words_of(request: HttpRequest) -> str:
    """The browser and its system as people call them, "Firefox, Windows"; nothing else of the header is kept."""
    header = re.sub(r"[^\x20-\x7e]", "", request.headers.get("User-Agent", ""))[:500]
    said = [next((name for mark, name in known if mark in header), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in said if part)


def _name() -> str:
    return "__Host-stars_device" if settings.SESSION_COOKIE_SECURE else "stars_device"
