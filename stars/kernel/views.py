"""Health, readiness and the pages of things that went wrong."""

import logging
import sys
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import loader
from django.urls import is_valid_path
from django.views.decorators.http import require_safe

from . import health
from .errors import Busy, DomainError
from .look import look_of

logger = logging.getLogger(__name__)
CSRF_FIELD = "csrfmiddlewaretoken"
ECHOED_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SECRET_FIELDS = ("password", "token_code", "otp")  # never sent back in a page


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: touches nothing outside the process."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 where the portal cannot serve; 200 "degraded" where a neighbour is away (reliability.md 9). Answers of 5 s."""
    state = health.state()
    told = {"status": state.word, "checks": state.required | state.degrading}
    return JsonResponse(told, status=200 if state.is_ready else 503)


def _page(request: HttpRequest, template: str, status: int, *, framed: bool = False, **context: object) -> HttpResponse:
    """Stands alone, because an error page may not need a database, a session or a signed-in person.

    Where only the request is at fault the page is `framed` by the portal's menus, as long as they can be had.
    """
    context |= {"request_id": getattr(request, "request_id", "-"), "look": look_of(request)}
    page = loader.get_template(template)
    if framed:
        try:
            return HttpResponse(page.render(context, request), status=status)
        except Error as error:
            logger.warning("page_without_menus status=%s error=%s", status, type(error).__name__)
    return HttpResponse(page.render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403.html", 403, framed=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """F17: a tab from before. What it held is not sent, and its page can be opened anew."""
    logger.warning("csrf_refused reason=%s", reason)
    return _page(request, "403_csrf.html", 403, again=_came_from(request))


def _came_from(request: HttpRequest) -> str:
    """The page of ours the form stood on, as a path."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or not page.path.startswith("/") or page.path.startswith("//"):
        return ""
    return page.path + (f"?{page.query}" if page.query else "")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No address of ours ends in a slash (screens.md 1); whoever types one is led to the page without it."""
    bare = request.path.rstrip("/")
    if bare != request.path and request.method == "GET" and is_valid_path(bare) and not is_valid_path(request.path):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{bare}?{query}" if query else bare)
    return _page(request, "404.html", 404, framed=True)


def wrong_method(request: HttpRequest) -> HttpResponse:
    return _page(request, "405.html", 405, framed=True)


def too_late(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _page(request, "409.html", 409, framed=True, message=error.message)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return _page(request, "429.html", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django asks for this page while it handles the error: a database that is away is no fault of the code (F6)."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return service_unavailable(request)
    return _page(request, "500.html", 500)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """F6, F7: the database is away or swamped. A form that was being sent can be sent again from here."""
    response = _page(request, "503.html", 503, **_form_of(request))
    response["Retry-After"] = "10"
    return response


def try_again(request: HttpRequest, error: Busy) -> HttpResponse:
    """K5: nothing was changed; the same press again sends everything typed, token and all."""
    response = _page(request, "busy.html", 503, message=error.message, **_form_of(request))
    response["Retry-After"] = "3"
    return response


def _form_of(request: HttpRequest) -> dict[str, Any]:
    """What was posted from a form of ours, to be posted once more; nothing where a secret or a file is in it.

    A form of ours carries its token, and the second post is checked like the first.
    """
    nothing: dict[str, Any] = {"action": "", "typed": []}
    if request.method != "POST" or request.content_type not in ECHOED_TYPES:
        return nothing
    try:
        posted, files = request.POST, request.FILES
    except (SuspiciousOperation, OSError):  # too much of it, or the person is gone
        return nothing
    is_ours = CSRF_FIELD in posted or getattr(request, "csrf_processing_done", False)
    if not is_ours or files or any(word in name for name in posted for word in SECRET_FIELDS):
        return nothing
    return {
        "action": request.get_full_path(),
        "typed": [(name, value) for name, values in posted.lists() for value in values if name != CSRF_FIELD],
        "csrf_token": posted.get(CSRF_FIELD, ""),
    }
