"""What is the same everywhere; local, test, acceptance and production each add their few lines."""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from stars.kernel.pooled import Pooled

from . import env

BASE_DIR = env.BASE_DIR
VAR_DIR = Path(env.text("STARS_VAR", str(BASE_DIR / "var")))

SECRET_KEY = env.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listed("SECRET_KEY_FALLBACKS")
STARS_FIELD_KEYS = env.text("STARS_FIELD_KEYS")  # "id:base64key,id:base64key", the first one encrypts
STARS_INDEX_KEY = env.secret("STARS_INDEX_KEY")
STARS_AUDIT_KEY = env.secret("STARS_AUDIT_KEY")
env.refuse_shared(SECRET_KEY=SECRET_KEY, STARS_INDEX_KEY=STARS_INDEX_KEY, STARS_AUDIT_KEY=STARS_AUDIT_KEY)

DEBUG = False
STARS_PUBLIC_BASE_URL = env.text("STARS_PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
STARS_FILES_BASE_URL = env.text("STARS_FILES_BASE_URL", "http://localhost:8000").rstrip("/")
STARS_ADMIN_BASE_URL = env.text("STARS_ADMIN_BASE_URL", STARS_PUBLIC_BASE_URL).rstrip("/")
# Networks the agency works from, for example "193.40.0.0/16, 2001:db8::/32"; empty = the admin opens from anywhere (ADM-01).
STARS_ADMIN_NETWORKS = env.listed("STARS_ADMIN_NETWORKS")
STARS_TRUSTED_PROXY_COUNT = env.number("STARS_TRUSTED_PROXY_COUNT", 0)
ALLOWED_HOSTS = env.listed("STARS_ALLOWED_HOSTS", "127.0.0.1,localhost")

INSTALLED_APPS = [
    "stars.kernel",
    "stars.classifiers",
    "stars.files",
    "stars.notices",
    "accounts",
    "documents",
    "funding",
    "catalog",
    "applications",
    "calls",
    "stars.pages",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "stars.kernel.apps.AgencyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "stars.kernel.middleware.arrival",  # T2: the arrival stamp is taken before anything else
    "stars.kernel.middleware.request_id",  # AC-05
    "stars.kernel.middleware.database_away",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "stars.kernel.middleware.security_headers",
    "stars.kernel.middleware.alive",  # before anything asks for the host
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stars.kernel.kept.kept_first",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.actor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "stars.kernel.middleware.only_by_its_button",
    "stars.kernel.middleware.upload",
    "stars.kernel.middleware.domain_errors",
    "accounts.middleware.agency_door",
]

ROOT_URLCONF = "stars.urls"
WSGI_APPLICATION = "stars.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "stars.kernel.templatetags.stars",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stars.pages.navigation.navigation",
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASE_POOL = {  # without a timeout every request hangs behind a full pool
    "connection_class": Pooled,
    "min_size": 1,
    "max_size": 8,
    "timeout": 3,
}
DATABASES = {"default": env.database(env.text("DATABASE_URL"))}
DATABASES["default"]["OPTIONS"] |= {  # type: ignore[operator]
    "pool": DATABASE_POOL,
    "options": "-c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000 -c lock_timeout=3000"
    " -c plan_cache_mode=force_generic_plan -c pg_trgm.word_similarity_threshold=0.5",  # how near a misspelt word of the search must be
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Kept in each process, for a look into it must cost less than drawing: pieces of pages, and whole public pages (40 kB each).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1000}},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,  # who rings the doorbell does not wait for it to be mended (D1, D3); workers reconnect by themselves
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver-due-mail": {"task": "notices.deliver_due", "schedule": 5.0},
    "sweep-expired-drafts": {"task": "applications.sweep_drafts", "schedule": 3600.0},
    "tell-due": {"task": "applications.tell_due", "schedule": 5.0},
    "tell-rescheduled": {"task": "applications.tell_due_rescheduled", "schedule": 60.0},
    "remind-of-drafts": {"task": "applications.remind_drafts", "schedule": 300.0},
    "warn-of-lapsing-money": {"task": "funding.warn_of_lapsing", "schedule": 3600.0},
    "check-due-accounts": {"task": "funding.check_due_accounts", "schedule": 60.0},
    "close-due-applications": {"task": "applications.close_due", "schedule": 60.0},
    "check-addresses": {"task": "calls.check_venues", "schedule": 30.0},
    "remind-of-closing-calls": {"task": "calls.remind_of_closing", "schedule": 600.0},
    "watch-commissions": {"task": "calls.watch_commissions", "schedule": 900.0},
    "expire-grants": {"task": "funding.expire_grants", "schedule": 3600.0},
    "tell-of-new-programmes": {"task": "catalog.tell_of_new_programmes", "schedule": 3600.0},
    "reindex-renamed": {"task": "catalog.reindex_renamed", "schedule": 300.0},
    "ask-sign-on": {"task": "accounts.ask_sign_on", "schedule": 30.0},
    "guard-doors": {"task": "accounts.guard_doors", "schedule": 20.0},  # I16: within sixty seconds
    "end-rights": {"task": "accounts.end_rights", "schedule": 900.0},
    "sweep-registrations": {"task": "accounts.sweep_registrations", "schedule": 3600.0},
    "sweep-sign-in": {"task": "accounts.sweep_sign_in", "schedule": 600.0},
    "answer-due-questions": {"task": "accounts.answer_due_questions", "schedule": 20.0},
    "ask-about-deaths": {"task": "accounts.ask_about_deaths", "schedule": 3600.0},
    "render-due-documents": {"task": "files.render_due", "schedule": 20.0},
    "sweep-verifications": {"task": "documents.sweep_checks", "schedule": 3600.0},
    "make-due-exports": {"task": "pages.exports_due", "schedule": 60.0},
    "scan-due-files": {"task": "files.scan_due", "schedule": 20.0},
    "ring-alarms": {"task": "kernel.ring_alarms", "schedule": 300.0},
    # In UTC, outside the hour that a change of the clocks gives twice or takes away (T3).
    "remind-of-contacts": {"task": "accounts.remind_of_contacts", "schedule": crontab(hour=7, minute=10)},
    "forget-security-log": {"task": "kernel.forget_security_log", "schedule": crontab(hour=22, minute=30)},
    "forget-runs": {"task": "kernel.forget_runs", "schedule": crontab(hour=22, minute=40)},
    "apply-retention": {"task": "pages.apply_retention", "schedule": crontab(hour=22, minute=50)},
    "check-invariants": {"task": "pages.check_invariants", "schedule": crontab(hour=23, minute=10)},
}
CELERY_BEAT_SCHEDULER = "stars.kernel.beat:OneBeat"  # two beats do no harm (O4)
STARS_BACKUP_EXPECTED = bool(env.number("STARS_BACKUP_EXPECTED", 0))  # production: an alarm where the last one is old

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.TermsValidator"},
    {"NAME": "accounts.passwords.FrequentValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
]
LOGIN_URL = "accounts:sign_in"
SESSION_ENGINE = "accounts.browsers.store"  # D3: PostgreSQL, never a cache; SES-03: it knows whose session it is
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "stars.kernel.views.csrf_failure"

