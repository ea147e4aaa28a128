"""Signing in with another address: proved by a link, told to the old one (MFA-04, PWD-05, PWD-06)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.errors import LinkSpent
from accounts.models import Session, User
from accounts.selectors import actor_of
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Delivery
from tests.conftest import signed_in
from tests.factories.accounts import PASSWORD, ProviderFactory

ADDRESS = "/profils/pieslegsanas-adrese"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    found: User = ProviderFactory.create(email="mara@example.lv")
    return found


def path_in_letter_to(address: str) -> str:
    found = re.search(r"(/epasts/pieslegsanas/\S+)", Delivery.objects.get(address=address).text)
    assert found
    return found[1]


def test_the_whole_way(user: User) -> None:
    browser = signed_in(Client(), user)
    assert browser.post(ADDRESS, {"email": "Jauna@Example.lv"})["Location"] == "/profils/drosiba"
    path = path_in_letter_to("jauna@example.lv")
    assert Client().get(path).status_code == 200
    user.refresh_from_db()
    assert user.email == "mara@example.lv"
    assert Client().post(path)["Location"] == "/provider/login"
    user.refresh_from_db()
    assert user.email == "jauna@example.lv"
    assert not Session.objects.filter(user=user).exists()
    assert Delivery.objects.filter(address="mara@example.lv", subject="Tagad pieslēdzaties ar citu adresi").exists()
    assert Client().post("/provider/login", {"email": "jauna@example.lv", "password": PASSWORD}).status_code == 302
    assert Client().get(path).status_code == 410


def test_mfa_04_asks_who_sits_there_when_the_sign_in_is_older_than_five_minutes(user: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(Client(), user)
        clock.shift(timedelta(minutes=5, seconds=1))
        assert browser.get(ADDRESS)["Location"].startswith("/apstiprinat-sevi?next=")
        browser.post(ADDRESS, {"email": "jauna@example.lv"})
    assert not Delivery.objects.exists()


def test_pwd_05_an_address_somebody_has_is_answered_alike_and_gets_no_letter(user: User) -> None:
    ProviderFactory.create(email="cita@example.lv")
    answers = [signed_in(Client(), user).post(ADDRESS, {"email": f"{name}@example.lv"}) for name in ("cita", "jauna")]
    assert [response["Location"] for response in answers] == ["/profils/drosiba"] * 2
    assert set(Delivery.objects.values_list("address", flat=True)) == {"jauna@example.lv"}


def test_pwd_06_taken_meanwhile_the_link_no_longer_works(user: User) -> None:
    services.ask_address(user_id=user.pk, email="jauna@example.lv", by=actor_of(user))
    ProviderFactory.create(email="jauna@example.lv")
    path = path_in_letter_to("jauna@example.lv")
    assert Client().post(path).status_code == 410
    with pytest.raises(LinkSpent):
        services.confirm_address(token=path.rpartition("/")[2])
    user.refresh_from_db()
    assert user.email == "mara@example.lv"


def test_links_are_few_and_one_s_own(user: User) -> None:
    with pytest.raises(NotPermitted):
        services.ask_address(user_id=user.pk, email="x@example.lv", by=actor_of(ProviderFactory.create()))
    for number in range(5):
        services.ask_address(user_id=user.pk, email=f"x{number}@example.lv", by=actor_of(user))
    with pytest.raises(DomainError) as refused:
        services.ask_address(user_id=user.pk, email="x9@example.lv", by=actor_of(user))
    assert refused.value.code == "too_many_links"
