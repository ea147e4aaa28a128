"""SAML 2.0: our signed request, and what we demand of the answer beyond python3-saml (SAM-07 to SAM-14, SSO-17)."""

import base64
from collections.abc import Mapping

from django.utils import timezone
from lxml import etree
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from . import assertion, farewells, library, moments, prefilter, redirects, signatures
from .agreement import Agreement, current_agreement
from .documents import only, text_of
from .identity import Identity, Refused
from .prefilter import ASSERTION, ASSERTION_TAG, PROTOCOL
from .protocol import Farewell, SignedOut

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


class _Request(OneLogin_Saml2_Authn_Request):  # type: ignore[misc]
    """The library's request with an id of ours: its own has less than 128 random bits (SSO-04)."""

    def __init__(self, built: OneLogin_Saml2_Settings, request_id: str, *, again: bool) -> None:
        self._chosen = request_id
        super().__init__(built, force_authn=again, set_nameid_policy=False)

    def _generate_request_id(self) -> str:
        return self._chosen


class Saml2:
    """The SAML 2.0 side of the adapter."""

    def __init__(self) -> None:
        self._agreement = current_agreement()

    def address_for(self, request_id: str, *, again: bool = False) -> str:
        message = _Request(library.library_settings(self._agreement), request_id, again=again).get_request()
        return redirects.address(self._agreement.sso_url, redirects.REQUEST, message, self._agreement.key)

    def metadata(self) -> bytes:
        return library.metadata(self._agreement)

    def read(self, form: Mapping[str, str]) -> Identity:
        root = prefilter.look_over(form.get("SAMLResponse", ""), self._agreement)
        identity = self._identity(root)
        _refuse_other_envelope(root, identity, self._agreement)
        self._ask_library(root, identity.request_id)
        return identity

    def _identity(self, root: etree._Element) -> Identity:
        certificates = self._agreement.provider_certificates
        signed = signatures.verified(only(root, ASSERTION_TAG), "ID", certificates)
        if root.find(signatures.SIGNATURE_TAG) is not None:
            signatures.verify(root, "ID", certificates)
        return assertion.read(signed, self._agreement, timezone.now())

    def _ask_library(self, root: etree._Element, request_id: str) -> None:
        """A second opinion: the schema and the library's own checks, told our fixed address, never the request's."""
        response = OneLogin_Saml2_Response(
            library.library_settings(self._agreement), base64.b64encode(etree.tostring(root)).decode()
        )
        scheme, _, rest = self._agreement.reply_to.partition("://")
        host, _, path = rest.partition("/")
        where = {"https": "on" if scheme == "https" else "off", "http_host": host, "script_name": f"/{path}"}
        if not response.is_valid(where, request_id=request_id):
            raise Refused("library_refused")

    def sign_out_address(self, signed_out: SignedOut) -> str:
        if not self._agreement.slo_url or not signed_out.name_id:
            return ""
        return farewells.request_address(signed_out, self._agreement)

    def read_farewell(self, raw_query: str) -> Farewell:
        return farewells.read(raw_query, self._agreement, timezone.now())

    def farewell_answer(self, farewell: Farewell) -> str:
        return farewells.answer_address(farewell, self._agreement) if self._agreement.slo_url else ""


def _refuse_other_envelope(root: etree._Element, identity: Identity, agreement: Agreement) -> None:
    """SAM-08, SAM-10, SAM-11 on the Response: success, ours, answering the request named in the signed part."""
    codes = root.findall(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    if root.get("Version") != "2.0" or [code.get("Value") for code in codes] != [SUCCESS]:
        raise Refused("status_not_success")
    if root.get("Destination") != agreement.reply_to:
        raise Refused("wrong_destination")
    if root.get("InResponseTo") != identity.request_id:
        raise Refused("other_request")
    issuers = root.findall(f"{{{ASSERTION}}}Issuer")
    if any(text_of(issuer) != agreement.provider for issuer in issuers) or len(issuers) > 1:
        raise Refused("wrong_issuer")
    moments.recent(root.get("IssueInstant", ""), timezone.now())
