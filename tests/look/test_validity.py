"""The rules of HTML: each finds its fault, a good page has none, and pages as the server sends them are good ones."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from stars.pages import content
from tests.architecture.test_matrix import ROLES, World, names, world  # noqa: F401 - the fixture
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


FRAGMENTS = {"accounts:registry_facts"}  # a part of a page, fetched by its script
# What tells one answer of a page from the next: the form's token, the request's id, the way back after signing in.
PASSING = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\b|(?<=next=)[^\"&]*")
known_faults = cache(faults)  # most addresses answer most roles by the same few pages


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_every_role_is_valid(world: World, role: str) -> None:  # noqa: F811
    """As each address answers this role: its page, its refusal, its way to the sign-in."""
    browser, wrong = world.browser(role), {}
    for name in names():
        answer = browser.get(world.path(name), follow=True)
        if answer.redirect_chain and answer.redirect_chain[-1][0].startswith("/admin"):
            continue  # Django's own pages
        if (
            name not in FRAGMENTS
            and answer.content
            and answer["Content-Type"].startswith("text/html")
            and (found := known_faults(PASSING.sub("-", answer.content.decode())))
        ):
            wrong[name] = found
    assert wrong == {}


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
