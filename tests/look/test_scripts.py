"""What the scripts add in a real browser, under the portal's own content security policy."""

import pytest
from django import forms
from playwright.sync_api import Page, expect

from tests.look.site import SITE, Site, document, open_page

pytestmark = pytest.mark.browser


class PlaceForm(forms.Form):
    place = forms.ChoiceField(label="Vieta", widget=forms.RadioSelect, choices=[("1", "Rīga"), ("2", "attālināti")])
    note = forms.CharField(label="Piezīmes", required=False)
    kinds = forms.MultipleChoiceField(
        label="Veids", widget=forms.CheckboxSelectMultiple, choices=[("m", "Modulis"), ("k", "Kopa")], required=False
    )


def test_the_frame_loads_without_a_word_from_the_policy(site: Site) -> None:
    page = open_page(site, '<c-page-head title="Lapa" />')
    expect(page.locator("h1")).to_have_text("Lapa")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Stars Sans\"'))")
    assert site.complaints == []


def test_after_an_error_the_focus_is_on_the_summary(site: Site) -> None:
    page = open_page(site, '<c-errors :form="form" /><c-field :field="form.place" />', form=PlaceForm({}))
    expect(page.locator(".errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_place_0")).to_be_focused()


def test_escape_closes_an_open_menu_and_gives_the_focus_back(site: Site) -> None:
    page = open_page(site, "x", sign_in_links=[{"label": "Iedzīvotājs", "url": "/a", "icon": "user"}])
    page.locator(".top-user summary").click()
    expect(page.get_by_role("link", name="Iedzīvotājs")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Iedzīvotājs")).to_be_hidden()
    expect(page.locator(".top-user summary")).to_be_focused()


def test_a_press_outside_closes_an_open_menu(site: Site) -> None:
    page = open_page(site, '<c-page-head title="Lapa" />', sign_in_links=[{"label": "Iedzīvotājs", "url": "/a"}])
    page.locator(".top-user summary").click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="Iedzīvotājs")).to_be_hidden()


CONFIRM = '<c-confirm title="Vai tiešām?" confirm="Atteikties" cancel_href="/lapa"><p>Vieta būs brīva.</p></c-confirm>'
OPENER = '<c-button href="/atteikties" dialog>Atteikties</c-button>'


def test_a_confirmation_opens_in_a_dialog_and_sends_to_its_own_page(site: Site) -> None:
    site.pages["/atteikties"] = document(CONFIRM)
    page = open_page(site, OPENER)
    page.get_by_role("link", name="Atteikties").click()
    dialog = page.get_by_role("dialog", name="Vai tiešām?")
    expect(dialog).to_contain_text("Vieta būs brīva.")
    assert page.locator("h1").count() == 0
    dialog.get_by_role("button", name="Atteikties").click()
    page.wait_for_url(f"{SITE}/atteikties")
    assert "csrfmiddlewaretoken=" in (site.posted("/atteikties")[0].post_data or "")


@pytest.mark.parametrize("how", ["cancel", "escape"])
def test_leaving_the_dialog_sends_nothing_and_gives_the_focus_back(site: Site, how: str) -> None:
    site.pages["/atteikties"] = document(CONFIRM)
    page = open_page(site, OPENER)
    page.get_by_role("link", name="Atteikties").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if how == "cancel":
        dialog.get_by_role("link", name="Atcelt").click()
    else:
        page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Atteikties")).to_be_focused()
    assert page.url == f"{SITE}/lapa"
    assert site.posted("/atteikties") == []


@pytest.mark.parametrize(("status", "answer"), [(500, CONFIRM), (200, "<p>Cita lapa</p>")])
def test_where_no_confirmation_comes_the_plain_page_opens(site: Site, status: int, answer: str) -> None:
    site.pages["/atteikties"] = document(answer)
    site.status["/atteikties"] = status
    page = open_page(site, OPENER)
    page.get_by_role("link", name="Atteikties").click()
    page.wait_for_url(f"{SITE}/atteikties")


DRAFT = '<c-form autosave="/melnraksts"><c-field :field="form.note" /><c-saved /></c-form>'


def test_a_draft_is_saved_after_a_change_and_the_time_is_said(site: Site) -> None:
    page = open_page(site, DRAFT, form=PlaceForm())
    page.clock.install()
    page.get_by_label("Piezīmes").fill("vakaros")
    page.clock.run_for(1900)
    assert site.posted("/melnraksts") == []
    page.clock.run_for(200)
    expect(page.get_by_role("status")).to_contain_text("Melnraksts saglabāts plkst.")
    sent = site.posted("/melnraksts")
    assert len(sent) == 1
    assert sent[0].headers["x-requested-with"] == "XMLHttpRequest"
    assert "vakaros" in (sent[0].post_data or "")


def test_a_draft_that_was_not_saved_is_said_aloud_and_the_text_stays(site: Site) -> None:
    site.status["/melnraksts"] = 503
    page = open_page(site, DRAFT, form=PlaceForm())
    page.clock.install()
    page.get_by_label("Piezīmes").fill("vakaros")
    page.clock.run_for(2100)
    expect(page.get_by_role("alert")).to_contain_text("neizdevās saglabāt")
    expect(page.get_by_label("Piezīmes")).to_have_value("vakaros")


FILTERS = (
    '<c-filters action="/lapa"><c-filter-choices :field="form.kinds" /></c-filters>'
    '<section id="rezultati" tabindex="-1">Rezultāti</section>'
)
FILTER_SCRIPT = '<script src="{% static "js/filters.js" %}" defer></script>'


