"""The starting texts: complete, word for word where they are law, and never in the way of what the agency writes."""

import re
from collections.abc import Iterator
from hashlib import sha256

import pytest
from django.core.management import call_command

from accounts.models import PolicyKind, PolicyVersion
from stars.pages import content
from stars.pages.models import ContentPage, FrequentQuestion, NewsItem
from stars.pages.texts import pieces

# Of the order Nr. 6.-1.2.1/1 of 04.09.2024, its words in lower case with single spaces.
TERMS_DIGEST = "6430fda1c32108868adbadec6347e2cebef5a28ad21567e8d102a6bcd42b5fb4"
NEWS_DIGEST = "19f033d21be96627d18d46077ec5831d22522ff83b0bf87887447144700af231"

pytestmark = pytest.mark.django_db


def digest(text: str) -> str:
    return sha256(" ".join(text.lower().split()).encode()).hexdigest()


def terms() -> PolicyVersion:
    return PolicyVersion.objects.get(kind=PolicyKind.TERMS, version="2024-09-04")


def numbers() -> Iterator[str]:
    return (piece.number for piece in pieces(terms().body, points=True) if piece.kind == "point")


def test_terms_have_every_point_in_order() -> None:
    content.load()
    found = list(numbers())
    assert [number for number in found if "." not in number] == [str(number) for number in range(1, 34)]
    assert found == sorted(found, key=lambda number: [int(part) for part in number.split(".")])
    below = {
        top: sum(1 for number in found if re.fullmatch(rf"{top}\.\d+", number)) for top in (17, 18, 26, 27, 31, 32)
    }
    assert below == {17: 6, 18: 4, 26: 5, 27: 3, 31: 3, 32: 8}
    assert sum(number.startswith("27.1.") for number in found) == 6


def test_terms_are_word_for_word() -> None:
    content.load()
    assert digest(terms().body.replace("## ", "")) == TERMS_DIGEST
    assert terms().published_at.astimezone(content.RIGA).isoformat() == "2024-09-04T00:00:00+03:00"


def test_news_of_the_round_is_word_for_word() -> None:
    content.load()
    item = NewsItem.objects.get(slug="piesakies-digitalo-prasmju-apguvei")
    said = f"{item.title} {item.lead} {item.body}".replace("## ", "").replace("- ", "")
    assert digest(re.sub(r"\[(.*?)\]\(.*?\)", r"\1", said)) == NEWS_DIGEST


def test_loading_twice_changes_nothing() -> None:
    first = content.load()
    assert first.pages >= 17
    assert first.news == 6
    assert first.policies == 2
    assert content.load() == content.Loaded(pages=0, news=0, questions=0, policies=0)


def test_what_the_agency_wrote_stays() -> None:
    content.load()
    page = ContentPage.objects.get(slug="kontakti")
    page.title = "Kā ar mums sazināties"
    page.save()
    page.sections.all().delete()
    NewsItem.objects.exclude(slug="piesakies-digitalo-prasmju-apguvei").delete()
    FrequentQuestion.objects.filter(position__gt=1).delete()
    PolicyVersion.objects.filter(kind=PolicyKind.PRIVACY).update(body="1. Mūsu pašu.")

    call_command("load_content")

    page.refresh_from_db()
    assert (page.title, page.sections.count()) == ("Kā ar mums sazināties", 0)
    assert NewsItem.objects.count() == 1
    assert FrequentQuestion.objects.count() == 1
    assert PolicyVersion.objects.get(kind=PolicyKind.PRIVACY).body == "1. Mūsu pašu."


def test_a_page_that_is_missing_comes_back() -> None:
    content.load()
    ContentPage.objects.filter(slug="sikdatnes").delete()
    assert content.load().pages == 1
    assert ContentPage.objects.get(slug="sikdatnes").sections.count() > 2


def test_facts_of_the_project() -> None:
    content.load()
    page = ContentPage.objects.get(slug="individualo-macibu-kontu-pieeja")
    said = "\n".join(page.sections.values_list("body", flat=True))
    for fact in ("15,146 milj.", "2023. gada jūlijs", "2026. gada maij", "1 000 |", "3 500 |", "Nr. 506"):
        assert fact in said
