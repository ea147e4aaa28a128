"""The components in a browser: axe finds nothing, nothing runs off a 320 px screen, the keyboard's place is seen."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.core.paginator import Paginator
from playwright.sync_api import Browser, Page

from tests.look.site import Site, open_page

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SPACING = """
  * {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}
  p {margin-bottom: 2em !important}
"""


class EveryKindForm(forms.Form):
    email = forms.EmailField(label="E-pasta adrese", help_text="Rakstīsim tikai par pieteikumu.")
    region = forms.ChoiceField(label="Jūsu dzīvesvietas reģions", choices=[("", "Izvēlieties atbilstošo")])
    place = forms.ChoiceField(
        label="Norises vieta", choices=[("1", "Rīga"), ("2", "attālināti")], widget=forms.RadioSelect
    )
    reasons = forms.MultipleChoiceField(
        label="Kādi ir galvenie iemesli šīs izglītības programmas izvēlei?",
        choices=[("1", "Lai labāk paveiktu pašreizējo darbu")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    oath = forms.BooleanField(label="APLIECINU, ka esmu iepazinies/usies ar izvēlētās izglītības programmas saturu")
    proof = forms.FileField(label="Izglītības dokuments", required=False)
    levels = forms.MultipleChoiceField(
        label="DigComp līmenis", choices=[(str(n), str(n)) for n in range(1, 9)], widget=forms.CheckboxSelectMultiple
    )


PAGES = {"form": "base.html", "profile": "base_side.html", "catalogue": "base_bare.html"}
CONTEXT: dict[str, Any] = {
    "top_menu": [
        {"label": "Izglītības programmas", "url": "/programmas", "current": True},
        {"label": "Izglītības un atbalsta iespējas", "children": [{"label": "Mācības nodarbinātajiem", "url": "/a"}]},
    ],
    "util_links": [{"label": "Piekļūstamība", "url": "/b", "icon": "accessibility"}],
    "footer_links": [{"label": "Lietošanas noteikumi", "url": "/c"}, {"label": "Privātuma politika", "url": "/d"}],
    "user_menu": {"name": "Anna Bērziņa", "role": "Klients", "initials": "AB", "unread": 2, "items": []},
    "client_menu": [
        {"label": "Sākums", "url": "/profils", "icon": "house", "current": True},
        {"label": "Mācību un pieteikumu vēsture", "url": "/e", "icon": "history", "badge": 2},
    ],
    "labels": ["Kontaktinformācija", "Mācības", "Apliecinājumi"],
    "now": datetime(2025, 6, 12, 13, 58, tzinfo=UTC),
    "day": date(2026, 4, 30),
    "rows": [("03.03.2025.", 500, "500,00 €"), ("07.04.2025.", 83, "83,48 €"), ("12.06.2025.", 72, "72,57 €")],
    "page": Paginator(range(55), 10).page(2),
    "sizes": [10, 25, 50],
}


@pytest.fixture
def unbound(look_browser: Browser) -> Iterator[Site]:
    """A page axe may put its script into; the policy itself is watched by the other tests."""
    context = look_browser.new_context(bypass_csp=True)
    yield Site(context.new_page())
    context.close()


def show(site: Site, name: str, *, width: int, **look: str) -> Page:
    site.page.set_viewport_size({"width": width, "height": 900})
    content = (HERE / "pages" / f"{name}.html").read_text(encoding="utf-8")
    return open_page(site, content, layout=PAGES[name], form=EveryKindForm({}), look=look, **CONTEXT)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("width", "theme", "contrast"),
    [(320, "light", ""), (1280, "dark", ""), (1280, "light", "high"), (320, "dark", "high")],
)
def test_axe_finds_nothing(unbound: Site, name: str, width: int, theme: str, contrast: str) -> None:
    page = show(unbound, name, width=width, theme=theme, contrast=contrast)
    found = Axe().run(page, options=AXE).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("spacing", ["", SPACING])
def test_nothing_runs_off_a_320_pixel_screen(unbound: Site, name: str, spacing: str) -> None:
    page = show(unbound, name, width=320, theme="light")
    if spacing:
        page.add_style_tag(content=spacing)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_no_sideways_scroll_when_the_text_is_half_again_as_large(unbound: Site, name: str) -> None:
    page = show(unbound, name, width=360, text="150")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


MENU = [
    {"label": "Izglītības programmas", "url": "/programmas", "current": True},
    {"label": "Izglītības un atbalsta iespējas", "children": [{"label": "Pārskats", "url": "/a"}]},
    {"label": "Izglītības iestādēm", "children": [{"label": "Pārskats", "url": "/b"}]},
    {"label": "Par projektiem", "children": [{"label": "Pārskats", "url": "/c"}]},
    {"label": "Kontakti", "url": "/kontakti"},
]


@pytest.mark.parametrize("who", [{"user_menu": CONTEXT["user_menu"]}, {"sign_in_links": [{"label": "A", "url": "/a"}]}])
def test_the_header_is_one_row_and_has_one_menu_at_every_width(unbound: Site, who: dict[str, Any]) -> None:
    page = open_page(unbound, "x", top_menu=MENU, util_links=CONTEXT["util_links"], **who)
    page.evaluate("document.fonts.ready")
    for width in (360, 640, 970, 1167, 1168, 1201, 1278, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator(".top-bar").evaluate("bar => bar.offsetHeight") <= 84, width
        assert page.locator(".top-nav, .top-more").filter(visible=True).count() == 1, width


def test_the_folded_menu_of_a_phone_has_no_bullets(unbound: Site) -> None:
    page = show(unbound, "profile", width=360, theme="light")
    page.locator(".side-drop > summary").click()
    assert page.locator(".side-drop li").first.evaluate("line => getComputedStyle(line).listStyleType") == "none"


WORDS = """<c-table caption="Ko glabā" variant="words"><c-row><c-cell title>Jūsu profils</c-cell>
<c-cell label="Kāpēc">Saziņas dati un Jūsu sniegtās ziņas reģistrācijai un pieteikumiem.</c-cell></c-row></c-table>"""


def test_sentences_of_a_table_start_at_the_left_of_a_phone(site: Site) -> None:
    site.page.set_viewport_size({"width": 360, "height": 740})
    cell = open_page(site, WORDS).locator("td").first
    assert cell.evaluate("cell => getComputedStyle(cell).textAlign") == "start"
    assert cell.locator("span").evaluate("words => words.getBoundingClientRect().left") < 60


PLACE = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const shown = getComputedStyle(at.matches(".levels input, .drop input") ? at.parentElement : at);
  return {
    name: `${at.tagName}#${at.id}.${at.className}`,
    end: at === document.body,
    ring: shown.outlineStyle === "solid" && parseFloat(shown.outlineWidth) >= 3,
    width: box.width,
    height: box.height,
  };
}"""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_keyboard_always_sees_where_it_is(unbound: Site, name: str, width: int) -> None:
    page = show(unbound, name, width=width, theme="light")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(120):
        page.keyboard.press("Tab")
        place = page.evaluate(PLACE)
        if place["end"]:
            break
        seen.append(place)
    assert len(seen) > 10
    assert [place["name"] for place in seen if not place["ring"]] == []
    assert [place["name"] for place in seen if min(place["width"], place["height"]) < 20] == []
