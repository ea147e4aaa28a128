"""The first and the last thing that happens to every request."""

import logging
import re
import secrets
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from . import logs
from .errors import Busy, DomainError
from .transactions import PASSING
from .views import healthz, service_unavailable, too_late, try_again, wrong_method

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{1,64}")
_PUBLIC_PREFIXES = ("/static/",)


def arrival(get_response: Next) -> Next:
    """T2: the arrival stamp, taken once, before body parsing, session and locks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _new_id() -> str:
    """64 random bits in groups of four, so that a person can read them out on the phone: ``7f3a-21c8-09de-b4e1``."""
    drawn = secrets.token_hex(8)
    return "-".join(drawn[at : at + 4] for at in range(0, len(drawn), 4))


def request_id(get_response: Next) -> Next:
    """AC-05: a well-formed incoming id is kept, else one is made; echoed on every response and in every log line.

    One that could be somebody's code is not kept: ids stand in the trail for good (LOG-02).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        chosen = given if _WELL_FORMED.fullmatch(given) and logs.clean(given) == given else _new_id()
        request.request_id = chosen  # type: ignore[attr-defined]
        token = logs.request_id.set(chosen)
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = chosen
        return response

    return middleware


def database_away(get_response: Next) -> Next:
    """F6: while the database is away people get a 503 page with Retry-After, and the portal recovers by itself.

    A row somebody else held while a form was sent is no such thing (K5): the page to press again. Reading locks no row; what
    it waits for is a table, and that is planned work (F7).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.method == "POST" and isinstance(exception.__cause__, (LockNotAvailable, *PASSING)):
            logger.warning("transaction_undone code=%s", exception.__cause__.sqlstate)
            return try_again(request, Busy())
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("database_away error=%s", type(exception).__name__)
            return service_unavailable(request)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def security_headers(get_response: Next) -> Next:
    """WEB-04: the headers Django and django-csp do not set; personal pages are never stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        if not request.path.startswith(_PUBLIC_PREFIXES) and request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def alive(get_response: Next) -> Next:
    """AC-04: the proxy and the container's own check ask plainly and by number; by which host or scheme is no matter here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == "/healthz" else get_response(request)

    return middleware


def domain_errors(get_response: Next) -> Next:
    """A refusal no form has caught still becomes a page with its sentence (409, 503 to press again), never a 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Busy):
            return try_again(request, exception)
        return too_late(request, exception) if isinstance(exception, DomainError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def only_by_its_button(get_response: Next) -> Next:
    """405: an address that answers buttons only, opened by itself, gets words instead of a blank page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content or request.method != "GET":
            return response
        page = wrong_method(request)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def upload(get_response: Next) -> Next:
    """A script that sends files cannot leave a redirect unread: it is told where to go (static/js/upload.js)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.headers.get("X-Upload") and isinstance(response, HttpResponseRedirect):
            told = HttpResponse(status=204, headers={"X-Location": response.url})
            told.cookies = response.cookies
            return told
        return response

    return middleware
