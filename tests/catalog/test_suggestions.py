"""What the search proposes while one types: programmes, institutions, sectors; quick, and never more than a few."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Programme
from catalog.services import reindex
from tests.factories.accounts import InstitutionFactory
from tests.factories.catalog import ProgrammeFactory

pytestmark = pytest.mark.django_db


def lines(client: Client, words: str) -> list[list[str]]:
    answer = client.get("/programmas/ieteikumi", {"q": words})
    assert answer.status_code == 200
    found: list[list[str]] = answer.json()["lines"]
    return found


@pytest.fixture
def programmes() -> None:
    school = InstitutionFactory.create(code="skola", name='Tehnikums "Kiber skola"')
    for number, name in ((1, "Kiberdrošība uzņēmumā"), (2, "Datu analīze"), (3, "Datu bāzes")):
        made = ProgrammeFactory.create(
            number=number, name=name, institution=school, description="Teksts.", main_topics=[]
        )
        reindex(programme_id=made.pk)


@pytest.mark.usefixtures("programmes")
def test_a_programme_is_proposed_with_its_page_and_institution(client: Client) -> None:
    assert lines(client, "kibe")[0] == ["Kiberdrošība uzņēmumā", "/programma/1", 'Tehnikums "Kiber skola"']


@pytest.mark.usefixtures("programmes")
@pytest.mark.parametrize("typed", ["da", "datu", "datu a", "Datu anali", "datu analzi"])
def test_the_last_word_may_be_unfinished_and_misspelt(client: Client, typed: str) -> None:
    assert "Datu analīze" in [text for text, *_ in lines(client, typed)]


@pytest.mark.usefixtures("programmes")
def test_an_institution_and_a_sector_lead_to_their_filter(client: Client) -> None:
    assert ['Tehnikums "Kiber skola"', "/programmas?iestade=skola", "Izglītības iestāde, 3 programmas"] in lines(
        client, "tehnikums"
    )
    sector = Programme.objects.get(number=1).sector
    found = [line for line in lines(client, sector.name[:6]) if line[1] == f"/programmas?nozare={sector.number}"]
    assert [line[2] for line in found] == ["Mācību nozare, 3 programmas"]


@pytest.mark.parametrize("typed", ["", "d", " ", "%", "qqqqqq", "\x00"])
def test_nothing_is_proposed_for_nothing(client: Client, typed: str) -> None:
    assert lines(client, typed) == []


def test_there_are_never_many_lines(client: Client) -> None:
    for _ in range(8):
        reindex(programme_id=ProgrammeFactory.create(name="Datu analīze", institution__name="Datu skola").pk)
    answer = client.get("/programmas/ieteikumi?q=datu").json()
    assert len(answer["lines"]) == 8
    assert answer["says"] == "8 ieteikumi"


def test_what_was_typed_before_costs_one_query(client: Client, django_assert_num_queries: Any) -> None:
    ProgrammeFactory.create_batch(3)
    lines(client, "datu")
    with django_assert_num_queries(1):
        lines(client, "datu")
