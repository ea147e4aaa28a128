"""The portal's side of a sign-on, spoken with python3-saml: makes signed requests, walks the pages, judges answers."""

import contextlib
import http.client
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from tests.standins.servers import Server

PORTAL = "http://127.0.0.1:8000"
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings"
REPLY_TO = f"{PORTAL}/sso/acs"


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    url: str

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', self.text)
        assert found, f"no hidden field {name} in {self.text[:400]}"
        return unescape(found[1])


def settings(
    server: Server, *, means: list[str] | bool = False, certificate: str = "idp.cert.pem"
) -> OneLogin_Saml2_Settings:
    keys = server.extra["keys"]
    redirect = f"{BINDINGS}:HTTP-Redirect"
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": f"{PORTAL}/sso/metadata",
                "assertionConsumerService": {
                    "url": REPLY_TO,
                    "binding": f"{BINDINGS}:HTTP-POST",
                },
                "singleLogoutService": {"url": f"{PORTAL}/sso/slo", "binding": redirect},
                "x509cert": (keys / "sp.cert.pem").read_text(),
                "privateKey": (keys / "sp.key.pem").read_text(),
            },
            "idp": {
                "entityId": server.extra["entity_id"],
                "singleSignOnService": {"url": server.extra["sso_url"], "binding": redirect},
                "singleLogoutService": {"url": server.extra["slo_url"], "binding": redirect},
                "x509cert": (keys / certificate).read_text(),
            },
            "security": {
                "authnRequestsSigned": True,
                "logoutRequestSigned": True,
                "wantAssertionsSigned": True,
                "wantMessagesSigned": True,
                "wantNameId": True,
                "rejectDeprecatedAlgorithm": True,
                "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
                "requestedAuthnContext": means,
            },
        }
    )


def request_data() -> dict[str, Any]:
    return {"http_host": "127.0.0.1:8000", "script_name": "/sso/acs", "https": "off", "get_data": {}, "post_data": {}}


def answered_data(address: str) -> dict[str, Any]:
    """A request as python3-saml wants it, for an address the browser was sent to."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return request_data() | {"script_name": "/sso/slo", "get_data": query, "query_string": urlsplit(address).query}


def begin(server: Server, *, means: list[str] | bool = False) -> tuple[str, str]:
    """The address of a signed request, and its id."""
    auth = OneLogin_Saml2_Auth(request_data(), settings(server, means=means))
    url = auth.login(return_to="relay-1")
    return url, auth.get_last_request_id()


def get(url: str) -> Page:
    return _open(urllib.request.Request(url))


def post(url: str, **fields: str) -> Page:
    return _open(urllib.request.Request(url, urlencode(fields).encode()))


def redirect_of(url: str, **fields: str) -> str:
    """Where an address sends the browser, without going there."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with contextlib.closing(connection):
        connection.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, kind)
        reply = connection.getresponse()
        assert reply.status == 303, reply.read()
        return str(reply.getheader("Location"))


def _open(wish: urllib.request.Request) -> Page:
    try:
        with urllib.request.urlopen(wish, timeout=20) as reply:
            return Page(reply.status, reply.read().decode(), reply.url)
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode(), error.url)


def walk(server: Server, url: str, *, means: str = "SMARTID", **person: str) -> Page:
    """From the request to the page with the answer: consent, means, person (`persona="P001"` or typed fields)."""
    handle = get(url).hidden("p")
    post(f"{server.url}/lidzeklis", p=handle, piekritu="1", lidzeklis=means)
    return post(f"{server.url}/persona", p=handle, **person)


def judge(server: Server, page: Page, request_id: str, *, certificate: str = "idp.cert.pem") -> OneLogin_Saml2_Response:
    """The answer as python3-saml reads it; not valid = AssertionError with its reason."""
    response = OneLogin_Saml2_Response(settings(server, certificate=certificate), page.hidden("SAMLResponse"))
    assert response.is_valid(request_data(), request_id), response.get_error()
    return response
