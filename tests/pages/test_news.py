"""News: out only when its moment has come; staff may look before."""

import pytest
from django.test import Client

from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ClientFactory
from tests.factories.pages import FrequentQuestionFactory, NewsItemFactory

pytestmark = pytest.mark.django_db


def test_an_item_to_come_is_seen_by_staff_only() -> None:
    item = NewsItemFactory(to_come=True, title="Rītdienas ziņa")
    address = f"/jaunumi/{item.slug}"
    assert Client().get(address).status_code == 404
    assert signed_in(Client(), ClientFactory()).get(address).status_code == 404
    preview = signed_in(Client(), AgencyUserFactory()).get(address)
    assert preview.status_code == 200
    assert "Priekšskatījums" in preview.content.decode()
    assert "Rītdienas ziņa" not in Client().get("/jaunumi").content.decode()


def test_long_lists_are_paged(client: Client) -> None:
    for number in range(12):
        NewsItemFactory(title=f"Ziņa {number:02}")
    assert client.get("/jaunumi").content.decode().count("<time") == 10
    assert client.get("/jaunumi?lapa=2").content.decode().count("<time") == 2
    assert client.get("/jaunumi?lapa=x").status_code == 200


def test_without_news_the_page_says_so(client: Client) -> None:
    assert "Jaunumu vēl nav." in client.get("/jaunumi").content.decode()


def test_questions_stand_under_their_category(client: Client) -> None:
    FrequentQuestionFactory(category="Viens", question="A?", position=1)
    FrequentQuestionFactory(category="Viens", question="B?", position=2)
    FrequentQuestionFactory(category="Divi", question="C?", answer="Skat. [lapu](/programmas).", position=3)
    html = client.get("/jautajumi").content.decode()
    places = [html.index(words) for words in ("Viens</h2>", "A?", "B?", "Divi</h2>", "C?")]
    assert places == sorted(places)
    assert html.count("Viens</h2>") == 1
    assert '<a href="/programmas">lapu</a>' in html


def test_without_questions_the_page_says_so(client: Client) -> None:
    assert "Neviens jautājums vēl nav publicēts." in client.get("/jautajumi").content.decode()
