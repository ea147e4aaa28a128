"""The catalogue page: what it shows, to whom, at what cost, and what cannot break it."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Programme
from catalog.services import raise_catalogue_version
from funding.models import FundingSource
from stars.classifiers.models import DigCompCompetence, Sector
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.catalog import (
    CourseGroupFactory,
    ProgrammeCompetenceFactory,
    ProgrammeFactory,
    ProgrammeOfferFactory,
    RoundFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/programmas{query}")
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\xa0", " ")


def names(html: str) -> list[str]:
    return [part.split("</a>")[0].split(">", 1)[1] for part in html.split('class="prog-title"><a')[1:]]


def chips(html: str) -> list[str]:
    listed = html.split('aria-label="Izvēlētie filtri"')
    return (
        [part.split('">', 1)[1].split("<svg")[0] for part in listed[1].split("<a ")[1:] if "chip" in part]
        if listed[1:]
        else []
    )


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    html = page(client)
    assert "Pēc šiem nosacījumiem neatradām nevienu programmu." in html
    assert "Atiestatīt filtrus" in html


def test_a_card_says_all_that_decides(client: Client) -> None:
    RoundFactory.create(closes_at=timezone.localtime().replace(hour=12) + timedelta(days=9))
    programme = ProgrammeFactory.create(
        name="Tīmekļa lietotņu izstrāde", offer__price_cents=60899, group__capacity=20, group__taken=3
    )
    ProgrammeCompetenceFactory.create(programme=programme, level=5)
    ProgrammeCompetenceFactory.create(
        programme=programme, level=6, competence=DigCompCompetence.objects.get(area__number=1, number=1)
    )
    html = page(client)
    assert names(html) == ["Tīmekļa lietotņu izstrāde"]
    texts = ["608,99 €", "108,99 €", "17/20", "96 stundas", "klātiene", "darba dienu vakari", "DigComp līmenis 5–6"]
    last = timezone.localtime() + timedelta(days=9)
    for text in [*texts, ">IMK<", f"Pieteikšanās līdz {last:%d.%m.%Y}.", f"/programma/{programme.number}"]:
        assert text in html, text


def test_it_says_when_applying_begins_or_that_it_does_not(client: Client) -> None:
    programme = ProgrammeFactory.create()
    assert "Pieteikšanās nav atvērta" in page(client)
    opens = RoundFactory.create(to_come=True).opens_at
    assert f"Pieteikšanās sāksies {timezone.localtime(opens):%d.%m.%Y}." in page(client)
    programme.groups.all().delete()
    assert "Jaunu grupu vēl nav" in page(client)


def test_with_two_sources_the_open_one_gives_the_price(client: Client) -> None:
    programme = ProgrammeFactory.create(offer__price_cents=42743)
    mn = FundingSource.objects.get(code="mn")
    ProgrammeOfferFactory.create(programme=programme, source=mn, price_cents=40000)
    RoundFactory.create(source=mn)
    html = page(client)
    assert "400,00 €" in html
    assert "427,43 €" not in html
    assert "427,43 €" in page(client, "?finansejums=imk")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "Atrasta 1 programma"), (2, "Atrastas 2 programmas"), (11, "Atrastas 11 programmas")],
)
def test_the_heading_counts_in_latvian(client: Client, count: int, words: str) -> None:
    ProgrammeFactory.create_batch(count)
    assert f">{words}<" in page(client)


def test_the_trays_button_counts_too(client: Client) -> None:
    ProgrammeFactory.create_batch(2)
    html = page(client)
    assert 'data-show="Rādīt 2 programmas"' in html
    assert ">Lietot filtrus<" in html  # without the script the button makes no promise
    answer = client.get("/programmas/skaits?veids=study_course")
    assert (answer.content.decode(), answer["Content-Type"]) == ("Rādīt 0 programmu", "text/plain; charset=utf-8")


# --- sorting and pages ---------------------------------------------------------------


def test_names_sort_the_latvian_way(client: Client) -> None:
    for name in ("Šūšana", "Sociālie tīkli", "Čats", "Cita", "Datu bāzes", "Āboli", "Abas"):
        ProgrammeFactory.create(name=name)
    expected = ["Abas", "Āboli", "Cita", "Čats", "Datu bāzes", "Sociālie tīkli", "Šūšana"]
    assert names(page(client)) == expected
    assert names(page(client, "?kartot=-nosaukums")) == expected[::-1]


def test_prices_sort_both_ways_and_the_priceless_come_last(client: Client) -> None:
    for name, price in (("B", 300), ("A", 300), ("C", 100)):
        ProgrammeFactory.create(name=name, offer__price_cents=price)
    ProgrammeFactory.create(name="D", offer=False)
    assert names(page(client, "?kartot=maksa")) == ["C", "A", "B", "D"]
    assert names(page(client, "?kartot=-maksa")) == ["A", "B", "C", "D"]


def test_pages_share_no_programme_and_lose_none(client: Client) -> None:
    ProgrammeFactory.create_batch(23, name="Viens un tas pats")
    seen = [
        part.split('"')[0]
        for number in (1, 2, 3)
        for part in page(client, f"?lapa={number}").split('href="/programma/')[1:]
    ]
    assert len(seen) == len(set(seen)) == 23
    html = page(client, "?lapa=2&veids=module")
    assert "Rāda 11 līdz 20 no 23 rezultātiem" in html
    assert "vienā lappusē" in html
    assert "?lapa=3&veids=module" in html


def test_a_page_beyond_the_last_is_the_last(client: Client) -> None:
    ProgrammeFactory.create_batch(11)
    assert "Rāda 11 līdz 11 no 11 rezultātiem" in page(client, "?lapa=999999")
    assert len(names(page(client, "?skaits=25"))) == 11


# --- filters on the page ----------------------------------------------------------------


def test_chips_name_every_filter_and_lead_to_the_page_without_it(client: Client) -> None:
    ProgrammeFactory.create()
    html = page(client, "?q=datu&veids=module&veids=study_course&digcomp-limenis=5&forma=onsite&atverta=1&skaits=25")
    assert chips(html) == ['"datu"', "Modulis", "study_course", "DigComp līmenis 5", "klātiene", "Pieteikšanās atvērta"]
    assert 'href="?q=datu&veids=study_course&digcomp-limenis=5&forma=onsite&atverta=1&skaits=25"' in html


def test_the_panel_keeps_what_was_chosen_and_searched(client: Client) -> None:
    ProgrammeFactory.create(name="Datu analīze")
    html = page(client, "?q=datu&veids=module&nozare=3&iestade=nav&vietas=1&kartot=maksa")
    panel = html.split('id="filtri"')[1].split("</form>")[0]
    assert '<input type="hidden" name="q" value="datu">' in panel
    assert '<input type="hidden" name="kartot" value="maksa">' in panel
    assert 'name="veids" value="module" checked' in panel
    assert 'name="nozare" value="3" checked' in panel
    assert 'name="iestade" value="nav" checked' in panel
    search = html.split('role="search"')[1].split("</form>")[0]
    assert '<input type="hidden" name="veids" value="module">' in search


def test_several_sectors_are_ticked_and_counted_in_the_closed_list(client: Client) -> None:
    ProgrammeFactory.create()
    ProgrammeFactory.create(sector=Sector.objects.get(number=15))
    html = page(client, "?nozare=3,18&veids=module")
    picked = html.split(">Mācību nozare</legend>")[1].split("</fieldset>")[0]
    assert "Izvēlētas: 2" in picked
    ticked = [
        part.split('"')[0] for part in picked.split('name="nozare" value="')[1:] if "checked" in part.split(">")[0]
    ]
    assert ticked == ["3", "18"]
    assert "15" in [part.split('"')[0] for part in picked.split('name="nozare" value="')[1:]]
    assert len(names(html)) == 1


def test_several_institutions_are_chosen_one_after_another(client: Client) -> None:
    for code in ("viena", "otra", "tresa"):
        ProgrammeFactory.create(institution__code=code, institution__name=f"Skola {code}")
    html = page(client, "?iestade=viena&iestade=otra")
    assert len(names(html)) == 2
    panel = html.split('id="filtri"')[1].split("</form>")[0]
    assert "<option>Skola tresa</option>" in panel
    assert '<option value="Skola viena">' not in panel
    assert chips(html) == ["Skola viena", "Skola otra"]


def test_an_empty_page_names_the_ways_out(client: Client) -> None:
    ProgrammeFactory.create(name="Datu analīze")
    ProgrammeFactory.create(name="Datu bāzes")
    html = page(client, "?forma=remote&veids=module&kartot=maksa")
    assert 'href="/programmas?veids=module&kartot=maksa">Bez filtra "Mācību forma": 2 programmas</a>' in html
    assert "Programmas veids" not in html.split("Pietiktu ar vienu")[1].split("<button")[0].split("Atiestatīt")[0]
    words = page(client, "?veids=module&q=astronomija")
    assert 'href="/programmas?veids=module">Bez vārdiem "astronomija": 2 programmas</a>' in words
    both = page(client, "?forma=remote&veids=study_course")
    assert "Pietiktu ar vienu" not in both
    assert "Noņemiet kādu filtru" in both


def test_the_soonest_start_comes_first_and_those_without_a_group_last(client: Client) -> None:
    today = timezone.localdate()
    for name, days in (("Vēls", 50), ("Drīzs", 5), ("Vidējs", 20)):
        programme = ProgrammeFactory.create(name=name, group=False)
        CourseGroupFactory.create(
            programme=programme, starts_on=today + timedelta(days=days), ends_on=today + timedelta(days=90)
        )
    ProgrammeFactory.create(name="Bez grupas", group=False)
    sooner = Programme.objects.get(name="Vēls")
    CourseGroupFactory.create(programme=sooner, starts_on=today, ends_on=today + timedelta(days=90))  # begun already
    raise_catalogue_version()
    html = page(client, "?kartot=sakums")
    assert names(html) == ["Drīzs", "Vidējs", "Vēls", "Bez grupas"]
    assert f"sākas {today + timedelta(days=5):%d.%m.%Y}." in html


def test_nobody_can_write_into_the_page(client: Client) -> None:
    html = client.get("/programmas", {"q": '"><script>x</script>', "iestade": "<b>x</b>"}).content.decode()
    assert "<script>x" not in html
    assert "<b>x" not in html


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=" + "%25" * 200,
        "?q=%F0%9F%92%A9+%D0%BF%D1%80%D0%B8",
        "?lapa=99999999999999999999999999",
        "?lapa=-1&lapa=x&lapa[]=2",
        "?veids=%00&veids=%ff%fe",
        "?nozare=2147483648&digcomp-limenis=32768",
        "?iestade=%25_%5C%27%22",
        "?iestade=" + "a" * 5000,
        "?kartot=-password&skaits=1e9",
        "?" + "&".join(f"veids=v{number}" for number in range(400)),
    ],
)
def test_web_07_no_address_breaks_the_page(client: Client, query: str) -> None:
    ProgrammeFactory.create()
    page(client, query)
    assert client.get(f"/programmas/skaits{query}").status_code == 200


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/programmas").status_code == 405


# --- one's own catalogue ------------------------------------------------------------------


@pytest.fixture
def learner() -> Any:
    user = ClientFactory.create()
    user.person.profile.sectors.set(Sector.objects.filter(number__in=(15, 18)))
    return user


def test_a_client_first_sees_the_sectors_of_the_profile(client: Client, learner: Any) -> None:
    ProgrammeFactory.create(name="Grāmatvedība", sector=Sector.objects.get(number=15))
    ProgrammeFactory.create(name="Metināšana", sector=Sector.objects.get(number=9))
    signed_in(client, learner)
    html = page(client)
    assert names(html) == ["Grāmatvedība"]
    for text in ("Jums piemērotās programmas", "Mainīt jomas", "Pilnais programmu katalogs", 'href="?pilns=1"'):
        assert text in html
    full = page(client, "?pilns=1")
    assert names(full) == ["Grāmatvedība", "Metināšana"]
    assert "Jums piemērotās" not in full
    assert '<input type="hidden" name="pilns" value="1">' in full


def test_x13_an_address_with_filters_shows_a_client_what_it_shows_anybody(client: Client, learner: Any) -> None:
    ProgrammeFactory.create(name="Metināšana", sector=Sector.objects.get(number=9))
    ProgrammeFactory.create(name="Grāmatvedība", sector=Sector.objects.get(number=15))
    anybody = names(page(Client(), "?veids=module"))
    assert names(page(signed_in(client, learner), "?veids=module")) == anybody == ["Grāmatvedība", "Metināšana"]


def test_sectors_without_programmes_show_the_whole_catalogue(client: Client, learner: Any) -> None:
    ProgrammeFactory.create(name="Metināšana", sector=Sector.objects.get(number=9))
    html = page(signed_in(client, learner))
    assert names(html) == ["Metināšana"]
    assert "Jums piemērotās" not in html


def test_an_employee_sees_the_public_catalogue(client: Client) -> None:
    ProgrammeFactory.create(name="Metināšana")
    html = page(signed_in(client, ProviderFactory.create()))
    assert names(html) == ["Metināšana"]
    assert "pilns" not in html


# --- what it costs --------------------------------------------------------------------------


def many(count: int) -> None:
    for _ in range(count):
        programme = ProgrammeFactory.create()
        ProgrammeCompetenceFactory.create(programme=programme)
        CourseGroupFactory.create(programme=programme)
        programme.venues.add(VenueFactory.create(institution=programme.institution))
    raise_catalogue_version()


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_queries_do_not_grow_with_rows(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    RoundFactory.create()
    many(rows)
    client.get("/pieslegties")  # a worker reads the menu's entries once
    with django_assert_num_queries(7):  # version; sets, rounds, sources; rows, places; and the menu's version
        page(client, "?skaits=50&atverta=1")
    with django_assert_num_queries(1):  # version and live places, without which nothing kept is shown
        page(client, "?skaits=50&atverta=1")


@pytest.mark.parametrize("rows", [1, 10])
def test_a_clients_queries_do_not_grow_either(
    client: Client, learner: Any, django_assert_num_queries: Any, rows: int
) -> None:
    many(rows)
    signed_in(client, learner)
    page(client, "?pilns=1")
    # session and user; person with money, sectors and saved programmes; version and places; menus (performance.md 1)
    with django_assert_num_queries(5):
        page(client, "?pilns=1")


def test_the_star_is_drawn_once_and_only_where_something_is_rated(client: Client) -> None:
    many(2)
    assert "i-star" not in page(client)
    Programme.objects.update(rating_mean=4.5, rating_count=5)
    raise_catalogue_version()
    html = page(client)
    assert (html.count('id="i-star"'), html.count('href="#i-star"')) == (1, 2)


def test_a_page_stays_small(client: Client) -> None:
    many(20)
    response = client.get("/programmas?skaits=25")
    assert len(response.content) < 44_000
    assert Programme.objects.count() == 20
