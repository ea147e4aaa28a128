"""c-typeahead: a long select one can type into; letters without their marks find those with them."""

import pytest
from django import forms
from playwright.sync_api import Page, expect

from tests.look.rendering import render, the
from tests.look.site import Site, open_page

TOWNS = ["Ādaži", "Aizkraukle", "Cēsis", "Ķekava", "Rīga"]
SCRIPT = '<script src="{% static "js/typeahead.js" %}" defer></script>'
FIELD = '<c-form action="/lapa" method="get"><c-typeahead :field="form.town" hint="Sāciet rakstīt." /><c-button>Sūtīt</c-button></c-form>'


class TownForm(forms.Form):
    town = forms.ChoiceField(
        label="Pašvaldība", choices=[("", "Visas"), *((str(n), name) for n, name in enumerate(TOWNS))]
    )


def test_without_a_script_it_is_the_select() -> None:
    page = render(FIELD, form=TownForm(initial={"town": "2"}))
    assert the(page, "select#id_town option[selected]").text == "Cēsis"
    assert "hidden" in the(page, "input[role=combobox]").attrs
    assert "name" not in the(page, "input[role=combobox]").attrs
    assert the(page, "label[for=id_town]").text.strip() == "Pašvaldība"


def opened(site: Site, **initial: str) -> Page:
    return open_page(site, FIELD, SCRIPT, form=TownForm(initial=initial))


def chosen(page: Page) -> str:
    return str(page.locator("select").evaluate("one => one.value"))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "found"), [("ada", ["Ādaži"]), ("KEK", ["Ķekava"]), ("riga", ["Rīga"]), ("k", ["Aizkraukle", "Ķekava"])]
)
def test_letters_without_marks_find_those_with_them(site: Site, typed: str, found: list[str]) -> None:
    page = opened(site)
    field = page.get_by_role("combobox", name="Pašvaldība")
    field.press_sequentially(typed)
    expect(page.get_by_role("option")).to_have_text(found)
    expect(field).to_have_attribute("aria-expanded", "true")


@pytest.mark.browser
def test_the_keyboard_chooses_and_the_choice_is_announced(site: Site) -> None:
    page = opened(site)
    field = page.get_by_role("combobox", name="Pašvaldība")
    field.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_text("Aizkraukle")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Aizkraukle")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert chosen(page) == "1"
    assert site.asked[-1].url.endswith("/lapa"), "Enter on a suggestion sends nothing"


@pytest.mark.browser
def test_escape_and_nonsense_leave_what_was_chosen(site: Site) -> None:
    page = opened(site, town="4")
    field = page.get_by_role("combobox", name="Pašvaldība")
    expect(field).to_have_value("Rīga")
    field.fill("ces")
    page.keyboard.press("Escape")
    expect(field).to_have_value("Rīga")
    field.fill("qqq")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(field).to_have_value("Rīga")
    assert chosen(page) == "4"


@pytest.mark.browser
def test_the_one_match_is_taken_on_leaving_and_an_empty_field_is_no_choice(site: Site) -> None:
    page = opened(site, town="4")
    field = page.get_by_role("combobox", name="Pašvaldība")
    field.fill("cesis")
    page.keyboard.press("Tab")
    expect(field).to_have_value("Cēsis")
    assert chosen(page) == "2"
    field.fill("")
    page.keyboard.press("Tab")
    assert chosen(page) == ""


@pytest.mark.browser
def test_a_press_on_a_suggestion_chooses_it(site: Site) -> None:
    page = opened(site)
    page.get_by_role("combobox", name="Pašvaldība").click()
    page.get_by_role("option", name="Ķekava").click()
    assert chosen(page) == "3"
    page.get_by_role("button", name="Sūtīt").click()
    page.wait_for_url("**/lapa?town=3")
