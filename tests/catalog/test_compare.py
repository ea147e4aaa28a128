"""Programmes side by side: which ones, the address says (P5)."""

import re
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import Institution
from catalog.models import Programme
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    answer = client.get(f"/programmas/salidzinat{address}")
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\xa0", " ")


def rows(html: str) -> dict[str, list[str]]:
    """What stands in each row, by its label; a row that differs says so."""
    found = {}
    for row in BeautifulSoup(html, "html.parser").select("table.compare tbody tr"):
        label = row.select_one("th")
        assert label
        found[label.get_text(" ", strip=True)] = [cell.get_text(" ", strip=True) for cell in row.select("td")]
    return found


@pytest.fixture
def two() -> list[Programme]:
    RoundFactory.create()
    return [
        ProgrammeFactory.create(number=11, name="Datu analīze", offer__price_cents=42743, hours_total=96),
        ProgrammeFactory.create(number=12, name="Tīkli", offer__price_cents=60899, hours_total=96, duration_weeks=20),
    ]


def test_the_rows_stand_side_by_side_and_differences_are_marked(client: Client, two: list[Programme]) -> None:
    html = page(client, "?id=11&id=12")
    found = rows(html)
    assert found["Mācību izmaksas par vienu dalībnieku atšķiras"] == ["IMK 427,43 €", "IMK 608,99 €"]
    assert found["Personas līdzfinansējums atšķiras"] == ["IMK 0,00 €", "IMK 108,99 €"]
    assert found["Valoda"] == ["Latviešu", "Latviešu"]
    assert html.index("Datu analīze") < html.index("Tīkli")
    assert 'href="/programmas/salidzinat?id=12"' in html  # without the first one


def test_only_the_differences_can_be_shown(client: Client, two: list[Programme]) -> None:
    found = rows(page(client, "?id=11&id=12&tikai=atskiribas"))
    assert found
    assert all(label.endswith("atšķiras") for label in found)


@pytest.mark.parametrize(
    "address", ["", "?id=", "?id=11", "?id=11&id=11", "?id=99999", "?id=abc&id=-1", "?id=11&id=99999"]
)
def test_fewer_than_two_say_what_to_do(client: Client, two: list[Programme], address: str) -> None:
    html = page(client, address)
    assert "Izvēlieties vismaz divas programmas." in html
    assert rows(html) == {}


def test_a_similar_one_can_be_added(client: Client, two: list[Programme]) -> None:
    assert 'href="/programmas/salidzinat?id=11&id=12"' in page(client, "?id=11")


def test_of_more_than_three_the_first_three_are_shown(client: Client, two: list[Programme]) -> None:
    for number in (13, 14):
        ProgrammeFactory.create(number=number)
    html = page(client, "?id=14&id=11,12&id=13")
    assert "Vienlaikus var salīdzināt ne vairāk kā trīs programmas." in html
    assert {len(values) for values in rows(html).values()} == {3}
    note = html.partition("Nav parādītas:")[2].partition("</p>")[0]
    assert re.findall(r'href="([^"]*)"', note) == ["/programma/13"]
    assert "/programmas?id=14&id=11&id=12&id=13" in html  # nothing chosen is lost


def test_x15_a_programme_that_left_the_catalogue_is_named_as_gone(client: Client, two: list[Programme]) -> None:
    Institution.objects.filter(programmes=two[1]).update(is_active=False)
    html = page(client, "?id=11&id=12")
    assert "vairs nav katalogā" in html
    assert "Tīkli" not in html


def test_x17_a_client_sees_their_own_share(two: list[Programme]) -> None:
    found = rows(page(signed_in(Client(), ClientFactory.create()), "?id=11&id=12"))
    assert found["Personas līdzfinansējums atšķiras"] == ["IMK 0,00 €", "IMK 108,99 €"]


def test_the_queries_do_not_grow(client: Client, two: list[Programme], django_assert_num_queries: Any) -> None:
    ProgrammeFactory.create(number=13)
    page(client, "?id=11&id=12")
    page(client, "?id=11&id=12&id=13")
    with django_assert_num_queries(5):
        page(client, "?id=11&id=12&tikai=atskiribas")
    with django_assert_num_queries(5):
        page(client, "?id=11&id=12&id=13&tikai=atskiribas")


# --- ticks go along from page to page ---------------------------------------------------------


def catalogue(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(f"/programmas{address}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content.decode(), "html.parser")


def compared_from(page: BeautifulSoup) -> list[str]:
    """What the button of the page would compare: ticks of its cards and those of other pages."""
    sent = page.select("#salidzinat input[name=id]") + page.select("input[form=salidzinat][checked]")
    return sorted(str(one["value"]) for one in sent)


def test_ticks_of_another_page_go_along_in_the_address(client: Client, two: list[Programme]) -> None:
    for number in range(20, 30):
        ProgrammeFactory.create(number=number, name=f"Ābece {number}")
    first = catalogue(client, "?skaits=10&id=12&id=21")
    assert compared_from(first) == ["12", "21"]
    assert [one["value"] for one in first.select("#salidzinat input[name=id]")] == ["12"]  # not on this page
    onward = next(str(one["href"]) for one in first.select(".pager a") if "lapa=2" in str(one["href"]))
    assert compared_from(catalogue(client, onward)) == ["12", "21"]
    assert sorted(str(one["value"]) for one in first.select("input[form=filtri][name=id]")) == ["12", "21"]
    assert "Tīkli" in first.select_one("ul[aria-label='Salīdzināšanai atzīmētās']").get_text()


def test_one_of_the_ticked_is_taken_back_and_the_rest_of_the_address_stays(
    client: Client, two: list[Programme]
) -> None:
    page = catalogue(client, "?kartot=cena&id=11&id=12")
    off = next(str(one["href"]) for one in page.select(".chips a") if "Tīkli" in one.get_text())
    left = catalogue(client, off)
    assert compared_from(left) == ["11"]
    assert "kartot=cena" in off


@pytest.mark.parametrize("address", ["?q=t%C4%ABkli&forma=remote&id=11&id=12", "?forma=remote&q=nekas&id=11&id=12"])
def test_ticks_stay_when_a_filter_is_taken_off(client: Client, two: list[Programme], address: str) -> None:
    page = catalogue(client, address)
    ways = page.select("main .chips li > a, .empty a, .filters-head a")
    onward = [str(one["href"]) for one in ways if "/salidzinat" not in str(one["href"]) and "id=" in str(one["href"])]
    assert any("q=" not in one for one in onward)
    assert [compared_from(catalogue(client, one.removeprefix("/programmas"))) for one in onward]


@pytest.mark.parametrize("address", ["?id=999", "?id=x", "?id=<b>", "?id="])
def test_what_is_no_programme_is_not_carried(client: Client, two: list[Programme], address: str) -> None:
    page = catalogue(client, address)
    assert compared_from(page) == []
    assert page.select_one("ul[aria-label='Salīdzināšanai atzīmētās']") is None


def test_from_the_comparison_one_goes_back_and_chooses_more(client: Client, two: list[Programme]) -> None:
    back = BeautifulSoup(page(client, "?id=11"), "html.parser").select_one("main a[href^='/programmas?id=11']")
    assert back
    assert compared_from(catalogue(client, str(back["href"]).removeprefix("/programmas"))) == ["11"]
