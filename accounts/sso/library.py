"""python3-saml as hard as it goes (SAM-14); what it still lets through is checked in our own code."""

from functools import lru_cache
from typing import Any

from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from .agreement import Agreement


@lru_cache(maxsize=4)
def library_settings(agreement: Agreement) -> OneLogin_Saml2_Settings:
    return OneLogin_Saml2_Settings(configuration(agreement))


def configuration(agreement: Agreement) -> dict[str, Any]:
    """Everything written out, so that a changed default of the library changes nothing here."""
    post, redirect = OneLogin_Saml2_Constants.BINDING_HTTP_POST, OneLogin_Saml2_Constants.BINDING_HTTP_REDIRECT
    ours: dict[str, Any] = {
        "entityId": agreement.portal,
        "assertionConsumerService": {"url": agreement.reply_to, "binding": post},
        "NameIDFormat": OneLogin_Saml2_Constants.NAMEID_UNSPECIFIED,
        "x509cert": agreement.certificate,
        "privateKey": agreement.key,
    }
    theirs: dict[str, Any] = {
        "entityId": agreement.provider,
        "singleSignOnService": {"url": agreement.sso_url, "binding": redirect},
        "x509certMulti": {"signing": list(agreement.provider_certificates), "encryption": []},
    }
    if agreement.slo_url:
        ours["singleLogoutService"] = {"url": agreement.signed_out_at, "binding": redirect}
        theirs["singleLogoutService"] = {"url": agreement.slo_url, "binding": redirect}
    return {
        "strict": True,
        "debug": False,
        "sp": ours,
        "idp": theirs,
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


def metadata(agreement: Agreement) -> bytes:
    """Our side for the provider to register; it tells of the key to encrypt to where that is agreed."""
    told = configuration(agreement)
    told["security"]["wantAssertionsEncrypted"] = agreement.takes_encrypted
    described: str | bytes = OneLogin_Saml2_Settings(told).get_sp_metadata()
    return described.encode() if isinstance(described, str) else described
