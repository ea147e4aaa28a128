"""The rules of HTML: each finds its fault, a good page has none. Every address as it answers: tests/architecture/test_matrix.py."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from stars.pages import content
from tests.look.validity import faults

GOOD = (
    '<!doctype html><html lang="lv"><head><meta charset="utf-8"><title>x</title></head>'
    "<body><main><h1>x</h1>{}</main></body></html>"
)


def test_a_good_page_has_no_fault() -> None:
    assert (
        faults(GOOD.format('<p>a <a href="/">b</a></p><ul><li>c</li></ul><label for="n">n</label><input id="n">')) == []
    )


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("<p><div>x</div></p>", "parser"),
        ("<p>x</span></p>", "parser"),
        ('<a href="/" href="/x">x</a>', "parser"),
        ("<span><div>x</div></span>", "where only words may be"),
        ("<h2><p>x</p></h2>", "where only words may be"),
        ("<ul><p>x</p></ul>", "right inside ul"),
        ("<dl><p>x</p></dl>", "right inside dl"),
        ("<ol>x<li>y</li></ol>", "bare words"),
        ("<button>x</button>", "has no type"),
        ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
        ('<p id=""></p>', "is empty"),
        ("<h1>y</h1>", "2 h1"),
        ('<label for="nothing">x</label>', "points with for"),
        ("<label>x</label>", "belongs to no control"),
        ('<label for="b"><input id="a"></label><input id="b" aria-label="b">', "points at another"),
        ("<input>", "has no label"),
        ("<select><option>x</option></select>", "has no label"),
        ('<input aria-describedby="gone" aria-label="x">', "points with aria-describedby"),
        ('<a href="/"><button type="button">x</button></a>', "can be pressed"),
        ('<button type="button"><a href="/">x</a></button>', "can be pressed"),
        ('<span aria-label="x">y</span>', "nobody reads"),
        ('<img src="x.png">', "has no alt"),
        ("<center>x</center>", "of the past"),
        ('<p style="color:red">x</p>', "of its own"),
        ('<p onclick="x()">x</p>', "of its own"),
        ("<table><tr><td>x</td></tr></table><form><div><form></form></div></form>", "parser"),
    ],
)
def test_each_rule_finds_its_fault(part: str, says: str) -> None:
    found = faults(GOOD.format(part))
    assert any(says in one for one in found), found


@pytest.mark.parametrize(
    "source",
    [
        "<html><head><title>x</title></head><body><main><h1>x</h1></main></body></html>",
        GOOD.format("").replace(' lang="lv"', ""),
        GOOD.format("").replace("<main>", "<div>").replace("</main>", "</div>"),
        GOOD.format("").replace("<h1>x</h1>", ""),
    ],
    ids=["doctype", "language", "main", "heading"],
)
def test_what_every_page_must_have(source: str) -> None:
    assert faults(source) != []


@pytest.mark.django_db
def test_pages_with_the_agencys_texts_and_with_errors_are_valid(as_client: Callable[[User], Client]) -> None:
    content.load()
    browser = Client()
    wrong = {}
    for path in ("/", "/palidziba", "/palidziba/pieteiksanas", "/jautajumi", "/pieklustamiba", "/lietosanas-noteikumi"):
        if found := faults(browser.get(path).content.decode()):
            wrong[path] = found
    for path in ("/provider/login",):
        if found := faults(browser.post(path, {}).content.decode()):
            wrong[f"{path} with errors"] = found
    assert wrong == {}


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "413", "429", "500", "503"])
def test_pages_of_things_that_went_wrong_are_valid(name: str) -> None:
    assert faults(render_to_string(f"{name}.html", {"request_id": "-", "message": "x", "action": ""})) == []
