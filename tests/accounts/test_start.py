"""The portal does not start with a sign-on that would not be safe, and says so while the database is away."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client
from pytest_django import Settings

from accounts import sso, tasks
from tests.accounts.answers import Keys
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, FailedSignInFactory


def test_a_whole_agreement_is_fine(sign_on: Keys) -> None:
    sso.check_settings()


@pytest.mark.parametrize(
    "name",
    [
        "STARS_IDP_ENTITY_ID",
        "STARS_IDP_CERT_FILES",
        "STARS_IDP_ALLOWED_AUTHN",
        "STARS_SP_KEY_FILE",
        "STARS_SP_CERT_FILE",
    ],
)
def test_sso_02_08_a_part_of_the_agreement_is_missing(sign_on: Keys, settings: Settings, name: str) -> None:
    setattr(settings, name, type(getattr(settings, name))())
    with pytest.raises(ImproperlyConfigured, match=name):
        sso.check_settings()


def test_sso_02_three_certificates_are_no_roll_over(sign_on: Keys, settings: Settings) -> None:
    settings.STARS_IDP_CERT_FILES = [str(sign_on.cert_file)] * 3
    with pytest.raises(ImproperlyConfigured):
        sso.check_settings()


def test_an_unknown_protocol(settings: Settings) -> None:
    settings.STARS_IDP_PROTOCOL = "smoke signals"
    with pytest.raises(ImproperlyConfigured, match="saml2"):
        sso.check_settings()


@pytest.mark.django_db
def test_f6_a_signed_in_person_sees_the_503_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(Client(), ClientFactory())

    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", away)
        response = browser.get("/profils")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert browser.get("/profils/mans-profils").status_code == 200


@pytest.mark.django_db
def test_sweep_sign_in_by_the_clock_leaves_counters_that_count() -> None:
    fresh = FailedSignInFactory()
    old = FailedSignInFactory(window_start=fresh.window_start.replace(year=2020))
    tasks.sweep_sign_in()
    assert type(fresh).objects.filter(pk=fresh.pk).exists()
    assert not type(old).objects.filter(pk=old.pk).exists()
