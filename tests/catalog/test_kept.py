"""What is kept is never old, and never a person's: version, places, rounds and menus show at once (X13, X14)."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.utils import timezone
from tinyhtml5.parser import HTMLParser

from accounts.models import Institution
from catalog.models import ApplicationRound, CatalogueVersion, CourseGroup, Programme
from catalog.services import raise_catalogue_version
from funding.models import FundingSource
from stars.classifiers.models import Municipality, ProgrammeKind, Qualification, Sector
from stars.kernel import kept
from stars.pages.models import ContentPage
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.pages import ContentPageFactory

pytestmark = pytest.mark.django_db
FILTERED = "/programmas?veids=module"


def version() -> int:
    return CatalogueVersion.objects.get().version


def html(client: Client, path: str = FILTERED) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def programme() -> Programme:
    RoundFactory.create()
    made: Programme = ProgrammeFactory.create(name="Datu analīze", group__capacity=20, group__taken=3)
    return made


@pytest.fixture
def visitor(programme: Programme) -> Client:
    """Somebody nobody knows, for whom the page is kept already."""
    client = Client()
    assert "17/20" in html(client)
    assert html(client) == html(Client())
    return client


def test_a_kept_page_costs_one_query(visitor: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        html(visitor)


def test_an_answer_given_first_has_every_header_of_a_drawn_one(client: Client, programme: Programme) -> None:
    drawn, kept = client.get("/programmas?skaits=50"), client.get("/programmas?skaits=50")
    assert kept.content == drawn.content
    assert "X-Frame-Options" in kept.headers
    assert "Content-Security-Policy" in kept.headers
    assert {name: kept.headers[name] for name in drawn.headers if name != "X-Request-ID"} == {
        name: drawn.headers[name] for name in drawn.headers if name != "X-Request-ID"
    }


def test_a_place_taken_shows_at_once(visitor: Client) -> None:
    before = version()
    CourseGroup.objects.update(taken=4)
    assert version() == before  # an application never makes the counts old
    assert "16/20" in html(visitor)
    CourseGroup.objects.update(taken=20)
    page = html(visitor)
    assert "0/20" in page
    assert page.split("Ir brīvas vietas")[1].split("<small>")[1].startswith("0<")


def test_x13_the_free_rows_follow_the_places(visitor: Client) -> None:
    assert "Datu analīze" in html(visitor, "/programmas?vietas=1")
    CourseGroup.objects.update(taken=20)
    assert "Datu analīze" not in html(visitor, "/programmas?vietas=1")
    CourseGroup.objects.update(taken=19)
    assert "Datu analīze" in html(visitor, "/programmas?vietas=1")


def test_x14_a_round_that_ends_shows_without_any_edit(visitor: Client, time_machine: Any) -> None:
    assert "Pieteikšanās līdz" in html(visitor)
    time_machine.move_to(ApplicationRound.objects.get().closes_at)
    page = html(visitor)
    assert "Pieteikšanās līdz" not in page
    assert "Pieteikšanās nav atvērta" in page


def test_a_group_that_begins_leaves_at_midnight_in_riga(visitor: Client, time_machine: Any) -> None:
    starts_on = CourseGroup.objects.get().starts_on
    time_machine.move_to(timezone.make_aware(datetime.combine(starts_on, time.min)))
    assert "Jaunu grupu vēl nav" in html(visitor)


def test_a_raised_version_shows_what_was_edited(visitor: Client) -> None:
    Programme.objects.update(name="Datu vizualizācija")
    raise_catalogue_version()
    assert "Datu vizualizācija" in html(visitor)


def named(model: Any, field: str) -> Any:
    def edit() -> None:
        model.objects.update(**{field: "Cits nosaukums"})

    return pytest.param(edit, id=model.__name__)


@pytest.mark.parametrize(
    "edit",
    [
        named(Institution, "name"),
        named(FundingSource, "label"),
        named(ProgrammeKind, "label"),
        named(Sector, "name"),
        named(Qualification, "label"),
        named(Municipality, "name"),
        named(ApplicationRound, "name"),
        named(ContentPage, "menu_label"),
    ],
)
def test_rows_of_other_apps_raise_the_version_whoever_edits_them(edit: Any) -> None:
    before = version()
    edit()
    assert version() == before + 1


def test_an_institutions_new_name_and_a_new_menu_entry_show_at_once(visitor: Client) -> None:
    Institution.objects.update(name="Jaunā skola")
    ContentPageFactory.create(menu_label="Jauna lapa")
    page = html(visitor)
    assert "Jaunā skola" in page
    assert "Jauna lapa" in page


def test_a_signed_in_person_is_never_shown_to_the_next_visitor(visitor: Client) -> None:
    client = ClientFactory.create(person__first_name="Zaiga", person__last_name="Nekeptā")
    assert "Zaiga" in html(signed_in(Client(), client))
    for _ in range(2):
        assert "Zaiga" not in html(Client())
    assert "Zaiga" in html(signed_in(Client(), client))  # and gets a page of their own


def test_the_look_of_one_browser_is_not_the_look_of_another(visitor: Client) -> None:
    dark = Client()
    dark.cookies["look"] = "dark"
    html(dark)
    assert 'data-theme="dark"' not in html(visitor)


def test_pages_with_the_same_rows_keep_their_own_addresses(visitor: Client) -> None:
    assert 'name="veids" value="module"' in html(visitor)
    assert "?lapa=2&amp;veids" not in html(visitor, "/programmas?skaits=25")
    assert html(visitor, "/programmas?q=datu") != html(visitor, "/programmas")


def test_the_rounds_next_opening_is_part_of_the_page(visitor: Client) -> None:
    ApplicationRound.objects.all().delete()
    assert "Pieteikšanās nav atvērta" in html(visitor)
    opens = RoundFactory.create(
        opens_at=timezone.now() + timedelta(days=3), closes_at=timezone.now() + timedelta(days=9)
    ).opens_at
    assert f"{timezone.localtime(opens):%d.%m.%Y}." in html(visitor)


def test_what_is_left_out_of_a_kept_piece_changes_no_element_and_no_word(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elements(source: str) -> list[tuple[str, list[tuple[str, str]], str]]:
        tree = HTMLParser(namespace_html_elements=False).parse(source)
        return [(str(one.tag), sorted(one.items()), " ".join((one.text or "").split())) for one in tree.iter()]

    light = html(Client())
    cache.clear()
    caches["pages"].clear()
    monkeypatch.setattr(kept, "_LEFT_OUT", re.compile("(?!)"))
    whole = html(Client())
    assert elements(light) == elements(whole)
    assert len(light) < len(whole) - 200
