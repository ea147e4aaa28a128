"""One role at a time, chosen by the person, under a new session id (ACC-08, SES-01, X73)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Right, User
from tests.conftest import signed_in
from tests.factories.accounts import (
    ClientFactory,
    CommissionMemberFactory,
    ConsultantFactory,
    CoordinatorFactory,
    InstitutionFactory,
    MembershipFactory,
    ProviderFactory,
    RightFactory,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/darba-vietas"


@pytest.fixture
def both(db: None) -> User:
    """A client who is a coordinator too."""
    user: User = ClientFactory.create()
    RightFactory.create(user=user)
    return user


def key(user: User) -> str:
    return f"right:{Right.objects.get(user=user).pk}"


def test_ses_01_the_role_changes_under_a_new_session_id(both: User) -> None:
    browser = signed_in(Client(), both)
    assert browser.get("/profils").status_code == 200
    before = browser.session.session_key
    assert browser.post(ADDRESS, {"key": key(both)})["Location"] == "/koordinators"
    assert browser.session.session_key != before
    assert browser.get("/koordinators").status_code == 200
    assert browser.get("/profils").status_code == 403
    assert browser.post(ADDRESS, {"key": "client"})["Location"] == "/profils"
    assert browser.get("/profils").status_code == 200


def test_the_header_says_who_one_works_as(both: User) -> None:
    browser = signed_in(Client(), both)
    page = browser.get("/").content.decode()
    assert '<span class="hint">Klients</span>' in page
    assert f'value="{key(both)}"' in page
    browser.post(ADDRESS, {"key": key(both)})
    place = Right.objects.get(user=both).place
    assert f"Pašvaldības koordinators, {place}" in browser.get("/").content.decode()


def test_whoever_has_one_role_sees_no_switch() -> None:
    for user in (ClientFactory.create(), ProviderFactory.create(), CommissionMemberFactory.create()):
        assert "Strādāt kā" not in signed_in(Client(), user).get("/").content.decode()


def test_two_institutions_are_two_workplaces() -> None:
    user = ProviderFactory.create()
    other = MembershipFactory.create(user=user, institution=InstitutionFactory.create(name="Otrā skola"))
    browser = signed_in(Client(), user)
    assert "Otrā skola" in browser.get("/provider").content.decode()
    assert browser.post(ADDRESS, {"key": f"membership:{other.pk}"})["Location"] == "/provider"
    assert "Otrā skola</span>" in browser.get("/provider").content.decode()


@pytest.mark.parametrize("wanted", ["right:999999", "agency", "", "membership:1", "x"])
def test_acc_08_a_role_that_is_not_ones_own_cannot_be_chosen(both: User, wanted: str) -> None:
    foreign = RightFactory.create()
    browser = signed_in(Client(), both)
    for sent in (wanted, f"right:{foreign.pk}"):
        assert browser.post(ADDRESS, {"key": sent})["Location"] == ADDRESS
    assert browser.get("/profils").status_code == 200


def test_web_02_looking_changes_nothing(both: User) -> None:
    browser = signed_in(Client(), both)
    browser.get(ADDRESS, {"key": key(both)})
    assert browser.get("/profils").status_code == 200


def test_acc_08_a_chosen_role_that_ends_falls_back_at_the_next_request(both: User) -> None:
    browser = signed_in(Client(), both)
    browser.post(ADDRESS, {"key": key(both)})
    Right.objects.update(valid_until=timezone.now())
    assert browser.get("/koordinators").status_code == 302
    assert browser.get("/profils").status_code == 200


def test_whoever_stands_at_a_workplaces_door_in_another_role_is_asked(both: User) -> None:
    browser = signed_in(Client(), both)
    assert browser.get("/koordinators")["Location"] == ADDRESS
    page = browser.get(ADDRESS).content.decode()
    assert "<h1>Manas darba vietas</h1>" in page
    assert "Tagad strādājat šeit" in page


def test_p10_the_doors_lead_to_the_states_sign_on_and_their_own_workplace() -> None:
    page = Client().get("/pieslegties").content.decode()
    for door in ("Iedzīvotājs", "Izglītības iestāde", "Pašvaldības koordinators", "Karjeras konsultants"):
        assert door in page
    for place in ("koordinators", "konsultants"):
        where = Client().get(f"/pieslegties/{place}")["Location"]
        assert where == f"/pieslegties/iedzivotajs?next=%2F{place}"


@pytest.mark.parametrize(
    ("factory", "address", "heading"),
    [
        (CoordinatorFactory, "/koordinators", "Koordinatora darba vieta"),
        (ConsultantFactory, "/konsultants", "Karjeras konsultanta darba vieta"),
        (CommissionMemberFactory, "/komisija", "Vērtēšanas komisijas darba vieta"),
    ],
)
def test_every_workplace_shows_ones_own_right_and_its_term(factory: type, address: str, heading: str) -> None:
    user = factory.create()  # type: ignore[attr-defined]
    Right.objects.filter(user=user).update(valid_until=timezone.now() + timedelta(days=100))
    page = signed_in(Client(), user).get(address).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert "Spēkā līdz" in page
    assert "Apstiprināts" in page


def test_an_assessor_works_beside_their_place() -> None:
    user = ProviderFactory.create()
    place = Membership.objects.get(user=user)
    right = RightFactory.create(user=user, kind="assessor", institution=place.institution, municipality=None)
    browser = signed_in(Client(), user)
    assert browser.get("/novertetajs")["Location"] == ADDRESS
    browser.post(ADDRESS, {"key": f"right:{right.pk}"})
    assert "<h1>Prasmju novērtētāja darba vieta</h1>" in browser.get("/novertetajs").content.decode()
    assert browser.get("/provider").status_code == 403


def test_the_menu_of_one_role_costs_no_more_than_before(both: User) -> None:
    """Only people of several roles pay for the switch."""

    def counted(user: User) -> int:
        browser = signed_in(Client(), user)
        browser.get("/profils/pazinojumi")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/profils/pazinojumi")
        return len(queries)

    assert counted(both) - counted(ClientFactory.create()) <= 2


def test_rights_are_listed_with_their_reasons() -> None:
    user = ClientFactory.create()
    RightFactory.create(user=user, state="refused", explanation="Nav pilnvarojuma.", decided_at=timezone.now())
    page = signed_in(Client(), user).get("/profils/tiesibas").content.decode()
    assert "Nav pilnvarojuma." in page
    assert "Noraidīts" in page
    assert (
        "Jūs neesat lūdzis nekādas tiesības."
        in signed_in(Client(), ClientFactory.create()).get("/profils/tiesibas").content.decode()
    )
