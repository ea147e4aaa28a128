"""Error pages say what happened and what to do, and need neither a database nor a session (P14)."""

import re

import pytest
from bs4 import BeautifulSoup
from django.template.loader import get_template
from django.test import Client

from tests.look.rendering import the, words

HEADINGS = {
    400: "Pieprasījumu neizdevās saprast",
    403: "Jums nav tiesību skatīt šo lapu",
    404: "Lapa nav atrasta",
    405: "Šī adrese pieder pogai",
    409: "To vairs nevar izdarīt",
    413: "Fails ir par lielu",
    429: "Pārāk daudz mēģinājumu",
    500: "Radās kļūda mūsu pusē",
    503: "Notiek plānoti darbi",
}


def page(code: int) -> BeautifulSoup:
    """Rendered as the error handlers do: no request, no context processor; the test may not touch the database."""
    context = {"request_id": "7f3a21c8", "message": "Vietu vairs nav.", "action": "", "typed": [], "again": ""}
    return BeautifulSoup(get_template(f"{code}.html").render(context), "html.parser")


@pytest.mark.parametrize("code", HEADINGS)
def test_an_error_page_names_the_trouble_the_reference_and_the_way_home(code: int) -> None:
    shown = page(code)
    assert words(the(shown, "h1")) == HEADINGS[code]
    assert words(the(shown, "title")) == f"{HEADINGS[code]} – STARS"
    main = the(shown, "main")
    assert "Atsauces numurs 7f3a21c8" in words(main)
    assert the(main, "a[href='tel:+37167359075']")
    assert words(the(main, "a[href='/']")) == "Uz sākumu"


def test_the_form_that_expired_has_words_of_its_own() -> None:
    shown = BeautifulSoup(get_template("403_csrf.html").render({"request_id": "1", "again": ""}), "html.parser")
    assert words(the(shown, "h1")) == "Veidlapas laiks ir beidzies"


@pytest.mark.parametrize(
    ("referer", "again"),
    [
        ("http://testserver/programmas?q=x", "/programmas?q=x"),
        ("http://testserver//zogs.example/", None),
        ("https://zogs.example/programmas", None),
        ("", None),
    ],
)
def test_f17_an_expired_form_is_opened_again_on_its_own_page(referer: str, again: str | None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/pieklustamibas-iestatijumi", {}, headers={"Referer": referer})
    assert answer.status_code == 403
    link = BeautifulSoup(answer.content, "html.parser").find("a", string=re.compile("Atvērt veidlapu vēlreiz"))
    assert (link["href"] if link else None) == again


def test_a_refusal_says_why() -> None:
    assert "Vietu vairs nav." in words(page(409))


def test_a_lost_person_can_search() -> None:
    assert the(page(404), "form[role=search]")["action"] == "/programmas"


@pytest.mark.parametrize("code", HEADINGS)
def test_an_error_page_is_not_indexed_and_offers_no_form_that_needs_a_session(code: int) -> None:
    shown = page(code)
    assert the(shown, "meta[name=robots]")["content"] == "noindex"
    assert not shown.select("form[method=post]")
