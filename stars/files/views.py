"""Files leave from a host of their own, by a signed link, as something to save and never to run (UPL-05)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from . import selectors

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def download(request: HttpRequest, token: str) -> FileResponse:
    """404 for a wrong, old, borrowed or quarantined file alike, and on the portal's own host."""
    browser = request.headers.get("User-Agent", "")
    stored = selectors.file_behind(token, browser) if _is_files_host(request) else None
    if stored is None or not default_storage.exists(stored.path):
        raise Http404
    content = default_storage.open(stored.path, "rb")
    answer = FileResponse(content, as_attachment=True, filename=stored.display_name, content_type=stored.content_type)
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


download.gate = "public"  # type: ignore[attr-defined]  # the signed link is the permission


def _is_files_host(request: HttpRequest) -> bool:
    return request.get_host() == urlsplit(settings.STARS_FILES_BASE_URL).netloc
