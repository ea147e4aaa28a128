"""The catalogue page: what it shows, what it counts, what it refuses to be broken by."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.catalog import (
    ProgrammeCompetenceFactory,
    ProgrammeFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db


def names(html: str) -> list[str]:
    return [part.split("</a>")[0].split(">", 1)[1] for part in html.split('class="prog-title"><a')[1:]]


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/programmas{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    html = page(client)
    assert "Pēc šiem nosacījumiem neatradām nevienu programmu." in html
    assert "Atiestatīt filtrus" in html


def test_a_card_says_all_that_decides(client: Client) -> None:
    RoundFactory(closes_at=timezone.localtime().replace(hour=12) + timedelta(days=9))
    programme = ProgrammeFactory(
        name="Tīmekļa lietotņu izstrāde", offer__price_cents=60899, group__capacity=20, group__taken=3
    )
    ProgrammeCompetenceFactory(programme=programme, level=5)
    html = page(client)
    assert names(html) == ["Tīmekļa lietotņu izstrāde"]
    for text in (
        "608,99",
        "108,99",
        "17/20",
        "96 stundas",
        "klātiene",
        "darba dienu vakari",
        "DigComp līmenis 5",
        "IMK",
    ):
        assert text in html.replace("\xa0", " "), text
    last = timezone.localtime() + timedelta(days=9)
    assert f"Pieteikšanās līdz {last:%d.%m.%Y}." in html
