"""How a letter looks: words first, one column of HTML after them, a plum line, nothing of the person's."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from stars.notices.services.letters import letter_of
from tests.factories.notices import DeliveryFactory

pytestmark = pytest.mark.django_db
LINK = "http://127.0.0.1:8000/profils/pieteikumi/1"
TEXT = f"Programma: Datu analīze\nMācības: 01.09.2025.\n\nAtbildi saņemsiet 10 darba dienu laikā.\n\nAtvērt platformā:\n\n{LINK}"


def both(text: str = TEXT, subject: str = "Pieteikums Nr. 2025-000001 ir iesniegts") -> tuple[str, str]:
    letter = letter_of(DeliveryFactory.create(address="anna@pasts.example", subject=subject, text=text))
    [(html, kind)] = letter.alternatives
    assert kind == "text/html"
    return str(letter.body), str(html)


def test_the_plain_text_comes_first_and_says_everything() -> None:
    text, html = both()
    assert text.startswith("Labdien,\n\nProgramma: Datu analīze\nMācības: 01.09.2025.\n\n")
    assert f"Atvērt platformā:\n\n{LINK}" in text
    assert text.rstrip().endswith(settings.STARS_PUBLIC_BASE_URL)
    for words in ("Programma: Datu analīze", "Atbildi saņemsiet 10 darba dienu laikā.", "stars@viaa.gov.lv"):
        assert words in text
        assert words in html


def test_html_is_one_column_with_a_plum_line_and_its_style_inside() -> None:
    _, html = both()
    assert "<style" not in html
    assert "<img" not in html
    assert "max-width: 600px" in html
    assert re.search(r'<td class="line" style="[^"]*background: #2d233d', html)
    assert '<html lang="lv">' in html
    assert html.count("<h1") == 1
    assert html.count('role="presentation"') == html.count("<table")


def test_the_words_before_a_link_become_its_button() -> None:
    _, html = both()
    assert re.search(rf'<a href="{LINK}"[^>]*>Atvērt platformā</a>', html)
    assert "Atvērt platformā:" not in html
    assert f"<br>{LINK}" in html  # for those whose program shows no buttons


def test_a_link_without_words_before_it_stays_an_address() -> None:
    _, html = both(f"Pirmais.\n\n{LINK}\n\nPēdējais.")
    assert f">{LINK}</a>" in html
    _, html = both(f"Rinda\nAtveriet:\n\n{LINK}")
    assert "Rinda<br>Atveriet:" in html
    assert re.search(rf'<a href="{LINK}"[^>]*>Atveriet</a>', html)
    _, html = both(LINK)
    assert f">{LINK}</a>" in html


def test_what_people_wrote_stays_text() -> None:
    _, html = both("<script>alert(1)</script>", subject="<b>x</b>")
    assert "<script" not in html
    assert "<b>x" not in html


def test_every_element_is_closed() -> None:
    _, html = both()
    open_ones: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in {"meta", "br"}:
                open_ones.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_ones.pop() == tag

    Reader().feed(html)
    assert open_ones == []
