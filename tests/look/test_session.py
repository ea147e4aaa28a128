"""The warning before a session ends, in a real browser with a clock of the test's own (SES-02)."""

import json
from collections.abc import Iterator

import pytest
from django import forms
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.look.site import SITE, Site, document

pytestmark = pytest.mark.browser
SECONDS = 600
OVER = "/sesija-beigusies"


class NoteForm(forms.Form):
    note = forms.CharField(label="Piezīmes", required=False)


@pytest.fixture
def context(look_browser: Browser) -> Iterator[BrowserContext]:
    made = look_browser.new_context()
    made.set_default_timeout(5000)
    yield made
    made.close()


def opened(context: BrowserContext, content: str = "x", seconds: int = SECONDS) -> Site:
    """A page of somebody signed in, whose clock stands still until the test moves it."""
    site = Site(context.new_page())
    site.pages["/lapa"] = document(content, session_seconds=seconds, form=NoteForm())
    site.pages["/sesija/turpinat"] = json.dumps({"seconds": SECONDS})
    site.pages[OVER] = document("Sesija ir beigusies")
    site.page.clock.install()
    site.page.goto(f"{SITE}/lapa?a=1")
    return site


def wait(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def warned(page: Page) -> bool:
    return page.get_by_role("dialog").count() == 1


def test_two_minutes_before_the_end_a_dialog_says_so(context: BrowserContext) -> None:
    page = opened(context).page
    wait(page, SECONDS - 125)
    assert not warned(page)
    wait(page, 6)
    dialog = page.get_by_role("dialog", name="Sesija beigsies pēc 2 minūtēm.")
    expect(dialog).to_contain_text("Ievadītais ir saglabāts.")
    assert dialog.get_by_role("button").all_inner_texts() == ["Turpināt darbu", "Beigt darbu"]
    expect(dialog.get_by_role("button", name="Turpināt darbu")).to_be_focused()


def test_one_press_extends_and_gives_the_focus_back(context: BrowserContext) -> None:
    site = opened(context, '<c-field :field="form.note" />')
    page = site.page
    page.get_by_label("Piezīmes").focus()
    wait(page, SECONDS - 119)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Piezīmes")).to_be_focused()
    assert len(site.posted("/sesija/turpinat")) == 1
    wait(page, SECONDS - 125)
    assert not warned(page)
    wait(page, 6)
    assert warned(page)


def test_without_a_press_the_page_of_the_end_opens_and_knows_the_way_back(context: BrowserContext) -> None:
    page = opened(context).page
    wait(page, SECONDS + 3)
    page.wait_for_url(f"{SITE}{OVER}?next=%2Flapa%3Fa%3D1")


def test_what_was_typed_outside_a_draft_is_not_thrown_away(context: BrowserContext) -> None:
    page = opened(context, '<c-form><c-field :field="form.note" /></c-form>').page
    page.get_by_label("Piezīmes").fill("vakaros")
    wait(page, SECONDS - 119)
    expect(page.get_by_role("dialog")).to_contain_text("Ievadītais vēl nav saglabāts.")
    page.get_by_role("button", name="Turpināt darbu").click()  # more time saves nothing
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait(page, SECONDS - 119)
    expect(page.get_by_role("dialog")).to_contain_text("Ievadītais vēl nav saglabāts.")
    page.keyboard.press("Escape")
    wait(page, 130)
    expect(page.get_by_role("dialog", name="Sesija ir beigusies.")).to_contain_text("Ievadītais vēl ir šajā lapā.")
    expect(page.get_by_label("Piezīmes")).to_have_value("vakaros")


def test_a_session_that_lived_its_full_time_says_so(context: BrowserContext) -> None:
    site = opened(context)
    site.pages["/sesija/turpinat"] = json.dumps({"seconds": 60})
    wait(site.page, SECONDS - 119)
    site.page.get_by_role("button", name="Turpināt darbu").click()
    expect(site.page.get_by_role("dialog")).to_contain_text("To vairs nevar pagarināt.")
    expect(site.page.get_by_role("button", name="Turpināt darbu")).to_be_hidden()


def test_every_tab_follows(context: BrowserContext) -> None:
    """What one tab learns the others know: the later end of a page opened later, and a session that is over."""
    first, second = opened(context), opened(context)
    wait(first.page, SECONDS - 119)
    assert warned(first.page)
    second.page.evaluate("document.dispatchEvent(new CustomEvent('stars:alive', {detail: 3600}))")
    expect(first.page.get_by_role("dialog")).to_have_count(0)
    kept = first.page.evaluate("Object.entries(localStorage)")
    assert [(name, value.isdigit()) for name, value in kept] == [("stars-session", True)]
    second.page.evaluate("localStorage.setItem('stars-session', '0')")
    first.page.wait_for_url(f"{SITE}{OVER}*")


def test_a_draft_saved_by_the_script_moves_the_end(context: BrowserContext) -> None:
    content = '<c-form autosave="/melnraksts"><c-field :field="form.note" /><c-saved /></c-form>'
    site = opened(context, content)
    site.pages["/lapa"] = document(content, session_seconds=SECONDS, form=NoteForm())
    site.headers["/melnraksts"] = {"X-Session-Seconds": "3600"}
    page = site.page
    page.reload()
    page.get_by_label("Piezīmes").fill("vakaros")
    wait(page, 3)
    expect(page.get_by_role("status")).to_contain_text("Melnraksts saglabāts")
    wait(page, SECONDS)
    assert not warned(page)
