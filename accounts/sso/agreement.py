"""The agreement with the provider, from settings: fixed addresses, names, pinned certificates (SSO-02, SSO-03)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both sides' names and addresses; nothing of it is ever taken from a request or a message."""

    provider: str
    sso_url: str
    slo_url: str
    provider_certificates: tuple[str, ...]
    allowed_means: tuple[str, ...]
    lowest_level: int
    name_format: str
    takes_encrypted: bool
    portal: str
    reply_to: str
    signed_out_at: str
    certificate: str
    key: str


def current_agreement() -> Agreement:
    return Agreement(
        provider=settings.STARS_IDP_ENTITY_ID,
        sso_url=settings.STARS_IDP_SSO_URL,
        slo_url=settings.STARS_IDP_SLO_URL,
        provider_certificates=tuple(read(name) for name in settings.STARS_IDP_CERT_FILES),
        allowed_means=tuple(settings.STARS_IDP_ALLOWED_AUTHN),
        lowest_level=settings.STARS_IDP_MIN_LEVEL,
        name_format=settings.STARS_IDP_NAME_FORMAT,
        takes_encrypted=settings.STARS_IDP_ENCRYPTS,
        portal=settings.STARS_SP_ENTITY_ID,
        reply_to=settings.STARS_PUBLIC_BASE_URL + reverse("accounts:sso_answer"),
        signed_out_at=settings.STARS_PUBLIC_BASE_URL + reverse("accounts:sso_sign_out"),
        certificate=read(settings.STARS_SP_CERT_FILE) if settings.STARS_SP_CERT_FILE else "",
        key=read(settings.STARS_SP_KEY_FILE) if settings.STARS_SP_KEY_FILE else "",
    )


@lru_cache(maxsize=16)
def read(name: str) -> str:
    """A PEM file, read once a process: a new certificate comes with a restart."""
    return Path(name).read_text(encoding="ascii")