LANGUAGE_CODE = "lv"
LANGUAGES = [("lv", _("Latvian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "stars.settings.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Riga"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nobody names the others
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stars.kernel.static.StaticFiles"},
}
MEDIA_ROOT = env.text("STARS_MEDIA_ROOT", str(VAR_DIR / "media"))
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("STARS_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("STARS_SMTP_PORT", 2525)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("STARS_SMTP_USER", ""), env.text("STARS_SMTP_PASSWORD", "")
EMAIL_USE_TLS = bool(env.number("STARS_SMTP_TLS", 0))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = "STARS <stars@viaa.gov.lv>"
STARS_CLAMD_HOST = env.text("STARS_CLAMD_HOST", "127.0.0.1")
STARS_CLAMD_PORT = env.number("STARS_CLAMD_PORT", 3310)

STARS_CONTACTS_MONTHS = env.number("STARS_CONTACTS_MONTHS", 6)  # after which an institution is reminded (terms 17.2)
# PEM files of certificates the agency trusts to name signers; empty = trust is "not checked" (stack.md).
STARS_SIGNATURE_ROOT_FILES = env.listed("STARS_SIGNATURE_ROOT_FILES")

# The state's registers (terms 26.1): fixed addresses, reached by workers only (PDF-03). Empty = not connected.
STARS_REGISTRY_URLS = {
    registry: env.text(name, "").rstrip("/")
    for registry, name in (
        ("fpr", "STARS_REGISTRY_PMLP_URL"),
        ("vid", "STARS_REGISTRY_VID_URL"),
        ("viis", "STARS_REGISTRY_VIIS_URL"),
    )
}
STARS_REGISTRY_CA_FILE = env.text("STARS_REGISTRY_CA_FILE", "")  # whom to trust; empty = the system's authorities

STARS_FILTER_PRIOR_EDUCATION = bool(env.number("STARS_FILTER_PRIOR_EDUCATION", 1))  # the catalogue's ninth filter

# State single sign-on (security.md 2-3). The provider's certificates are pinned here and nowhere else (SSO-02).
STARS_IDP_PROTOCOL = env.text("STARS_IDP_PROTOCOL", "saml2")
STARS_IDP_ENTITY_ID = env.text("STARS_IDP_ENTITY_ID", "")
STARS_IDP_SSO_URL = env.text("STARS_IDP_SSO_URL", "")
STARS_IDP_SLO_URL = env.text("STARS_IDP_SLO_URL", "")
STARS_IDP_CERT_FILES = env.listed("STARS_IDP_CERT_FILES")
STARS_IDP_ALLOWED_AUTHN = env.listed("STARS_IDP_ALLOWED_AUTHN")
STARS_IDP_MIN_LEVEL = env.number("STARS_IDP_MIN_LEVEL", 3)
STARS_IDP_CODE_PREFIXES = ["PK:", "PNOLV-"]  # before the eleven digits of a natural person (SSO-09)
STARS_IDP_NAME_FORMAT = env.text("STARS_IDP_NAME_FORMAT", "urn:ivis:100001:name.id-viss")  # of WS-Federation's names
STARS_IDP_ENCRYPTS = bool(env.number("STARS_IDP_ENCRYPTS", 0))  # whether encrypted answers are agreed on (SSO-16)
STARS_IDP_PROBE = bool(env.number("STARS_IDP_PROBE", 1))  # whether we may ask the provider if it is there (SSO-19)
STARS_SP_ENTITY_ID = env.text("STARS_SP_ENTITY_ID", f"{STARS_PUBLIC_BASE_URL}/sso/metadata")
STARS_SP_KEY_FILE = env.text("STARS_SP_KEY_FILE", "")
STARS_SP_CERT_FILE = env.text("STARS_SP_CERT_FILE", "")

# A form that leads to the provider: signing in starts there, and signing out goes on there (SSO-15).
_idp_origins = sorted({"/".join(url.split("/")[:3]) for url in (STARS_IDP_SSO_URL, STARS_IDP_SLO_URL) if url})
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *_idp_origins],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # its askers are in the house and speak no TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The security log once more as files of its own, one a day, kept apart from what the host rotates (LOG-04). Empty = not kept.
STARS_SECURITY_LOG_FOLDER = env.text("STARS_SECURITY_LOG_FOLDER", "")
# UPL-01 of an institution, over all the years it co-operates; one offer of the first call needs some sixty files.
STARS_INSTITUTION_FILES = env.at_least("STARS_INSTITUTION_FILES", 1000, least=100)
STARS_INSTITUTION_MEGABYTES = env.at_least("STARS_INSTITUTION_MEGABYTES", 4000, least=1000)
STARS_SECURITY_LOG_DAYS = env.at_least("STARS_SECURITY_LOG_DAYS", 550, least=549)  # eighteen months
_kept = ["kept"] if STARS_SECURITY_LOG_FOLDER else []
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "stars.kernel.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "stars.kernel.logs.LineFormatter"}},
    "handlers": {
        "stream": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"},
        "kept": {
            "class": "stars.kernel.logs.DailyFile",
            "folder": STARS_SECURITY_LOG_FOLDER,
            "filters": ["request_id"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stream"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Where security events come from (LOG-03): doors, refused answers and uploads, keys.
        "stars.security": {"handlers": _kept},
        "accounts": {"handlers": _kept},
        "stars.files": {"handlers": _kept},
        "stars.kernel.keys": {"handlers": _kept},
        # They name the holders of certificates, personal codes among it (LOG-02, COD-04).
        "pyhanko": {"handlers": [], "propagate": False, "level": "CRITICAL"},
        "pyhanko_certvalidator": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    },
}
