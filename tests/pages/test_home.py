"""The front page: the round that is really open, projects counted over published programmes, news."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import ApplicationRound
from funding.models import FundingSource
from stars.pages import selectors
from stars.pages.content import RIGA
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.pages import ContentPageFactory, NewsItemFactory

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def source(code: str) -> FundingSource:
    return FundingSource.objects.get(code=code)


def june(day: int, hour: int = 0) -> datetime:
    return datetime(2025, 6, day, hour, tzinfo=RIGA)


def june_round() -> ApplicationRound:
    made: ApplicationRound = RoundFactory(opens_at=june(9), closes_at=june(21))
    return made


def test_open_round_with_its_days() -> None:
    june_round()
    banner = selectors.round_banner(june(14, 12))
    assert banner and banner.is_open
    assert (banner.first_day.day, banner.last_day.day) == (9, 20)
    assert (banner.days_left, banner.days_gone, banner.days_total) == (6, 6, 12)


def test_the_closing_moment_is_already_outside() -> None:
    june_round()
    last = selectors.round_banner(june(21) - timedelta(microseconds=1))
    assert last and last.is_open and last.days_left == 0
    assert selectors.round_banner(june(21)) is None


def test_before_the_round_the_page_says_when_it_starts() -> None:
    june_round()
    banner = selectors.round_banner(june(9) - timedelta(microseconds=1))
    assert banner and not banner.is_open
    opened = selectors.round_banner(june(9))
    assert opened and opened.is_open


def test_words_of_the_banner(client: Client) -> None:
    assert "Šobrīd pieteikšanās nav atvērta." in page(client)
    coming = RoundFactory(to_come=True)
    assert f"Pieteikšanās sāksies {timezone.localdate(coming.opens_at):%d.%m.%Y}." in page(client)
    RoundFactory(source=source("mn"))
    said = page(client)
    assert "Pieteikšanās atvērta" in said
    assert "Mācības nodarbinātajiem. Vēl " in said


def test_other_open_rounds_are_named_too(client: Client) -> None:
    RoundFactory()
    RoundFactory(source=source("mn"))
    assert "Atvērta arī: Mācības nodarbinātajiem, līdz" in page(client)


def test_projects_count_published_programmes_only(client: Client) -> None:
    ProgrammeFactory.create_batch(2)
    ProgrammeFactory(unpublished=True)
    ProgrammeFactory(institution__is_active=False)
    ProgrammeFactory(offer__source=source("varam"), varam_level="basic")
    ProgrammeFactory(offer__source=source("varam"), varam_level="intermediate")
    found = {one.source.code: one for one in selectors.projects()}
    assert {code: one.programmes for code, one in found.items()} == {"imk": 2, "mn": 0, "varam": 2}
    assert (found["imk"].levels, found["varam"].levels, found["varam"].sectors) == (0, 2, 1)
    said = page(client)
    assert "2 programmas" in said
    assert "2 līmeņi" in said
    assert "500,00\u00a0€" in said
    assert "Programmas vēl nav publicētas." in said


def test_a_project_leads_to_its_page(client: Client) -> None:
    ProgrammeFactory()
    above = ContentPageFactory(slug="iespejas")
    ContentPageFactory(parent=above, slug="lietpratejiem", source=source("imk"))
    assert 'href="/iespejas/lietpratejiem"' in page(client)
    assert 'href="/programmas?finansejums=imk"' in page(client)


def test_only_the_newest_three_news_that_are_out(client: Client) -> None:
    NewsItemFactory(to_come=True, title="Vēl nav")
    for number in range(4):
        NewsItemFactory(title=f"Ziņa {number}", published_at=timezone.now() - timedelta(days=number + 1))
    said = page(client)
    assert [f"Ziņa {number}" in said for number in range(4)] == [True, True, True, False]
    assert "Vēl nav" not in said


def test_front_page_costs_the_same_however_much_there_is(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for rows in (1, 3):
        ProgrammeFactory.create_batch(rows)
        NewsItemFactory.create_batch(rows)
        RoundFactory(source=source("imk" if rows == 1 else "mn"))
        client.get("/")
        with django_assert_max_num_queries(6):
            client.get("/")
