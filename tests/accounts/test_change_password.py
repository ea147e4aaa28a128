"""A new password for oneself: the current one first, the other sessions end, the address is told (PWD-04)."""

from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.errors import TooManyTries, WrongPassword
from accounts.models import Session, User
from accounts.selectors import actor_of
from stars.kernel.errors import NotPermitted
from stars.notices.models import Delivery
from tests.conftest import signed_in
from tests.factories.accounts import PASSWORD, ClientFactory, ProviderFactory

ADDRESS = "/profils/parole"
NEW = "Kaija-8-bura"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    found: User = ProviderFactory.create(email="mara@example.lv")
    return found


def change(browser: Client, current: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    return browser.post(ADDRESS, {"current": current, "password": new, "again": again or new})


def test_pwd_04_the_others_end_this_one_stays_and_the_address_is_told(user: User) -> None:
    here, elsewhere = signed_in(Client(), user), signed_in(Client(), user)
    before = here.session.session_key
    assert change(here)["Location"] == "/profils/drosiba"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert here.get("/provider").status_code == 200
    assert elsewhere.get("/provider")["Location"].startswith("/provider/login")
    assert Session.objects.filter(user=user).count() == 1
    letter = Delivery.objects.get(recipient=user)
    assert letter.subject == "Jūsu parole ir nomainīta"
    assert here.session.session_key != before  # SES-01
    assert NEW not in letter.text


def test_pwd_04_without_the_current_one_nothing_changes(user: User) -> None:
    browser = signed_in(Client(), user)
    response = change(browser, current="wrong")
    assert response.status_code == 422
    assert "Pašreizējā parole nav pareiza." in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not Delivery.objects.exists()


def test_what_is_missing_is_told_apart(user: User) -> None:
    page = signed_in(Client(), user).post(ADDRESS, {"current": ""}).content.decode()
    for words in ("Ievadiet pašreizējo paroli", "Ievadiet jauno paroli", "Ievadiet jauno paroli vēlreiz"):
        assert f"{words}<" in page


def test_whatever_is_wrong_is_told_in_one_round(user: User) -> None:
    typed = {"current": "wrong", "password": "Parole123!", "again": ""}
    page = signed_in(Client(), user).post(ADDRESS, typed).content.decode()
    for words in ("Pašreizējā parole nav pareiza.", "Šī parole ir pārāk izplatīta", "Ievadiet jauno paroli vēlreiz"):
        assert words in page
    assert "Paroles atšķiras" not in page


def test_pwd_08_guessing_the_current_one_is_limited_as_at_the_door(user: User) -> None:
    browser = signed_in(Client(), user)
    for again in (NEW, NEW, "", "", "another"):  # also where the rest is not right either
        browser.post(ADDRESS, {"current": "wrong", "password": NEW, "again": again})
    assert "Pārāk daudz mēģinājumu" in change(browser).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_pwd_08_check_current_password_counts_what_is_wrong(user: User) -> None:
    services.check_current_password(user=user, password=PASSWORD, address="-")
    for _ in range(5):
        with pytest.raises(WrongPassword):
            services.check_current_password(user=user, password="wrong", address="-")
    with pytest.raises(TooManyTries):
        services.check_current_password(user=user, password=PASSWORD, address="-")


@pytest.mark.parametrize("new", ["short", "Parole123!", "Zvirbule-1-x"])
def test_pwd_01_03_the_rules_hold(user: User, new: str) -> None:
    assert change(signed_in(Client(), user), new=new).status_code == 422


def test_both_must_be_the_same(user: User) -> None:
    page = change(signed_in(Client(), user), again="Kaija-8-burb").content.decode()
    assert "Paroles atšķiras. Ievadiet vienu un to pašu divreiz" in page
    assert NEW not in page


def test_pwd_01_people_of_the_sign_on_have_no_password_to_change() -> None:
    client = ClientFactory.create()
    assert signed_in(Client(), client).get(ADDRESS).status_code == 403
    with pytest.raises(NotPermitted):
        services.change_password(user_id=client.pk, current="", password=NEW, address="-", keep="", by=actor_of(client))


def test_nobody_changes_another_s_password(user: User) -> None:
    with pytest.raises(NotPermitted):
        services.change_password(
            user_id=user.pk, current=PASSWORD, password=NEW, address="-", keep="", by=actor_of(ProviderFactory.create())
        )
