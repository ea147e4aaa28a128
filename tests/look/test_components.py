"""What the shared parts of the pages promise: words beside colours, kept addresses, one way to sign out."""

from datetime import date

import pytest
from django.core.paginator import Paginator

from tests.look.rendering import render, the, words

MENU = [
    {"label": "Sākums", "url": "/profils", "icon": "house", "current": True},
    {"label": "Saziņa", "url": "/profils/sazina", "icon": "mail", "badge": 2},
]
PERSON = {
    "name": "Anna Bērziņa",
    "role": "Klients",
    "initials": "AB",
    "unread": 2,
    "items": [{"label": "Mans profils", "url": "/profils/mans-profils", "icon": "user"}],
    "others": [],
}


@pytest.mark.parametrize("variant", ["main", "key", "second", "danger", "quiet"])
def test_a_button_sends_and_with_an_address_it_is_a_link(variant: str) -> None:
    button = the(render(f'<c-button variant="{variant}" name="a" value="1">Darīt</c-button>'), "button")
    assert (button["type"], button["name"], button["value"]) == ("submit", "a", "1")
    link = the(render(f'<c-button variant="{variant}" href="/x" about="Kursu" dialog>Dzēst</c-button>'), "a")
    assert link["href"] == "/x"
    assert "data-dialog" in link.attrs
    assert link["class"] == button["class"]
    assert words(link) == "Dzēst : Kursu"


@pytest.mark.parametrize("family", ["ok", "info", "mute", "warn", "bad"])
def test_a_status_is_a_word_with_a_shape_not_a_colour_alone(family: str) -> None:
    tag = the(render(f'<c-status family="{family}" label="Pieteikts" />'), ".tag")
    assert words(tag) == "Pieteikts"
    assert the(tag, "svg")["aria-hidden"] == "true"


@pytest.mark.parametrize("code", ["imk", "mn", "varam"])
def test_a_source_is_named_beside_its_mark(code: str) -> None:
    assert words(render(f'<c-source code="{code}" />')) == code.upper()


def test_the_side_menu_names_the_page_and_what_is_unread() -> None:
    page = render('<c-menu label="Profila izvēlne" />', client_menu=MENU)
    nav = the(page, "nav")
    assert nav["aria-label"] == "Profila izvēlne"
    assert words(the(nav, "[aria-current=page]")) == "Sākums"
    assert "Saziņa 2 nelasītas" in words(nav)
    assert words(the(page, "summary")) == "Profila izvēlne Sākums"
    apart = render('<c-menu label="Profila izvēlne" />', client_menu=MENU[1:], page_apart="Drošība")
    assert words(the(apart, "summary")) == "Profila izvēlne Drošība"


def test_the_user_menu_signs_out_by_post() -> None:
    page = render("<c-user-menu />", user_menu=PERSON, sign_out_url="/iziet")
    form = the(page, "form")
    assert (form["method"], form["action"]) == ("post", "/iziet")
    assert the(form, "input[name=csrfmiddlewaretoken]")["value"]
    assert words(the(form, "button")) == "Beigt darbu"
    assert words(the(page, "summary")).endswith("Lietotāja izvēlne: Anna Bērziņa")
    assert words(the(page, ".pop-who")) == "Anna Bērziņa Klients"


def test_a_stranger_is_offered_to_sign_in() -> None:
    doors = [{"label": "Iedzīvotājs", "url": "/a", "icon": "user"}, {"label": "Izglītības iestāde", "url": "/b"}]
    page = render("<c-user-menu />", user_menu=None, sign_in_links=doors)
    assert words(the(page, "summary")) == "Pieslēgties"
    assert [(words(link), link["href"]) for link in page.select("a")] == [
        ("Iedzīvotājs", "/a"),
        ("Izglītības iestāde", "/b"),
    ]
    assert not page.select("form")


def test_a_menu_entry_without_a_page_is_not_shown() -> None:
    menu = [{"label": "Kontakti"}, {"label": "Programmas", "url": "/programmas"}]
    page = render("<c-top />", top_menu=menu, util_links=[], user_menu=None, sign_in_links=[])
    assert "Kontakti" not in words(page)
    assert words(page).count("Programmas") == 2


