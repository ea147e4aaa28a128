"""The accessibility panel: one cookie of this browser, no account, no script; every page wears it at once (screens.md 4)."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import OperationalError
from django.test import Client, RequestFactory

from stars.kernel import look, views
from stars.pages import selectors
from tests.look.rendering import the, words

pytestmark = pytest.mark.django_db
ADDRESS = "/pieklustamibas-iestatijumi"
CHOSEN = {"text": "125", "contrast": "high", "theme": "dark", "motion": "on"}


def worn(client: Client, path: str = "/") -> dict[str, str]:
    """The marks on <html>, as the style sheets read them."""
    html = the(BeautifulSoup(client.get(path).content, "html.parser"), "html")
    return {name.removeprefix("data-"): str(value) for name, value in html.attrs.items() if name.startswith("data-")}


def test_every_choice_stands_on_every_page_from_the_next_answer_on(client: Client) -> None:
    assert worn(client) == {}
    client.post(ADDRESS, CHOSEN)
    assert worn(client) == {"text": "125", "contrast": "high", "theme": "dark", "motion": "less"}
    assert worn(client, "/nav-tadas-lapas") == worn(client)


def test_the_labels_are_those_of_the_screens(client: Client) -> None:
    form = the(BeautifulSoup(client.get(ADDRESS).content, "html.parser"), "form[data-look]")
    assert [
        (words(the(one, "legend")), [words(label) for label in one.select("label")]) for one in form.select("fieldset")
    ] == [
        ("Teksta izmērs", ["100 %", "125 %", "150 %"]),
        ("Kontrasts", ["parasts", "augsts"]),
        ("Krāsu režīms", ["gaišs", "tumšs", "kā ierīcē"]),
    ]
    assert words(form.select("label")[-1]) == "Mazāk kustības"
    assert [words(button) for button in form.select("button")] == ["Saglabāt", "Atiestatīt"]


def test_the_panel_shows_what_is_chosen(client: Client) -> None:
    client.post(ADDRESS, CHOSEN)
    page = BeautifulSoup(client.get(ADDRESS).content, "html.parser")
    ticked = {(str(one["name"]), one.get("value")) for one in page.select("form[data-look] input[checked]")}
    assert ticked == {("text", "125"), ("contrast", "high"), ("theme", "dark"), ("motion", None)}


def test_reset_gives_the_plain_look_back_and_leaves_no_cookie(client: Client) -> None:
    client.post(ADDRESS, CHOSEN)
    answer = client.post(ADDRESS, CHOSEN | {"reset": "1"})
    assert answer.cookies[look.COOKIE].value == ""
    assert worn(client) == {}


def test_saving_leads_back_to_the_page_one_came_from(client: Client) -> None:
    page = BeautifulSoup(client.get("/jaunumi?lapa=1").content, "html.parser")
    panel = next(link for link in page.select(".util a") if words(link) == "Piekļūstamība")
    assert "data-dialog" in panel.attrs
    form = BeautifulSoup(client.get(str(panel["href"])).content, "html.parser")
    kept = str(the(form, "input[name=next]")["value"])
    assert client.post(ADDRESS, CHOSEN | {"next": kept}).headers["Location"] == "/jaunumi?lapa=1"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org"])
def test_saving_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post(ADDRESS, {"next": elsewhere}).headers["Location"] == ADDRESS
    assert "example.org" not in client.get(ADDRESS, {"next": elsewhere}).content.decode()


def test_the_dialog_asks_for_no_page(client: Client) -> None:
    answer = client.post(ADDRESS, CHOSEN, headers={"X-Requested-With": "XMLHttpRequest"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert worn(client)["text"] == "125"


def test_a_choice_nobody_offered_is_refused_in_words(client: Client) -> None:
    answer = client.post(ADDRESS, {"text": "900"})
    assert answer.status_code == 422
    assert look.COOKIE not in answer.cookies


@pytest.mark.parametrize("cookie", ["900-evil", '125"><script>', "", "---", "dark-light-125-150"])
def test_a_cookie_of_somebodys_making_writes_nothing_of_its_own(client: Client, cookie: str) -> None:
    client.cookies[look.COOKIE] = cookie
    for name, value in worn(client).items():
        assert value in look.SIGNS[name]


def test_the_cookie_is_ours_alone_and_lives_a_year(client: Client) -> None:
    kept = client.post(ADDRESS, CHOSEN).cookies[look.COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert bool(kept["secure"]) == settings.SESSION_COOKIE_SECURE
    assert int(kept["max-age"]) == look.KEPT.total_seconds()


def test_a_page_of_an_error_of_ours_wears_the_look_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 404 page has the menus as long as they can be had; while the database is away it stands alone."""

    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(selectors, "menu_pages", away)
    request = RequestFactory().get("/nav", HTTP_COOKIE=f"{look.COOKIE}=high-150")
    for answer in (views.not_found(request), views.server_error(request), views.service_unavailable(request)):
        html = the(BeautifulSoup(answer.content, "html.parser"), "html")
        assert (html["data-contrast"], html["data-text"]) == ("high", "150")
        assert answer.status_code in {404, 500, 503}


def test_a_lost_person_has_the_menu(client: Client) -> None:
    page = BeautifulSoup(client.get("/nav-tadas-lapas").content, "html.parser")
    assert the(page, ".top-nav a[href='/programmas']")
