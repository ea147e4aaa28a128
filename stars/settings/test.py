"""The test suite: throw-away cluster, cheap hashing, templates that refuse undefined variables."""

import os

os.environ.setdefault("SECRET_KEY", "test-only-secret-key-test-only-secret-key")
os.environ.setdefault("STARS_FIELD_KEYS", "t1:dGVzdC1vbmx5LWtleS10ZXN0LW9ubHkta2V5LTAwMDE=")
os.environ.setdefault("STARS_INDEX_KEY", "test-only-index-key-test-only-index-key")
os.environ.setdefault("STARS_AUDIT_KEY", "test-only-audit-key-test-only-audit-key")
os.environ.setdefault("DATABASE_URL", "postgresql://stars@localhost/stars")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")

from .base import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "stars.demo"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["OPTIONS"].pop("pool")  # type: ignore[attr-defined]
DATABASES["default"]["CONN_MAX_AGE"] = 0
