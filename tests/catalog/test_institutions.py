"""Who teaches: the list and the page of each institution (P4, X15)."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Institution
from tests.factories.accounts import InstitutionFactory
from tests.factories.catalog import ProgrammeFactory, VenueFactory

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\xa0", " ")


@pytest.fixture
def school() -> Institution:
    made: Institution = InstitutionFactory.create(
        name="Jūrmalas Kāpu tehnikums",
        phone="67111222",
        website="https://tehnikums.lv",
        address="Skolas iela 1, Jūrmala",
    )
    VenueFactory.create(institution=made, name="Darbnīcas", address="Dzirnavu iela 5, Jūrmala, LV-2010")
    return made


def test_the_list_counts_published_programmes(client: Client, school: Institution) -> None:
    ProgrammeFactory.create_batch(2, institution=school)
    ProgrammeFactory.create(institution=school, state="archived")
    html = page(client, "/iestades")
    assert "Jūrmalas Kāpu tehnikums" in html
    assert "2 programmas" in html


def test_the_page_tells_contacts_addresses_and_programmes(client: Client, school: Institution) -> None:
    ProgrammeFactory.create(institution=school, name="Koka apstrāde", group__capacity=20, group__taken=3)
    html = page(client, f"/iestade/{school.reference}")
    for text in ("67 111 222", school.email, "https://tehnikums.lv", "Dzirnavu iela 5", "Koka apstrāde", "17/20"):
        assert text in html, text


def test_x18_a_mean_lets_nobody_reckon_what_one_person_said(client: Client, school: Institution) -> None:
    ProgrammeFactory.create(institution=school, rating_mean="5.0", rating_count=1)
    ProgrammeFactory.create(institution=school, rating_mean="4.0", rating_count=6)
    lonely = ProgrammeFactory.create(rating_mean="5.0", rating_count=4).institution
    html = page(client, f"/iestade/{school.reference}")
    assert '<span class="vh">Vērtējums </span><strong>4,0</strong> no 5 (6 vērtējumi)' in html.split("<article")[0]
    assert 'class="rating"' not in page(client, f"/iestade/{lonely.reference}")


def test_x18_the_mean_is_over_every_answer_once_the_hidden_ones_are_enough_together(
    client: Client, school: Institution
) -> None:
    for mean, count in (("5.0", 1), ("2.0", 4), ("4.0", 6)):
        ProgrammeFactory.create(institution=school, rating_mean=mean, rating_count=count)
    html = page(client, f"/iestade/{school.reference}")
    assert "<strong>3,4</strong> no 5 (11 vērtējumi)" in html.split("<article")[0]


def test_without_programmes_it_says_so(client: Client, school: Institution) -> None:
    assert "Iestādei šobrīd nav publicētu programmu." in page(client, f"/iestade/{school.reference}")


def test_many_programmes_lead_to_the_catalogue(client: Client, school: Institution) -> None:
    ProgrammeFactory.create_batch(11, institution=school)
    html = page(client, f"/iestade/{school.reference}")
    assert "Rādīt visas 11 programmas" in html
    assert f"/programmas?iestade={school.code}" in html


def test_x15_a_deactivated_institution_vanishes_everywhere_at_once(client: Client, school: Institution) -> None:
    programme = ProgrammeFactory.create(institution=school, name="Koka apstrāde")
    paths = ("/programmas", "/iestades", f"/iestade/{school.reference}", f"/programma/{programme.number}")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 200]
    Institution.objects.update(is_active=False)
    assert [client.get(path).status_code for path in paths] == [200, 200, 404, 404]
    assert "Koka apstrāde" not in page(client, "/programmas")
    assert "Kāpu" not in page(client, "/iestades")
    assert client.get("/programmas/ieteikumi?q=koka").json()["lines"] == []


def test_an_unknown_one_is_not_there(client: Client) -> None:
    assert client.get("/iestade/00000000-0000-4000-8000-000000000000").status_code == 404


def test_the_queries_do_not_grow(client: Client, school: Institution, django_assert_num_queries: Any) -> None:
    ProgrammeFactory.create(institution=school)
    path = f"/iestade/{school.reference}"
    page(client, path)
    with django_assert_num_queries(5):
        page(client, path)
    ProgrammeFactory.create_batch(2, institution=school)
    VenueFactory.create_batch(2, institution=school)
    page(client, path)
    with django_assert_num_queries(5):
        page(client, path)
