"""Where the admin opens, and that names of people stand in no address (ADM-01, WEB-05)."""

import logging
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.browsers.addresses import is_within
from accounts.models import Invitation, Person, Registration, Right, User
from calls.models import Seat
from stars.kernel.admin import SearchedByPost
from stars.kernel.models import AccessEntry
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"


@pytest.fixture
def officer() -> User:
    user: User = AgencyUserFactory.create()
    return user


def status(user: User, address: str, **more: Any) -> int:
    return signed_in(Client(REMOTE_ADDR=address), user).get(ADMIN, **more).status_code


def test_adm_01_without_networks_it_opens_from_anywhere(officer: User) -> None:
    assert status(officer, "203.0.113.9") == 200


@pytest.mark.parametrize(
    ("address", "found"),
    [("192.0.2.7", 200), ("192.0.3.7", 404), ("2001:db8:1::5", 200), ("2001:db9::5", 404), ("nonsense", 404)],
)
def test_adm_01_with_networks_it_is_there_only_from_within(
    officer: User, settings: Any, address: str, found: int
) -> None:
    settings.STARS_ADMIN_NETWORKS = ["192.0.2.0/24", "2001:db8::/32"]
    assert status(officer, address) == found


def test_adm_01_the_sign_in_page_is_hidden_too_and_the_portal_is_not(settings: Any, client: Client) -> None:
    settings.STARS_ADMIN_NETWORKS = ["192.0.2.0/24"]
    for path in ("/admin/", "/admin/login/", "/admin/accounts/person/"):
        assert client.get(path).status_code == 404
    assert client.get("/").status_code == 200


def test_adm_01_a_forged_header_opens_nothing(officer: User, settings: Any) -> None:
    settings.STARS_ADMIN_NETWORKS = ["192.0.2.0/24"]
    settings.STARS_TRUSTED_PROXY_COUNT = 1
    forged = {"x-forwarded-for": "192.0.2.7, 203.0.113.9"}
    assert status(officer, "10.0.0.1", headers=forged) == 404
    assert status(officer, "10.0.0.1", headers={"x-forwarded-for": "203.0.113.9, 192.0.2.7"}) == 200


def test_adm_01_on_the_portals_own_host_it_is_not_there_where_it_has_another(officer: User, settings: Any) -> None:
    settings.STARS_PUBLIC_BASE_URL, settings.STARS_ADMIN_BASE_URL = "https://stars.lv", "https://admin.stars.lv"
    settings.ALLOWED_HOSTS = ["stars.lv", "admin.stars.lv"]
    assert status(officer, "127.0.0.1", headers={"host": "stars.lv"}) == 404
    assert status(officer, "127.0.0.1", headers={"host": "admin.stars.lv"}) == 200


def test_log_03_a_knock_from_elsewhere_is_an_event(
    officer: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STARS_ADMIN_NETWORKS = ["192.0.2.0/24"]
    with caplog.at_level(logging.WARNING):
        status(officer, "203.0.113.9")
    assert "admin_refused_here address=203.0.113.9" in caplog.text


def test_an_address_that_is_none_lies_nowhere() -> None:
    assert not is_within("unknown", ["0.0.0.0/0", "::/0"])


# --- search words -----------------------------------------------------------------------------------------


def test_web_05_people_are_searched_by_post_and_no_link_holds_the_words(officer: User) -> None:
    found, other = ClientFactory(person__last_name="Zvirgzds"), ClientFactory(person__last_name="Kalns")
    browser = signed_in(Client(), officer)
    answer = browser.post("/admin/accounts/person/", {"q": "Zvirgzds"})
    assert answer["Location"] == "/admin/accounts/person/"
    page = browser.get("/admin/accounts/person/").content.decode()
    assert "Zvirgzds" in page
    assert "Kalns" not in page
    assert "q=Zvirgzds" not in page
    assert not AccessEntry.objects.about(other.person_id).exists()
    assert AccessEntry.objects.about(found.person_id).exists()
    browser.post("/admin/accounts/person/", {"q": ""})
    assert "Kalns" in browser.get("/admin/accounts/person/").content.decode()


NAMES = {"name", "email", "first_name", "last_name"}
PEOPLE = {Person, User, Registration, Invitation}


def test_web_05_every_list_that_knows_people_by_name_is_searched_by_post() -> None:
    """Found by following each search field to the table it ends in."""
    by_name = set()
    for model, shown in admin.site._registry.items():
        for asked in shown.search_fields:
            *way, last = str(asked).lstrip("=^@").split("__")
            end: Any = model
            for step in way:
                end = end._meta.get_field(step).related_model
            if end in PEOPLE and last in NAMES:
                by_name.add(model)
                assert isinstance(shown, SearchedByPost), f"{model._meta.label}: {asked}"
    assert by_name >= {Person, User, Registration, Invitation, Right, Seat}


@pytest.mark.parametrize("asked", ["applications/application/?state__exact=%00", "kernel/auditentry/?loma=%00"])
def test_web_07_a_nul_in_a_filter_is_refused(officer: User, asked: str) -> None:
    assert signed_in(Client(), officer).get(f"/admin/{asked}").status_code == 400


def test_web_05_words_in_an_address_are_taken_out_of_it(officer: User) -> None:
    answer = signed_in(Client(), officer).get("/admin/accounts/user/?q=Zvirgzds&is_active__exact=1")
    assert answer["Location"] == "/admin/accounts/user/?is_active__exact=1"


def test_web_05_an_institution_searches_by_post_too() -> None:
    application = ApplicationFactory(client=ClientFactory(person__last_name="Zvirgzds").person)
    institution = application.programme.institution
    other = ApplicationFactory(programme=application.programme, client=ClientFactory(person__last_name="Kalns").person)
    browser = signed_in(Client(), ProviderFactory(membership__institution=institution))
    answer = browser.post("/provider/pieteikumi", {"q": "Zvirgzds", "statuss": "submitted", "programma": ""})
    assert answer["Location"] == "/provider/pieteikumi?statuss=submitted"
    page = browser.get("/provider/pieteikumi?statuss=submitted&q=Kalns").content.decode()
    assert application.number in page
    assert other.number not in page
    browser.post("/provider/pieteikumi", {"q": ""})
    assert other.number in browser.get("/provider/pieteikumi").content.decode()


@pytest.mark.parametrize("typed", ["010190-12345 Kalns", "32123456789 Kalns"])
def test_cod_04_a_code_typed_into_a_search_is_kept_nowhere(officer: User, typed: str) -> None:
    """Neither by an officer nor by an institution; a registration number is no code."""
    provider = ProviderFactory()
    for user, address in ((officer, "/admin/accounts/person/"), (provider, "/provider/pieteikumi")):
        browser = signed_in(Client(), user)
        said = browser.post(address, {"q": typed}, follow=True).content.decode()
        assert "Pēc personas koda šeit nevienu nemeklē." in said
        kept = str(dict(browser.session))
        assert "Kalns" in kept
        assert typed.split()[0] not in kept
    browser.post("/provider/pieteikumi", {"q": "40003032949"})
    assert "40003032949" in str(dict(browser.session))
