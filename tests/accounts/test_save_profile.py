"""C2 Mans profils: every field of registration, the state's data read-only, no silent overwriting."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import ClientProfile, EmailConfirmation, User
from accounts.selectors import actor_of
from accounts.services import save_profile
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery
from tests.accounts.declared import answers, person_of, sector
from tests.accounts.test_register_client import LABELS, declared
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, UserFactory

ADDRESS = "/profils/mans-profils"


@pytest.fixture
def user(db: None) -> User:
    return ClientFactory(profile__email="anna@example.lv")


@pytest.fixture
def browser(user: User) -> Client:
    return signed_in(Client(), user)


def kept(user: User) -> ClientProfile:
    return ClientProfile.objects.get(pk=user.person_id)


def posted(version: int = 1, **changes: Any) -> Any:
    return answers(**changes) | {"version": str(version)}


def test_every_field_of_registration_is_there(browser: Client) -> None:
    page = browser.get(ADDRESS).content.decode()
    places = [page.find(label) for label in ("Vārds", "Uzvārds", "Personas kods", *LABELS, ">Saglabāt<")]
    assert -1 not in places
    assert places == sorted(places)
    assert "<h1>Mans profils</h1>" in page
    assert 'value="26 123 456"' in page


def test_saving_keeps_what_changed_and_says_so(browser: Client, user: User) -> None:
    response = browser.post(ADDRESS, posted(phone="29 999 999", sectors=[sector(19)], low_income="yes"))
    assert response["Location"] == ADDRESS
    profile = kept(user)
    assert (profile.phone, profile.low_income, profile.version) == ("+371 29999999", True, 2)
    assert profile.email_confirmed_at is not None
    assert [one.number for one in profile.sectors.all()] == [19]
    assert "Profils ir saglabāts." in browser.get(ADDRESS).content.decode()
    entry = AuditEntry.objects.get(object_id=str(user.person_id), action="save_profile")
    assert "phone" in entry.data["fields"]
    assert "29999999" not in str(entry.data)


def test_saving_the_same_changes_nothing(browser: Client, user: User) -> None:
    browser.post(ADDRESS, posted())
    version = kept(user).version
    browser.post(ADDRESS, posted(version))
    assert kept(user).version == version


def test_k6_two_tabs_do_not_overwrite_each_other(browser: Client, user: User) -> None:
    browser.post(ADDRESS, posted(phone="29 999 999"))
    late = browser.post(ADDRESS, posted(phone="28 888 888"))
    assert late.status_code == 422
    page = late.content.decode()
    assert "Kamēr aizpildījāt formu, dati mainījās. Salīdziniet un saglabājiet vēlreiz." in page
    assert "+371 29999999" in page  # what is kept now
    assert 'value="28 888 888"' in page  # what was typed
    assert kept(user).phone == "+371 29999999"
    again = browser.post(ADDRESS, posted(late.context["form"]["version"].value(), phone="28 888 888"))
    assert again.status_code == 302
    assert kept(user).phone == "+371 28888888"


def test_a_new_address_must_be_confirmed_again(browser: Client, user: User) -> None:
    browser.post(ADDRESS, posted(email="jauna@example.lv"))
    profile = kept(user)
    assert (profile.email, profile.email_confirmed_at) == ("jauna@example.lv", None)
    assert EmailConfirmation.objects.get().email == "jauna@example.lv"
    assert Delivery.objects.get(address="jauna@example.lv").subject == "Apstipriniet e-pasta adresi"
    user.refresh_from_db()
    assert user.mail_address == ""
    page = browser.get(ADDRESS).content.decode()
    assert "Adrese vēl nav apstiprināta" in page
    assert "Nosūtīt saiti vēlreiz" in page


def test_web_06_the_states_data_cannot_be_posted(browser: Client, user: User) -> None:
    assert user.person is not None
    before = (user.person.full_name, user.person.current_code)
    extra = {"first_name": "Cits", "last_name": "Cits", "code": "32123456789", "email_confirmed_at": "", "person": "x"}
    browser.post(ADDRESS, posted(phone="29 999 999") | extra)
    user.refresh_from_db()
    assert (user.person.full_name, user.person.current_code) == before
    assert kept(user).email_confirmed_at is not None


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3"])
def test_web_07_an_odd_version_is_a_form_error(browser: Client, version: str) -> None:
    assert browser.post(ADDRESS, answers() | {"version": version}).status_code == 422


def test_a_choice_no_longer_offered_stays_the_clients(browser: Client, user: User) -> None:
    profile = kept(user)
    profile.education.is_active = False
    profile.education.save()
    page = browser.get(ADDRESS)
    assert profile.education.label in page.content.decode()
    assert browser.post(ADDRESS, posted(education=str(profile.education_id))).status_code == 302


def test_only_registered_clients_have_a_profile(db: None) -> None:
    assert signed_in(Client(), UserFactory()).get(ADDRESS)["Location"] == "/registreties"


def test_the_page_asks_the_same_of_the_database_whatever_is_chosen(
    browser: Client, user: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(30):
        browser.get(ADDRESS)


def test_a_stale_version_is_refused_by_the_service(user: User) -> None:
    with pytest.raises(Exception, match="dati mainījās"):
        save_profile(person_id=person_of(user), version=7, declared=declared(), by=actor_of(user))
