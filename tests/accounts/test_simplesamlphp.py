"""A sign-in and a sign-out through a provider none of us wrote; where none is installed there is no such test.

How to have one: tests/standins/simplesamlphp.py.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person, SignInHandle, SignOnSession
from tests.accounts.answers import PORTAL, REPLY_TO, Keys, post
from tests.accounts.farewells import SIGNED_OUT_AT
from tests.standins import simplesamlphp
from tests.standins.simplesamlphp import Browser, Installation

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
FOUND = simplesamlphp.installations()
PERSON = simplesamlphp.Person(
    "PK:01019012345",
    "EID",
    {
        f"{CLAIMS}/givenname": ["ANNA"],
        f"{CLAIMS}/surname": ["BĒRZIŅA"],
        f"{CLAIMS}/privatepersonalidentifier": ["010190-12345"],
        "http://ivis.eps.gov.lv/schema/identity/claims/citizenQAALevel": ["4"],
    },
)

if FOUND:  # no skip: what is not there is not collected

    @pytest.mark.django_db
    @pytest.mark.parametrize("installation", FOUND, ids=lambda one: str(one.code))
    def test_a_login_through_simplesamlphp(
        installation: Installation, sign_on: Keys, portal_keys: Keys, settings: Settings, tmp_path: Path
    ) -> None:
        portal = simplesamlphp.Portal(PORTAL, REPLY_TO, SIGNED_OUT_AT, portal_keys.cert_file)
        keys = (sign_on.key_file, sign_on.cert_file)
        with simplesamlphp.running(installation, tmp_path / "idp", keys, portal, PERSON) as provider:
            settings.STARS_IDP_ENTITY_ID = provider.entity_id
            settings.STARS_IDP_SSO_URL, settings.STARS_IDP_SLO_URL = provider.sso_url, provider.slo_url
            browser, outside = Client(), Browser("https://stars.example.lv")

            # In, and the person is who the provider says.
            address = browser.get("/pieslegties/iedzivotajs", {"next": "/programma/817"})["Location"]
            answered = post(Client(), outside.sign_in(address))
            assert answered.status_code == 303
            assert browser.get(answered["Location"])["Location"] == "/programma/817"
            assert (Person.objects.get().full_name, Person.objects.get().current_code) == (
                "Anna Bērziņa",
                "01019012345",
            )

            # A second browser of the same provider's session signs in without asking anybody anything.
            second = Client()
            again = outside.sign_in(second.get("/pieslegties/iedzivotajs")["Location"])
            second.get(post(Client(), again)["Location"])
            assert "_auth_user_id" in second.session

            # Our button: our signed request is understood, and the signed answer brings the person back.
            leaving = browser.post("/iziet")["Location"]
            back, _ = outside.open(leaving)
            assert back.startswith(f"{SIGNED_OUT_AT}?SAMLResponse=")
            assert browser.get(f"/sso/slo?{urlsplit(back).query}")["Location"] == "/"
            assert "_auth_user_id" not in browser.session

    @pytest.mark.django_db
    @pytest.mark.parametrize("installation", FOUND, ids=lambda one: str(one.code))
    def test_sso_15_simplesamlphp_ends_the_session_it_names(
        installation: Installation, sign_on: Keys, portal_keys: Keys, settings: Settings, tmp_path: Path
    ) -> None:
        portal = simplesamlphp.Portal(PORTAL, REPLY_TO, SIGNED_OUT_AT, portal_keys.cert_file)
        keys = (sign_on.key_file, sign_on.cert_file)
        with simplesamlphp.running(installation, tmp_path / "idp", keys, portal, PERSON) as provider:
            settings.STARS_IDP_ENTITY_ID = provider.entity_id
            settings.STARS_IDP_SSO_URL, settings.STARS_IDP_SLO_URL = provider.sso_url, provider.slo_url
            browser, outside = Client(), Browser("https://stars.example.lv")
            fields = outside.sign_in(browser.get("/pieslegties/iedzivotajs")["Location"])
            browser.get(post(Client(), fields)["Location"])
            assert SignOnSession.objects.count() == 1
            asked, _ = outside.open(f"{provider.slo_url}?ReturnTo={provider.url}/")
            assert asked.startswith(f"{SIGNED_OUT_AT}?SAMLRequest=")
            answer = Client().get(f"/sso/slo?{urlsplit(asked).query}")["Location"]
            assert answer.startswith(f"{provider.slo_url}?SAMLResponse=")
            assert "_auth_user_id" not in browser.session
            finished, page = outside.open(answer)
            assert "error" not in page.lower(), finished

    @pytest.mark.django_db
    @pytest.mark.parametrize("installation", FOUND, ids=lambda one: str(one.code))
    def test_sso_16_what_simplesamlphp_encrypts_by_cbc_is_refused(
        installation: Installation, sign_on: Keys, portal_keys: Keys, settings: Settings, tmp_path: Path
    ) -> None:
        portal = simplesamlphp.Portal(PORTAL, REPLY_TO, SIGNED_OUT_AT, portal_keys.cert_file, wants_sealed=True)
        keys = (sign_on.key_file, sign_on.cert_file)
        with simplesamlphp.running(installation, tmp_path / "idp", keys, portal, PERSON) as provider:
            settings.STARS_IDP_ENTITY_ID, settings.STARS_IDP_SSO_URL = provider.entity_id, provider.sso_url
            settings.STARS_IDP_ENCRYPTS = True
            address = Client().get("/pieslegties/iedzivotajs")["Location"]
            assert post(Client(), Browser("https://stars.example.lv").sign_in(address)).status_code == 400
            assert not SignInHandle.objects.exists()
