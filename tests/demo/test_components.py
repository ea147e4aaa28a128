"""/komponentes: every part of the portal in every state, wherever the demo is installed and nowhere else (design.md 6)."""

import importlib
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.test import Client, modify_settings
from django.urls import clear_url_caches, resolve

from stars import urls
from stars.settings import base
from tests.look.rendering import the, words

pytestmark = pytest.mark.django_db


def page(client: Client, **asked: str) -> BeautifulSoup:
    return BeautifulSoup(client.get("/komponentes", asked).content, "html.parser")


def worn(shown: BeautifulSoup) -> tuple[str | None, str | None]:
    html = the(shown, "html")
    return str(html.get("data-theme")), str(html.get("data-contrast"))


def test_each_look_is_a_plain_link_that_changes_the_whole_page(client: Client) -> None:
    switch = the(page(client), "nav[aria-label='Krāsas un kontrasts']")
    seen = {}
    for link in switch.select("a"):
        asked = str(link["href"]).removeprefix("?izskats=") if "=" in str(link["href"]) else ""
        shown = page(client, izskats=asked)
        seen[words(link)] = worn(shown)
        assert words(the(the(shown, "nav[aria-label='Krāsas un kontrasts']"), "[aria-current]")) == words(link)
    assert seen == {
        "kā ierīcē": ("None", "None"),
        "gaišs": ("light", "None"),
        "tumšs": ("dark", "None"),
        "augsts kontrasts": ("light", "high"),
        "augsts kontrasts, tumšs": ("dark", "high"),
    }


def test_the_frame_is_shown_signed_in_and_as_a_visitor_with_the_warning_on_request(client: Client) -> None:
    assert "Anna Bērziņa" in words(page(client))
    assert "Anna Bērziņa" not in words(the(page(client, viesis="1"), "header"))
    assert not page(client).select("dialog")
    assert the(page(client, sesija="115"), "dialog")["data-seconds"] == "115"


def test_a_bound_form_shows_every_error_beside_its_field_and_in_the_summary(client: Client) -> None:
    shown = page(client)
    beside = [words(one).removeprefix("Kļūda: ") for one in shown.select("main .err")]
    assert beside == [words(one) for one in the(shown, "#kludas").select("li")]
    assert len(beside) == 10


@pytest.fixture
def without_the_demo() -> Iterator[None]:
    """The addresses as production has them: the demo is not installed."""
    with modify_settings(INSTALLED_APPS={"remove": "stars.demo"}):
        importlib.reload(urls)
        clear_url_caches()
        yield
    importlib.reload(urls)
    clear_url_caches()


@pytest.mark.usefixtures("without_the_demo")
@pytest.mark.parametrize("path", ["/komponentes", "/komponentes/apstiprinat"])
def test_where_the_demo_is_not_installed_there_is_no_such_address(client: Client, path: str) -> None:
    assert not apps.is_installed("stars.demo")
    assert resolve(path).url_name in {"content", "content_under"}
    assert client.get(path).status_code == 404


def test_production_does_not_install_the_demo() -> None:
    """Its settings take the list of base.py as it is; only the others add to it."""
    assert "stars.demo" not in base.INSTALLED_APPS
    production = (settings.BASE_DIR / "stars/settings/production.py").read_text(encoding="utf-8")
    assert "INSTALLED_APPS" not in production
