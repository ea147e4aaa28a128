"""Production: https only, `__Host-` cookies, nothing of the demo installed."""

from django.core.exceptions import ImproperlyConfigured

from . import env
from .base import *  # noqa: F403

if not STARS_PUBLIC_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("STARS_PUBLIC_BASE_URL must be an https:// address in production.")
if not STARS_IDP_CERT_FILES or not STARS_IDP_ALLOWED_AUTHN:
    raise ImproperlyConfigured("STARS_IDP_CERT_FILES and STARS_IDP_ALLOWED_AUTHN may not be empty (SSO-02, SSO-08).")
if any("test" in means.lower() for means in STARS_IDP_ALLOWED_AUTHN):
    raise ImproperlyConfigured("The test means of identification is not allowed in production (SSO-08).")

if not STARS_ADMIN_NETWORKS:
    raise ImproperlyConfigured("STARS_ADMIN_NETWORKS may not be empty in production (ADM-01).")

if any(address and not address.startswith("https://") for address in STARS_REGISTRY_URLS.values()):
    raise ImproperlyConfigured("The registers are reached over https only in production (PDF-03).")

if not STARS_SECURITY_LOG_FOLDER:
    raise ImproperlyConfigured("STARS_SECURITY_LOG_FOLDER may not be empty in production (LOG-04).")

EMAIL_USE_TLS = bool(env.number("STARS_SMTP_TLS", 1))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if STARS_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
STARS_BACKUP_EXPECTED = bool(env.number("STARS_BACKUP_EXPECTED", 1))
