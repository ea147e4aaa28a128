"""Sign-on settings of the tests: our own provider, with keys made once."""

from collections.abc import Callable

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from tests.accounts.answers import MEANS, PORTAL, PROVIDER, Answer, Keys, post


@pytest.fixture(scope="session")
def provider_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.made_in(tmp_path_factory.mktemp("provider"), "provider")


@pytest.fixture(scope="session")
def stranger_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.made_in(tmp_path_factory.mktemp("stranger"), "stranger")


@pytest.fixture(scope="session")
def portal_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.made_in(tmp_path_factory.mktemp("portal"), "portal")


@pytest.fixture
def sign_on(settings: Settings, provider_keys: Keys, portal_keys: Keys) -> Keys:
    """The portal is set up to trust our provider; gives the provider's keys."""
    settings.STARS_PUBLIC_BASE_URL = "https://stars.example.lv"
    settings.STARS_IDP_PROTOCOL = "saml2"
    settings.STARS_IDP_ENTITY_ID = PROVIDER
    settings.STARS_IDP_SSO_URL = "https://idp.example.lv/saml/sso"
    settings.STARS_IDP_SLO_URL = ""
    settings.STARS_IDP_CERT_FILES = [str(provider_keys.cert_file)]
    settings.STARS_IDP_ALLOWED_AUTHN = list(MEANS)
    settings.STARS_IDP_MIN_LEVEL = 3
    settings.STARS_IDP_ENCRYPTS = False
    settings.STARS_SP_ENTITY_ID = PORTAL
    settings.STARS_SP_KEY_FILE = str(portal_keys.key_file)
    settings.STARS_SP_CERT_FILE = str(portal_keys.cert_file)
    return provider_keys


@pytest.fixture
def wsfed(sign_on: Keys, settings: Settings) -> Keys:
    """The same agreement, but that WS-Federation is spoken; gives the provider's keys."""
    settings.STARS_IDP_PROTOCOL = "wsfed"
    settings.STARS_IDP_SSO_URL = "https://idp.example.lv/sts/"
    settings.STARS_SP_KEY_FILE = settings.STARS_SP_CERT_FILE = ""
    return sign_on


Begin = Callable[..., str]


@pytest.fixture
def begin(sign_on: Keys) -> Begin:
    """Begin a sign-in in a browser; gives the id of its request, as the browser's cookie keeps it."""

    def start(browser: Client, next_path: str = "") -> str:
        browser.get("/pieslegties/iedzivotajs", {"next": next_path} if next_path else {})
        cookie = browser.cookies["stars_sign_in"].value
        rows = signing.loads(cookie, salt="accounts.sso.pending")
        return str(rows[-1][0])

    return start


SignInAs = Callable[..., object]


@pytest.fixture
def answered(sign_on: Keys, begin: Begin) -> SignInAs:
    """The whole way in one browser: request, answer, finish; gives the last response."""

    def run(browser: Client, answer: Answer | None = None, next_path: str = "") -> object:
        request_id = begin(browser, next_path)
        fields = (answer or Answer()).but(request_id=request_id).posted(sign_on)
        posted = post(Client(), fields)  # a cross-site post: the browser's Lax cookies stay at home
        return browser.get(posted["Location"]) if posted.status_code == 303 else posted

    return run
