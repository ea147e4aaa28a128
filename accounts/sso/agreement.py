"""The agreement with the provider, from settings: fixed addresses, names, pinned certificates (SSO-02, SSO-03)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.settings import OneLogin_Saml2_Settings


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both sides' names and addresses; nothing of it is ever taken from a request or a message."""

    provider: str
    sso_url: str
    slo_url: str
    provider_certificates: tuple[str, ...]
    allowed_means: tuple[str, ...]
    lowest_level: int
    portal: str
    reply_to: str
    certificate: str
    key_file: str


def current_agreement() -> Agreement:
    return Agreement(
        provider=settings.STARS_IDP_ENTITY_ID,
        sso_url=settings.STARS_IDP_SSO_URL,
        slo_url=settings.STARS_IDP_SLO_URL,
        provider_certificates=tuple(_read(name) for name in settings.STARS_IDP_CERT_FILES),
        allowed_means=tuple(settings.STARS_IDP_ALLOWED_AUTHN),
        lowest_level=settings.STARS_IDP_MIN_LEVEL,
        portal=settings.STARS_SP_ENTITY_ID,
        reply_to=settings.STARS_PUBLIC_BASE_URL + reverse("accounts:sso_answer"),
        certificate=_read(settings.STARS_SP_CERT_FILE),
        key_file=settings.STARS_SP_KEY_FILE,
    )


@lru_cache(maxsize=16)
def _read(name: str) -> str:
    return Path(name).read_text(encoding="ascii")


@lru_cache(maxsize=4)
def library_settings(agreement: Agreement) -> OneLogin_Saml2_Settings:
    """python3-saml as hard as it goes (SAM-14); what it still lets through is checked in our own code."""
    return OneLogin_Saml2_Settings(configuration(agreement))


def configuration(agreement: Agreement) -> dict[str, Any]:
    post, redirect = OneLogin_Saml2_Constants.BINDING_HTTP_POST, OneLogin_Saml2_Constants.BINDING_HTTP_REDIRECT
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": agreement.portal,
            "assertionConsumerService": {"url": agreement.reply_to, "binding": post},
            "NameIDFormat": OneLogin_Saml2_Constants.NAMEID_UNSPECIFIED,
            "x509cert": agreement.certificate,
            "privateKey": _read(agreement.key_file),
        },
        "idp": {
            "entityId": agreement.provider,
            "singleSignOnService": {"url": agreement.sso_url, "binding": redirect},
            "x509certMulti": {"signing": list(agreement.provider_certificates), "encryption": []},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantMessagesSigned": False,  # a Response signature is verified where there is one
            "wantNameId": True,
            "wantAttributeStatement": True,
            "allowRepeatAttributeName": False,
            "rejectDeprecatedAlgorithm": True,
            "allowSingleLabelDomains": False,
            "authnRequestsSigned": True,
            "logoutRequestSigned": True,
            "logoutResponseSigned": True,
            "failOnAuthnContextMismatch": True,
            "signatureAlgorithm": OneLogin_Saml2_Constants.RSA_SHA256,
            "digestAlgorithm": OneLogin_Saml2_Constants.SHA256,
            "requestedAuthnContext": list(agreement.allowed_means),
            "requestedAuthnContextComparison": "exact",
        },
    }