def test_crumbs_end_with_the_page_itself() -> None:
    page = render('<c-crumbs home="/profils"><c-crumb href="/a">A</c-crumb><c-crumb>B</c-crumb></c-crumbs>')
    assert [(words(link), link["href"]) for link in page.select("a")] == [("Sākums", "/profils"), ("A", "/a")]
    assert words(the(page, "[aria-current=page]")) == "B"


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    page = render(
        '<c-pager :page="page" :sizes="sizes" />',
        query="q=dati&lapa=2&veids=a&veids=b",
        page=Paginator(range(55), 10).page(2),
        sizes=[10, 25],
    )
    assert "Rāda 11 līdz 20 no 55 rezultātiem" in words(page)
    assert words(the(page, "[aria-current=page]")) == "2"
    assert page.select("ol a")[-1]["href"] == "?q=dati&lapa=6&veids=a&veids=b"
    assert [(one["name"], one["value"]) for one in page.select("input[type=hidden]")] == [
        ("q", "dati"),
        ("veids", "a"),
        ("veids", "b"),
    ]


@pytest.mark.parametrize(
    ("count", "sentence"),
    [(1, "Rāda 1 līdz 1 no 1 rezultāta"), (2, "Rāda 1 līdz 2 no 2 rezultātiem"), (21, "no 21 rezultāta")],
)
def test_the_pager_counts_in_latvian(count: int, sentence: str) -> None:
    assert sentence in words(render('<c-pager :page="page" />', page=Paginator(range(count), 10).page(1)))


@pytest.mark.parametrize(
    ("count", "sentence"),
    [(1, "(1 vērtējums)"), (21, "(21 vērtējums)"), (11, "(11 vērtējumi)"), (38, "(38 vērtējumi)")],
)
def test_ratings_are_counted_in_latvian(count: int, sentence: str) -> None:
    shown = words(render('<c-rating :mean="4.6" :count="count" />', count=count))
    assert shown.startswith("Vērtējums 4,6 no 5")
    assert shown.endswith(sentence)


def test_no_rating_shows_nothing() -> None:
    assert words(render('<c-rating :mean="mean" :count="0" />', mean=None)) == ""


def test_a_programme_card_shows_the_own_share_and_the_places_in_words() -> None:
    page = render(
        '<c-programme-card title="Datu analīze" href="/programma/1" source="imk" :price="price" :own_share="own"'
        ' :free="2" :places="25" deadline="līdz 20.06.2025." />',
        price=42743,
        own=0,
    )
    assert the(page, "h3 a")["href"] == "/programma/1"
    assert "Personas līdzfinansējums 0,00 €" in words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "Brīvo vietu skaits 2/25" in words(page)
    assert "bar-few" in the(page, "progress")["class"]


def test_a_table_keeps_its_meaning_when_it_becomes_cards() -> None:
    page = render(
        '<c-table caption="Vēsture"><c-slot name="head"><c-th>Datums</c-th><c-th number sort_href="?k" sorted="desc">'
        'Summa</c-th></c-slot><c-row><c-cell title>12.06.2025.</c-cell><c-cell label="Summa" number>1</c-cell></c-row>'
        "</c-table>"
    )
    assert the(page, "[role=region]")["aria-label"] == "Vēsture"
    assert the(page, "table")["role"] == "table"
    assert the(page, "[aria-sort]")["aria-sort"] == "descending"
    assert the(page, "th[scope=row]")["role"] == "rowheader"
    assert the(page, "td")["data-label"] == "Summa"


def test_the_money_card_says_in_words_what_the_bar_shows() -> None:
    page = render(
        '<c-account title="Konts" :free="7257" :held="42743" :granted="50000" :until="day" />', day=date(2026, 4, 30)
    )
    drawing = the(page, "svg.split-bar")
    assert str(drawing["aria-label"]).replace("\N{NO-BREAK SPACE}", " ") == (
        "No 500,00 € rezervēti 427,43 €, pieejami 72,57 €"
    )
    assert [rect["width"] for rect in drawing.select("rect")] == ["50000", "42743"]
    assert "Pieejams līdz 30.04.2026." in words(page)


def test_an_account_without_money_draws_no_bar() -> None:
    assert not render('<c-account title="Konts" />').select("svg")


@pytest.mark.parametrize("state", ["done", "now", "todo"])
def test_a_step_of_the_timeline_says_its_state(state: str) -> None:
    step = the(render(f'<c-timeline><c-timeline-step state="{state}" label="Pieteikts" /></c-timeline>'), "li")
    assert (step.get("aria-current") == "step") == (state == "now")
    assert ("izpildīts" in words(step)) == (state == "done")


def test_an_unread_notice_says_so() -> None:
    assert words(render('<c-notice title="Ziņa" unread />')).startswith("Jauns: Ziņa")


def test_a_chip_says_that_it_removes() -> None:
    assert words(render('<c-chip href="/x" remove>IMK</c-chip>')) == "IMK noņemt"