def test_on_a_wide_screen_a_filter_applies_at_once_and_keeps_the_focus(site: Site) -> None:
    page = open_page(site, FILTERS, FILTER_SCRIPT, form=PlaceForm())
    page.get_by_label("Modulis").check()
    page.wait_for_url(f"{SITE}/lapa?kinds=m")
    expect(page.locator("#id_kinds_0")).to_be_focused()


TICKS = (
    '<c-filters action="/lapa"><c-filter-choices :field="form.kinds" /></c-filters>'
    '<input type="hidden" name="id" value="2" form="filtri">'
    '<c-chips label="Filtri"><c-chip href="?q=a&id=2" remove>bez</c-chip></c-chips>'
    '<c-chips id="atzimetas" label="Salīdzināt"><c-chip href="?q=bez-otras" remove>otra</c-chip></c-chips>'
    '<label><input type="checkbox" name="id" value="1" form="salidzinat">Viens</label>'
    '<label><input type="checkbox" name="id" value="2" form="salidzinat" checked>Divi</label>'
    '<c-compare-form action="/salidzinat" :numbers="elsewhere" />'
)


def test_programmes_ticked_for_comparison_go_along(site: Site) -> None:
    def ticked() -> Page:
        page = open_page(site, TICKS, FILTER_SCRIPT, form=PlaceForm(), elsewhere=["7"])
        page.get_by_label("Viens").check()
        page.get_by_label("Divi").uncheck()
        return page

    ticked().get_by_role("link", name="bez", exact=False).first.click()
    expect(site.page).to_have_url(f"{SITE}/lapa?q=a&id=1&id=7")
    ticked().get_by_role("link", name="otra").click()
    expect(site.page).to_have_url(f"{SITE}/lapa?q=bez-otras")
    ticked().get_by_label("Modulis").check()
    expect(site.page).to_have_url(f"{SITE}/lapa?kinds=m&id=1&id=7")


def test_with_a_tick_the_button_that_compares_stays_in_sight(site: Site) -> None:
    cards = "".join(
        f'<article class="card"><label><input type="checkbox" name="id" value="{number}" form="salidzinat">P{number}</label>'
        "<p>&nbsp;</p></article>"
        for number in range(40)
    )
    page = open_page(site, cards + '<c-compare-form action="/salidzinat" />', FILTER_SCRIPT)
    button = page.get_by_role("button", name="Salīdzināt")
    expect(button).not_to_be_in_viewport()
    page.get_by_label("P0").check()
    expect(button).to_be_in_viewport()
    page.get_by_label("P0").uncheck()
    expect(button).not_to_be_in_viewport()


def test_gone_back_to_the_filters_say_what_the_address_says(site: Site) -> None:
    page = open_page(site, TICKS, FILTER_SCRIPT, form=PlaceForm(), elsewhere=[])
    page.get_by_label("Viens").check()
    page.get_by_label("Modulis").check()
    page.wait_for_url(f"{SITE}/lapa?kinds=m&id=1&id=2")
    page.go_back()
    expect(page.get_by_label("Modulis")).not_to_be_checked()
    expect(page.get_by_label("Viens")).to_be_checked()
    expect(page.locator("#salidzinat")).to_have_class("compare-form no-print ticked")
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("location.hash = 'filtri'")
    page.get_by_label("Modulis").check()
    # Brought back whole from the browser's memory, as phones do.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.get_by_label("Modulis")).not_to_be_checked()
    expect(page.get_by_label("Viens")).to_be_checked()


def test_a_fourth_tick_for_comparison_is_taken_back_and_said_aloud(site: Site) -> None:
    foots = "".join(
        f'<article class="prog"><div class="prog-foot"><label><input type="checkbox" name="id" value="{number}" form="salidzinat">'
        f"P{number}</label></div></article>"
        for number in range(3)
    )
    form = '<c-compare-form action="/salidzinat" :numbers="elsewhere" />'
    page = open_page(site, foots + form, FILTER_SCRIPT, elsewhere=["7"])
    status = page.locator("[data-says]")
    for label in ("P0", "P1"):
        page.get_by_label(label).check()
    expect(status).to_be_empty()
    page.get_by_label("P2").click()
    expect(page.get_by_label("P2")).not_to_be_checked()
    expect(page.locator("article").last.get_by_role("status")).to_contain_text("ne vairāk kā trīs programmas")
    page.get_by_label("P0").uncheck()
    expect(status).to_be_empty()
    page.get_by_label("P2").check()
    expect(page.get_by_label("P2")).to_be_checked()


def test_on_a_phone_only_the_button_applies_the_filters(site: Site) -> None:
    site.page.set_viewport_size({"width": 360, "height": 800})
    page = open_page(site, FILTERS, FILTER_SCRIPT, form=PlaceForm())
    page.get_by_role("link", name="Filtri").click()
    page.clock.install()
    page.get_by_label("Modulis").check()
    page.clock.run_for(2000)
    assert "kinds=m" not in page.url
    page.get_by_role("button", name="Lietot filtrus").click()
    page.wait_for_url(f"{SITE}/lapa?kinds=m")


def test_a_chosen_box_shows_that_it_is_chosen(site: Site) -> None:
    page = open_page(site, '<c-field :field="form.place" boxed />', form=PlaceForm())
    page.get_by_label("Rīga").check()
    page.get_by_label("attālināti").check()
    assert page.locator(".choice-box.on").all_inner_texts() == ["attālināti"]
