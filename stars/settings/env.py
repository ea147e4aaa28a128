"""Typed reading of the environment; a missing or weak value stops the start with a sentence (SEC-01)."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None or value == "":
        if default == "":
            return ""
        raise ImproperlyConfigured(f"The environment does not set {name}; see docs/operations.md.")
    return value


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def at_least(name: str, default: int, *, least: int) -> int:
    """A figure the rules leave to the agency down to some limit."""
    value = number(name, default)
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
    return value


def listed(name: str, default: str = "") -> list[str]:
    """A comma-separated value as a list without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def secret(name: str, default: str | None = None) -> str:
    """A secret of at least 32 characters; anything shorter or left at a placeholder is refused."""
    value = text(name, default)
    if len(value) < 32 or "change" in value.lower():
        raise ImproperlyConfigured(f"{name} must be at least 32 random characters.")
    return value


def refuse_shared(**secrets: str) -> None:
    """One key, one purpose: whoever learns one has not learnt another (SEC-01)."""
    if len(set(secrets.values())) < len(secrets):
        raise ImproperlyConfigured(f"{', '.join(secrets)} must all differ: one key for one purpose.")


def database(url: str) -> dict[str, object]:
    """Django's settings for a postgresql:// address; a socket folder may stand in the query (`?host=/run/...`)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(query),
    }
