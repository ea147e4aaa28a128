"""The state's single sign-on behind one adapter; `adapter()` is chosen by STARS_IDP_PROTOCOL (SSO-03)."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .availability import answers
from .claims import Unclear
from .identity import Identity, Refused
from .moments import is_recent as was_recent
from .protocol import Farewell, SignedOut, SignOn, Word
from .saml2 import Saml2
from .wsfed import WsFederation

__all__ = [
    "Farewell",
    "Identity",
    "Refused",
    "SignOn",
    "SignedOut",
    "Unclear",
    "Word",
    "adapter",
    "answers",
    "check_settings",
    "is_configured",
    "was_recent",
]

_PROTOCOLS: dict[str, Callable[[], SignOn]] = {"saml2": Saml2, "wsfed": WsFederation}
_NEEDED = ("STARS_IDP_ENTITY_ID", "STARS_IDP_CERT_FILES", "STARS_IDP_ALLOWED_AUTHN")
_OUR_KEY = ("STARS_SP_KEY_FILE", "STARS_SP_CERT_FILE")


def adapter() -> SignOn:
    """The configured protocol, reading the settings anew; Refused where there is none."""
    if not is_configured():
        raise Refused("no_sign_on")
    return _PROTOCOLS[settings.STARS_IDP_PROTOCOL]()


def is_configured() -> bool:
    """Whether there is a sign-on to send people to."""
    return bool(settings.STARS_IDP_SSO_URL)


def check_settings() -> None:
    """Refuses to start with an unknown protocol, or with a provider nobody vouches for (SSO-02, SSO-08)."""
    if settings.STARS_IDP_PROTOCOL not in _PROTOCOLS:
        known = ", ".join(sorted(_PROTOCOLS))
        raise ImproperlyConfigured(f"STARS_IDP_PROTOCOL must be one of: {known}.")
    if not is_configured():
        return  # no sign-on: the sign-in page says so
    has_key = settings.STARS_IDP_PROTOCOL == "saml2" or settings.STARS_IDP_ENCRYPTS  # we sign requests, or open answers
    needed = (*_NEEDED, *(_OUR_KEY if has_key else ()))
    if missing := [name for name in needed if not getattr(settings, name)]:
        raise ImproperlyConfigured(f"STARS_IDP_SSO_URL is set, but not {', '.join(missing)}; see docs/acceptance.md.")
    if len(settings.STARS_IDP_CERT_FILES) > 2:
        raise ImproperlyConfigured("STARS_IDP_CERT_FILES holds one certificate, or two while they are rolled over.")
    for name in ("STARS_IDP_SSO_URL", "STARS_IDP_SLO_URL"):
        if (value := getattr(settings, name)) and (urlsplit(value).scheme not in {"https", "http"} or "#" in value):
            raise ImproperlyConfigured(f"{name} must be a web address.")
