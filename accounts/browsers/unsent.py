"""What was written in a form that came too late, sealed in its browser for its person alone, shown to them once they are in again (T4).

Texts to be copied, never a form to be sent: whoever sits at the screen after the session ended may have chosen otherwise
on the page still open, and what is ticked, left unticked or emptied is not seen in texts.
"""

import base64
import json
import re
import time
import zlib
from collections.abc import Callable
from html import unescape

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.html import strip_tags

from accounts.models import Session, User
from accounts.selectors import actor_of
from stars.kernel.actor import Actor
from stars.kernel.secrets import encrypt

from . import sessions
from .keepsakes import opened

LIFE_SECONDS = 30 * 60
LONGEST = 3800  # browsers keep 4096 bytes of a cookie, its name among them
MOST = 100  # texts of one form: for each its field is looked for in the page
_UNSHOWN = re.compile(
    "^(_|initial-|(.+-)?(current|again)$)|csrf|password|token|code|fingerprint|version|next|acting_for"
)
_TITLE = re.compile(r"<title>(.*?)(?: – STARS)?</title>", re.DOTALL)
_CHOSEN = re.compile('type="(radio|checkbox|hidden)"')
_CHOICE = re.compile(r"[a-z_]*|\d{1,6}|[0-9a-f-]{32,}")  # what a list or a tick sends is no text of the person's


def texts_of(request: HttpRequest) -> list[str]:
    """What the person wrote themselves, as far as it can be told without the page."""
    return [text for _name, text in _sent(request) if not _CHOICE.fullmatch(text)]


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    sent = [(name, text.strip()) for name, texts in request.POST.lists() for text in texts]
    return [(name, text) for name, text in sent if text and not _UNSHOWN.search(name)]


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


def seal(request: HttpRequest, page: str) -> str:
    """Nothing for texts too long or too many, of nobody knows whom, or meant for a client the session no longer acts for."""
    author = _author(request)
    if author is None or not page or request.POST.get("acting_for", "") != author.binding:
        return ""
    sent = _sent(request)
    if len(sent) > MOST:
        return ""
    told = zlib.compress(json.dumps([page, int(time.time()), sent], separators=(",", ":")).encode())
    sealed = encrypt(base64.b85encode(told).decode(), bound_to=_binding(author))
    return sealed if len(sealed) <= LONGEST else ""


def offered(request: HttpRequest, opened_page: Callable[[], HttpResponseBase]) -> HttpResponse | None:
    """On the page the form was sent from, in the role it was sent in: the texts. Once; the page is asked for the words around them."""
    sealed = request.COOKIES.get(name(), "")
    if not sealed or request.method != "GET" or not isinstance(request.user, User):
        return None
    told = opened(sealed, bound_to=_binding(request.actor))  # type: ignore[attr-defined]
    page, kept_at, texts = json.loads(zlib.decompress(base64.b85decode(told))) if told else ("", 0, [])
    if page != request.get_full_path() or time.time() - kept_at > LIFE_SECONDS:
        return None
    html = _html_of(opened_page)
    shown = {
        "page": page,
        "title": _words(_TITLE.search(html)),
        "texts": [(_words(_label_of(name, html)), text) for name, text in texts if _is_written(name, text, html)],
    }
    response = render(request, "accounts/unsent.html", shown)
    response.delete_cookie(name(), samesite="Lax")
    return response


def _html_of(opened_page: Callable[[], HttpResponseBase]) -> str:
    """Nothing of a page that no longer opens."""
    try:
        page = opened_page()
    except (Http404, PermissionDenied):
        return ""
    if isinstance(page, SimpleTemplateResponse):
        page.render()
    return page.content.decode() if isinstance(page, HttpResponse) else ""


def _is_written(name: str, text: str, html: str) -> bool:
    """By the page: in a field one writes in. Of a field it does not show any more, by what was sent."""
    field = re.search(rf'<(input|select|textarea)\b[^>]*\bname="{re.escape(name)}"[^>]*>', html)
    if field is None:
        return not _CHOICE.fullmatch(text)
    return field[1] == "textarea" or (field[1] == "input" and not _CHOSEN.search(field[0]))


def _label_of(name: str, html: str) -> re.Match[str] | None:
    return re.search(rf'<label[^>]*\bfor="id_{re.escape(name)}"[^>]*>(.*?)</label>', html, re.DOTALL)


def _words(found: re.Match[str] | None) -> str:
    """As the page says it itself."""
    return " ".join(unescape(strip_tags(found[1])).split()).removesuffix(":") if found else ""


def name() -> str:
    return "__Host-stars_unsent" if settings.SESSION_COOKIE_SECURE else "stars_unsent"


def _author(request: HttpRequest) -> Actor | None:
    """Who works here, or did until the session ended; a stranger's post is kept for nobody."""
    if isinstance(request.user, User):
        here: Actor = request.actor  # type: ignore[attr-defined]
        return here
    ended: Actor | None = getattr(request, "ended_actor", None)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = Session.objects.select_related("user").filter(session_key=key).first() if key and ended is None else None
    return actor_of(row.user, sessions.chosen_context(row.get_decoded())) if row and row.user else ended


def _binding(actor: Actor) -> str:
    """The person in one role at one place (ACC-08)."""
    place = (actor.user_id, actor.role, actor.institution_id, actor.municipality_id, actor.acting_for_id)
    return f"accounts.unsent:{':'.join(map(str, place))}"
