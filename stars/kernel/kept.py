"""What is kept, and under which name: a name says everything that is shown, so what changed is never found again."""

import re
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache, caches
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from .look import look_of

KEPT_SECONDS = 600
_MESSAGES = "messages"
# What HTML itself lets be left out: ends that the next tag tells, and lines between blocks.
_LEFT_OUT = re.compile(
    r"</li>(?=\s*(?:<li|</[uo]l))"
    r"|</d[td]>(?=\s*(?:<d[td]|</d(?:l|iv)))"
    r"|</p>(?=\s*<(?:p|div|dl|ul|h[2-6])[ >])"
    r"|\s*\n\s*(?=</?(?:article|div|dl|ul|li|p|h[2-6]|fieldset|details|form)[ >])"
)


def key_of(kind: str, *said: object) -> str:
    """A name under which whatever `said` decides may be kept: texts, numbers, days, and tuples of them."""
    return f"{kind}:{sha256(repr(said).encode()).hexdigest()}"


def kept_html(key: str, draw: Callable[[], str]) -> str:
    """A piece of a page, drawn when it is not found; repeated a hundredfold, so kept as light as HTML allows."""
    html: str | None = cache.get(key)
    if html is None:
        html = _LEFT_OUT.sub("", draw())
        cache.set(key, html, KEPT_SECONDS)
    return html


def kept_page(request: HttpRequest, *, says: Callable[[], object], draw: Callable[[], HttpResponse]) -> HttpResponse:
    """A whole page for visitors nobody knows, kept under its address, the look and everything it `says`.

    Whoever has a session, or a message waiting, gets the page drawn: nothing of a person is ever kept.
    """
    if not _is_anybody(request):
        return draw()
    key = key_of("page", request.get_host(), request.get_full_path(), look_of(request), get_language(), says())
    content: bytes | None = caches["pages"].get(key)
    if content is not None:
        return HttpResponse(content)
    response = draw()
    if response.status_code == 200 and not response.cookies and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        caches["pages"].set(key, response.content, KEPT_SECONDS)
    return response


def _is_anybody(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and _MESSAGES not in request.COOKIES


# --- before everything else -------------------------------------------------------------
# A page asked for most is looked up before sessions, languages and people are: for somebody nobody knows they decide nothing.

_SEEN = "kept_seen"
_first: dict[str, Callable[[HttpRequest], tuple[object, object]]] = {}


def answer_first(path: str, look: Callable[[HttpRequest], tuple[object, object]]) -> None:
    """The page at this path may be answered before all else. `look` gives what was read for it and everything it says."""
    _first[path] = look


def seen_first(request: HttpRequest) -> object | None:
    """What was read for this request already; then nothing needs to be kept by the view."""
    return getattr(request, _SEEN, None)


def kept_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whole answers with their headers, for visitors nobody knows, kept under everything the page says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        look = _first.get(request.path_info)
        if look is None or request.method != "GET" or not _is_anybody(request) or len(settings.LANGUAGES) > 1:
            return get_response(request)
        try:
            seen, says = look(request)
        except (OperationalError, InterfaceError):
            return get_response(request)  # the view meets the same, and says it in words
        setattr(request, _SEEN, seen)
        key = key_of("whole", request.get_host(), request.get_full_path(), look_of(request), says)
        kept: tuple[bytes, list[tuple[str, str]]] | None = caches["pages"].get(key)
        if kept is not None:
            content, headers = kept
            return HttpResponse(content, headers=dict(headers))
        response = get_response(request)
        if response.status_code == 200 and not response.cookies and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            caches["pages"].set(key, (response.content, list(response.headers.items())), KEPT_SECONDS)
        return response

    return middleware
