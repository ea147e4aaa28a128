"""Whether the provider answers at all: asked by a task, never while a person waits (SSO-19, D1)."""

import http.client
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 5.0  # seconds
AWAY = {502, 503, 504}  # what stands in front of a provider that does not answer


def answers() -> bool:
    """One small request to the agreed address, no redirect followed, no body read. What it answers is its own affair."""
    parts = urlsplit(settings.STARS_IDP_SSO_URL)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path or "/", headers={"Connection": "close"})
        return connection.getresponse().status not in AWAY
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
