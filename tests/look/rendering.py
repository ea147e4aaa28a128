"""Renders a line of component markup the way a page template would."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler


def render(markup: str, /, query: str = "", **context: Any) -> BeautifulSoup:
    template = engines["django"].from_string(CottonCompiler().process(markup))
    request = RequestFactory().get("/lapa" + (f"?{query}" if query else ""))
    return BeautifulSoup(template.render(context, request), "html.parser")


def the(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The one element that matches; none or several is a failure."""
    found = page.select(selector)
    assert len(found) == 1, (selector, found)
    return found[0]


def words(tag: Tag | BeautifulSoup) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())
