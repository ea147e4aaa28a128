"""A form that came too late, sealed in its browser for its person alone, and offered to them once they are in again (T4)."""

import base64
import json
import re
import zlib
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Session, User
from stars.kernel.secrets import encrypt

from .keepsakes import opened

LIFE_SECONDS = 30 * 60
LONGEST = 3800  # browsers keep 4096 bytes of a cookie, its name among them
_OURS = {"csrfmiddlewaretoken", "acting_for"}  # the page puts them in anew
_UNSHOWN = re.compile("csrf|password|token|code|fingerprint|version|next|acting_for")
_CHOICE = re.compile(r"[a-z_]*|\d{1,6}|[0-9a-f-]{32,}")  # what a list or a tick sends is no text of the person's


@dataclass(frozen=True, slots=True)
class Unsent:
    """What was sent, where to, and the page it was sent from; for whom it was sent if it was for a client."""

    page: str
    action: str
    acting_for: str
    fields: list[tuple[str, str]]

    @property
    def texts(self) -> list[str]:
        """What the person wrote themselves."""
        sent = [(name, text.strip()) for name, text in self.fields]
        return [text for name, text in sent if not _UNSHOWN.search(name) and not _CHOICE.fullmatch(text)]


def of_request(request: HttpRequest, page: str) -> Unsent:
    sent = [(name, text) for name, texts in request.POST.lists() for text in texts]
    fields = [(name, text) for name, text in sent if name not in _OURS]
    return Unsent(page, request.get_full_path(), request.POST.get("acting_for", ""), fields)


def keep(response: HttpResponse, sealed: str) -> None:
    if sealed:
        response.set_cookie(
            name(),
            sealed,
            max_age=LIFE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def seal(request: HttpRequest, unsent: Unsent) -> str:
    """Nothing for what cannot come back whole: a form with a file or a password, one too long, or nobody knows whose."""
    owner, has_password = _owner(request), any("password" in name for name, _text in unsent.fields)
    if owner is None or has_password or request.FILES or not (unsent.page and unsent.fields):
        return ""
    told = json.dumps([unsent.page, unsent.action, unsent.acting_for, unsent.fields], separators=(",", ":"))
    sealed = encrypt(base64.b85encode(zlib.compress(told.encode())).decode(), bound_to=_binding(owner))
    return sealed if len(sealed) <= LONGEST else ""


def offered(request: HttpRequest) -> HttpResponse | None:
    """On the page the form was sent from: everything as it was, to be sent with one press. Once."""
    user, sealed = request.user, request.COOKIES.get(name(), "")
    if not sealed or request.method != "GET" or not isinstance(user, User):
        return None
    told = opened(sealed, bound_to=_binding(user.pk))
    if not told:
        return None
    unsent = Unsent(*json.loads(zlib.decompress(base64.b85decode(told))))
    if (unsent.page, unsent.acting_for) != (request.get_full_path(), request.actor.binding):  # type: ignore[attr-defined]
        return None
    response = render(request, "accounts/unsent.html", {"unsent": unsent})
    response.delete_cookie(name(), samesite="Lax")
    return response


def name() -> str:
    return "__Host-stars_unsent" if settings.SESSION_COOKIE_SECURE else "stars_unsent"


def _owner(request: HttpRequest) -> int | None:
    """Who is signed in, or whose session has ended; a stranger's post is kept for nobody."""
    if isinstance(request.user, User):
        return request.user.pk
    if ended := getattr(request, "ended_user_id", None):
        return int(ended)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return Session.objects.filter(session_key=key).values_list("user_id", flat=True).first() if key else None


def _binding(user_id: int) -> str:
    return f"accounts.unsent:{user_id}"
