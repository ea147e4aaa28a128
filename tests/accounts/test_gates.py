"""Who may open what, in which order, and how long a session lives (ACC-08, SES-02)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from accounts.selectors import actor_of
from stars.kernel.actor import Role
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    EmployeeFactory,
    InstitutionFactory,
    MembershipFactory,
    ProviderFactory,
    RightFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CLIENTS_PAGE, PROVIDERS_PAGE = "/profils/mans-profils", "/provider"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        (f"{CLIENTS_PAGE}?a=1", "/pieslegties?next=%2Fprofils%2Fmans-profils%3Fa%3D1"),
        (PROVIDERS_PAGE, "/provider/login?next=%2Fprovider"),
    ],
)
def test_visitors_sign_in_and_come_back(address: str, target: str) -> None:
    assert Client().get(address)["Location"] == target


def test_a_form_sent_after_the_session_ended_does_not_come_back_as_a_post() -> None:
    assert Client().post(CLIENTS_PAGE)["Location"] == "/pieslegties"


@pytest.mark.parametrize("make", [ProviderFactory, AgencyUserFactory, EmployeeFactory])
def test_others_do_not_open_a_clients_page(make: type[EmployeeFactory]) -> None:
    assert signed_in(Client(), make()).get(CLIENTS_PAGE).status_code == 403


@pytest.mark.parametrize("make", [ClientFactory, AgencyUserFactory, EmployeeFactory])
def test_others_do_not_open_an_institutions_page(make: type[EmployeeFactory]) -> None:
    assert signed_in(Client(), make()).get(PROVIDERS_PAGE).status_code == 403


def test_acc_08_one_role_at_a_time() -> None:
    officer = AgencyUserFactory()
    MembershipFactory(user=officer)
    assert actor_of(officer).role is Role.AGENCY
    employee = ProviderFactory(membership__role=Membership.MemberRole.ADMINISTRATOR)
    assert actor_of(employee).role is Role.PROVIDER_ADMIN
    MembershipFactory(user=employee, since=timezone.now() + timedelta(seconds=1))
    assert actor_of(employee).institution_id == employee.memberships.order_by("since")[0].institution_id


def test_acc_08_rights_are_read_at_each_request() -> None:
    user = ProviderFactory()
    browser = signed_in(Client(), user)
    assert browser.get(PROVIDERS_PAGE).status_code == 200
    Membership.objects.update(state="expired")
    assert browser.get(PROVIDERS_PAGE).status_code == 403


def test_an_institution_that_has_ended_lets_nobody_in() -> None:
    user = ProviderFactory(membership__institution=InstitutionFactory(is_active=False))
    assert not actor_of(user).is_provider


def test_ses_04_a_blocked_user_is_out_at_the_next_request() -> None:
    user = ClientFactory()
    browser = signed_in(Client(), user)
    assert browser.get(CLIENTS_PAGE).status_code == 200
    User.objects.update(is_active=False)
    assert browser.get(CLIENTS_PAGE)["Location"].startswith("/pieslegties")


@pytest.mark.parametrize(
    ("make", "page", "minutes"), [(ClientFactory, CLIENTS_PAGE, 30), (ProviderFactory, PROVIDERS_PAGE, 15)]
)
def test_ses_02_rest_ends_a_session(make: type[UserFactory], page: str, minutes: int) -> None:
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        browser = signed_in(Client(), make())
        clock.shift(timedelta(minutes=minutes - 2))
        assert browser.get(page).status_code == 200
        clock.shift(timedelta(minutes=minutes - 2))
        assert browser.get(page).status_code == 200
        clock.shift(timedelta(minutes=minutes, seconds=1))
        assert browser.get(page).status_code == 302


@pytest.mark.parametrize(
    ("make", "page", "hours"), [(ClientFactory, CLIENTS_PAGE, 12), (ProviderFactory, PROVIDERS_PAGE, 8)]
)
def test_ses_02_no_session_lives_for_ever(make: type[UserFactory], page: str, hours: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(Client(), make())
        for _ in range(hours * 5):
            clock.shift(timedelta(minutes=12))
            assert browser.get(page).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert browser.get(page).status_code == 302


def test_a_busy_person_does_not_write_the_session_at_each_page() -> None:
    browser = signed_in(Client(), ClientFactory())
    seen = browser.session["seen_at"]
    browser.get(CLIENTS_PAGE)
    assert browser.session["seen_at"] == seen


def test_a_link_of_a_letter_leads_whoever_works_in_another_role_to_the_choice_of_roles() -> None:
    employee = ProviderFactory()
    assert signed_in(Client(), employee).get("/novertetajs").status_code == 403
    place = employee.memberships.get().institution
    RightFactory(user=employee, kind="assessor", municipality=None, institution=place)
    browser = signed_in(Client(), employee)
    assert browser.get("/novertetajs")["Location"] == "/darba-vietas"


def test_acc_08_a_form_of_another_role_is_refused_though_its_page_leads_to_the_choice_of_roles() -> None:
    user = ClientFactory()
    RightFactory(user=user)
    browser = signed_in(Client(), user)
    assert browser.get("/koordinators/klienti/jauns")["Location"] == "/darba-vietas"
    assert browser.post("/koordinators/klienti/jauns").status_code == 403


def test_a_member_of_the_commission_comes_in_by_password() -> None:
    assert Client().get("/komisija")["Location"] == "/provider/login?next=%2Fkomisija"
    assert "Arī vērtēšanas komisijas locekļi pieslēdzas šeit." in Client().get("/provider/login").content.decode()
