"""The owner's acceptance machine: production's code path with the seeding command installed (AC-01, AC-02)."""

from .base import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "stars.demo"]
SECURE_COOKIES = STARS_PUBLIC_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
