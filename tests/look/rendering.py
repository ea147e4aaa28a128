"""Renders a line of component markup the way a page template would."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler


def compiled(markup: str) -> Any:
    """A template made of this markup, components and all."""
    return engines["django"].from_string(CottonCompiler().process(markup))


def render(markup: str, /, query: str = "", **context: Any) -> BeautifulSoup:
    request = RequestFactory().get("/lapa" + (f"?{query}" if query else ""))
    return BeautifulSoup(compiled(markup).render(context, request), "html.parser")


def the(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The one element that matches; none or several is a failure."""
    found = page.select(selector)
    assert len(found) == 1, (selector, found)
    return found[0]


def words(tag: Tag | BeautifulSoup) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())
