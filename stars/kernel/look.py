"""How the portal looks in one browser: text size, contrast, colours, movement. One cookie, written on <html> (screens.md 4)."""

from dataclasses import astuple, dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "look"
KEPT = timedelta(days=365)
SIGNS = {"text": ("125", "150"), "contrast": ("high",), "theme": ("light", "dark"), "motion": ("less",)}


@dataclass(frozen=True, slots=True)
class Look:
    """What differs from the plain look; empty is plain, and an empty theme follows the device."""

    text: str = ""
    contrast: str = ""
    theme: str = ""
    motion: str = ""


def look_of(request: HttpRequest) -> Look:
    """What this browser's cookie asks for; signs we do not know are passed over. Needs no session and no database."""
    asked = request.COOKIES.get(COOKIE, "").split("-")
    return Look(**{name: next((sign for sign in asked if sign in known), "") for name, known in SIGNS.items()})


def keep(response: HttpResponse, look: Look) -> None:
    """Remember the look for a year; the plain one needs no cookie."""
    signs = "-".join(filter(None, astuple(look)))
    if not signs:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE, signs, max_age=KEPT, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
