"""Health, readiness and the pages of things that went wrong."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from .errors import DomainError
from .secrets import decrypt, encrypt

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: touches nothing outside the process."""
    return HttpResponse("ok", content_type="text/plain")


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _keys() -> bool:
    return decrypt(encrypt("x", bound_to="readyz"), bound_to="readyz") == "x"


def _redis() -> bool:
    return bool(Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://"), socket_timeout=0.5).ping())


REQUIRED: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations, "keys": _keys}
DEGRADING: dict[str, Callable[[], bool]] = {"redis": _redis}


def _probe(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (Error, RedisError, OSError) as error:
        logger.warning("probe_failed probe=%s error=%s", name, type(error).__name__)
        return False


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 where the portal cannot serve; 200 "degraded" where one dependency is away (reliability.md 9). Cached 5 s."""
    known = cache.get("readyz")
    if known is None:
        required = {name: _probe(name, check) for name, check in REQUIRED.items()}
        degrading = {name: _probe(name, check) for name, check in DEGRADING.items()} if all(required.values()) else {}
        known = {"required": required, "degrading": degrading}
        cache.set("readyz", known, 5)
    ready = all(known["required"].values())
    status = "ready" if ready and all(known["degrading"].values()) else "degraded" if ready else "unavailable"
    return JsonResponse(
        {"status": status, "checks": known["required"] | known["degrading"]}, status=200 if ready else 503
    )


def _page(request: HttpRequest, template: str, status: int, **context: object) -> HttpResponse:
    """Rendered without context processors: error pages may not need a database, a session or a signed-in person."""
    context["request_id"] = getattr(request, "request_id", "-")
    return HttpResponse(loader.get_template(template).render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("csrf_refused reason=%s", reason)
    return _page(request, "403_csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404.html", 404)


def too_late(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _page(request, "409.html", 409, message=error.message)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500.html", 500)


def service_unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(request, "503.html", 503)
    response["Retry-After"] = "10"
    return response
