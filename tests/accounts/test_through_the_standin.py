"""The whole way through the stand-in as a real server, in both protocols: in, again, out from either side (F9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.browsers import identified
from accounts.models import Person
from tests.accounts.answers import Keys
from tests.accounts.answers import post as cross_site
from tests.standins.servers import Server, running
from tests.standins.signing_on import PORTAL, get, redirect_of, walk

pytestmark = pytest.mark.django_db

FIELDS = {"saml2": ("SAMLResponse",), "wsfed": ("wa", "wresult", "wctx")}


@contextmanager
def provider(protocol: str, settings: Settings, *options: str) -> Iterator[Server]:
    """The portal trusts a stand-in that speaks this protocol, and both of its certificates."""
    with running("sso", options=("--protocol", protocol, *options)) as server:
        keys = server.extra["keys"]
        settings.STARS_PUBLIC_BASE_URL, settings.STARS_SP_ENTITY_ID = PORTAL, f"{PORTAL}/sso/metadata"
        settings.STARS_IDP_PROTOCOL = protocol
        settings.STARS_IDP_CERT_FILES = [str(keys / "idp.cert.pem"), str(keys / "idp-next.cert.pem")]
        settings.STARS_SP_KEY_FILE, settings.STARS_SP_CERT_FILE = str(keys / "sp.key.pem"), str(keys / "sp.cert.pem")
        settings.STARS_IDP_ALLOWED_AUTHN = ["SMARTID", "EIDAS"]
        settings.STARS_IDP_MIN_LEVEL = 3
        names = (
            ("entity_id", "sso_url", "slo_url")
            if protocol == "saml2"
            else ("issuer", "federation_url", "federation_url")
        )
        settings.STARS_IDP_ENTITY_ID, settings.STARS_IDP_SSO_URL, settings.STARS_IDP_SLO_URL = (
            server.extra[name] for name in names
        )
        yield server


def come(
    server: Server, protocol: str, browser: Client, *, means: str = "SMARTID", ask: str = "", **person: str
) -> int:
    """From our button to our own page again; gives the status of the last answer."""
    address = browser.get(f"/pieslegties/iedzivotajs{ask}")["Location"]
    page = walk(server, address, means=means, **person)
    answered = cross_site(Client(), {name: page.hidden(name) for name in FIELDS[protocol]})
    return int(browser.get(answered["Location"]).status_code if answered.status_code == 303 else answered.status_code)


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize("protocol", ["saml2", "wsfed"])
def test_f9_in_by_either_certificate_and_again(sign_on: Keys, settings: Settings, protocol: str) -> None:
    with provider(protocol, settings) as server:
        browser = Client()
        assert come(server, protocol, browser, persona="P041") == 302
        person = Person.objects.get()
        assert (person.full_name, person.current_code, person.codes.count()) == ("Dina Kļavziede", "35000000001", 2)
        server.turn("rolled")
        assert come(server, protocol, Client(), persona="P041") == 302
        assert Person.objects.count() == 1
        assert come(server, protocol, browser, ask="?atkartoti=1", persona="P041", veids="earlier") == 403
        assert come(server, protocol, browser, ask="?atkartoti=1", persona="P041") == 302
        assert identified.is_fresh(browser.session, timezone.now())
        assert come(server, protocol, Client(), means="EIDAS", persona="P057") == 302


@pytest.mark.parametrize("protocol", ["saml2", "wsfed"])
@pytest.mark.parametrize("kind", ["low", "unmarked", "au", "ur", "dp", "system", "email"])
def test_sso_09_others_stay_outside(sign_on: Keys, settings: Settings, protocol: str, kind: str) -> None:
    with provider(protocol, settings) as server:
        browser = Client()
        assert come(server, protocol, browser, persona="P041", veids=kind) == 400
        assert not is_in(browser)
        assert not Person.objects.exists()


@pytest.mark.parametrize("protocol", ["saml2", "wsfed"])
def test_sso_16_sealed_on_the_way(sign_on: Keys, settings: Settings, protocol: str) -> None:
    settings.STARS_IDP_ENCRYPTS = True
    with provider(protocol, settings, "--encrypt") as server:
        assert come(server, protocol, Client(), persona="P001") == 302


def test_sso_15_out_from_either_side(sign_on: Keys, settings: Settings) -> None:
    with provider("saml2", settings) as server:
        browser = Client()
        come(server, "saml2", browser, persona="P001")
        back = redirect_of(browser.post("/iziet")["Location"])
        assert browser.get(f"/sso/slo?{urlsplit(back).query}")["Location"] == "/"
        assert not is_in(browser)
        come(server, "saml2", browser, persona="P002")
        key = get(server.url).text.partition("Atvērtās sesijas")[2].partition('name="s" value="')[2].partition('"')[0]
        asked = redirect_of(f"{server.url}/beigt", s=key)
        told = Client().get(f"/sso/slo?{urlsplit(asked).query}")["Location"]
        assert not is_in(browser)
        assert "STARS savu sesiju beidza" in get(told).text


def test_wsf_10_out_from_either_side(sign_on: Keys, settings: Settings) -> None:
    with provider("wsfed", settings) as server:
        browser = Client()
        come(server, "wsfed", browser, persona="P001")
        assert f'href="{PORTAL}/sso/slo"' in get(browser.post("/iziet")["Location"]).text
        assert not is_in(browser)
        come(server, "wsfed", browser, persona="P002")
        key = get(server.url).text.partition("Atvērtās sesijas")[2].partition('name="s" value="')[2].partition('"')[0]
        asked = redirect_of(f"{server.url}/beigt", s=key)
        assert browser.get(f"/sso/slo?{urlsplit(asked).query}").content == b""
        assert not is_in(browser)
