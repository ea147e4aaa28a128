"""PWD-06: the link in the letter works once, for an hour, for one address, and only when the button is pressed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ClientProfile, EmailConfirmation, User
from accounts.selectors import actor_of, live_confirmation
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery
from stars.notices.services import notify
from tests.accounts.declared import person_of
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return ClientFactory(profile__email="anna@example.lv", profile__email_confirmed_at=None)


def link(user: User) -> str:
    """Ask for a link and read its path out of the letter."""
    services.request_email_confirmation(person_id=person_of(user), by=actor_of(user))
    letter = Delivery.objects.filter(key__startswith="email_confirmation:").latest("pk")
    found = re.search(r"^http://127.0.0.1:8000(/epasts/apstiprinat/[\w-]{40,})$", letter.text, re.MULTILINE)
    assert found is not None
    return found[1]


def confirmed(user: User) -> bool:
    return ClientProfile.objects.get(pk=user.person_id).email_confirmed_at is not None


def test_looking_changes_nothing_and_pressing_confirms(user: User) -> None:
    address = link(user)
    browser = Client()
    page = browser.get(address)
    assert (page.status_code, browser.head(address).status_code) == (200, 200)
    assert "anna@example.lv" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert not confirmed(user)
    assert browser.post(address)["Location"] == "/epasts/apstiprinats"
    assert confirmed(user)
    assert "E-pasta adrese ir apstiprināta" in browser.get("/epasts/apstiprinats").content.decode()
    assert AuditEntry.objects.filter(object_id=str(user.person_id), action="confirm_email").count() == 1


def test_held_mail_goes_out(user: User) -> None:
    notify(recipient=user, key="test:1", title="Ziņa", body="Teksts")
    assert Delivery.objects.get(key="test:1").state == "held"
    Client().post(link(user))
    letter = Delivery.objects.get(key="test:1")
    assert (letter.state, letter.address) == ("due", "anna@example.lv")


def test_pwd_06_once(user: User) -> None:
    address = link(user)
    Client().post(address)
    assert Client().post(address).status_code == 410
    assert "Šī saite vairs nedarbojas" in Client().get(address).content.decode()


def test_pwd_06_an_hour(user: User) -> None:
    address = link(user)
    with time_machine.travel(timezone.now() + timedelta(minutes=60, seconds=1)):
        assert Client().post(address).status_code == 410
    assert not confirmed(user)


def test_pwd_06_a_newer_link_ends_the_older(user: User) -> None:
    first, second = link(user), link(user)
    assert Client().post(first).status_code == 410
    assert Client().post(second).status_code == 302


def test_pwd_06_bound_to_the_address(user: User) -> None:
    address = link(user)
    ClientProfile.objects.update(email="cita@example.lv")
    assert Client().post(address).status_code == 410
    assert not confirmed(user)


def test_the_database_keeps_a_digest_only(user: User) -> None:
    token = link(user).rpartition("/")[2]
    assert token not in EmailConfirmation.objects.get().digest
    assert live_confirmation(token) is not None
    assert live_confirmation(EmailConfirmation.objects.get().digest) is None


def test_sending_again_from_the_profile(user: User) -> None:
    browser = signed_in(Client(), user)
    assert browser.post("/profils/mans-profils/epasts")["Location"] == "/profils/mans-profils"
    assert "Apstiprinājuma saiti nosūtījām uz anna@example.lv." in browser.get("/profils/mans-profils").content.decode()
    assert browser.get("/profils/mans-profils/epasts").status_code == 405


def test_links_an_hour_are_limited(user: User) -> None:
    for _ in range(5):
        link(user)
    with pytest.raises(DomainError) as refused:
        link(user)
    assert refused.value.code == "too_many_links"
    browser = signed_in(Client(), user)
    browser.post("/profils/mans-profils/epasts")
    assert "Vairākas saites Jums jau nosūtītas" in browser.get("/profils/mans-profils").content.decode()


def test_a_confirmed_address_gets_no_link() -> None:
    user = ClientFactory()
    assert services.request_email_confirmation(person_id=person_of(user), by=actor_of(user)) is None


def test_nobody_asks_for_another(user: User) -> None:
    with pytest.raises(NotPermitted):
        services.request_email_confirmation(person_id=person_of(user), by=actor_of(UserFactory()))


def test_confirm_email_refuses_an_unknown_link() -> None:
    with pytest.raises(DomainError) as refused:
        services.confirm_email(token="never-given")
    assert refused.value.code == "link_spent"
