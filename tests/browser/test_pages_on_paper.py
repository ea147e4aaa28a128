"""The print view of a programme and of an application: black on white in every theme, without what only a screen can do."""

import pytest
from playwright.sync_api import Page

from tests.browser.roles import Contexts, People
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
PAPER = {"width": 680, "height": 960}  # A4 without its margins, in CSS pixels
PAGES = [
    ("anonymous", "/programma/{programme}", "Programmas dati"),
    ("client", "/profils/pieteikumi/{application}", "Jūsu atbildes"),
    ("beginner", "/pieteikums/{draft}/parbaudit", "Norises vieta"),
    ("client", "/pieteikums/{application}/apliecinajums", "Pārbaudes kods"),
    ("anonymous", "/programmas", "Pieteikšanās līdz"),
    ("anonymous", "/programmas/salidzinat?id=701&id=704&id=809", "Galvenās tēmas"),
]
ONLY_ON_SCREENS = "main input, .compare-off, nav, button, .btn, form, .crumbs, dialog, .stick, .skip, .side"
FAINT = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = [];
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const holder = node.parentElement;
    if (!node.textContent.trim() || !holder.getClientRects().length || holder.closest('svg, .vh, .node')) continue;
    const contrast = 1.05 / (light(getComputedStyle(holder).color) + 0.05);
    if (contrast < 7) faint.push([node.textContent.trim().slice(0, 40), contrast]);
  }
  return faint;
}"""
GROUNDS = """() => [...document.querySelectorAll('body, body *:not(svg *):not(.node):not(progress)')]
  .filter((one) => one.getClientRects().length)
  .map((one) => getComputedStyle(one).backgroundColor)
  .filter((one) => !['rgba(0, 0, 0, 0)', 'rgb(255, 255, 255)'].includes(one))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("role", "path", "holds"),
    PAGES,
    ids=[
        *("programme", "application", "check", "receipt", "catalogue", "compare"),
    ],
)
def test_paper_is_black_on_white_and_complete(
    contexts: Contexts, stack: Stack, people: People, role: str, path: str, holds: str, scheme: str
) -> None:
    page = contexts[role, PAPER["width"], scheme, False].new_page()
    try:
        page.goto(stack.portal + path.format(**people.facts))
        heading = page.get_by_role("heading", level=1).inner_text()
        page.emulate_media(media="print")
        assert page.evaluate(FAINT) == []
        assert page.evaluate(GROUNDS) == []
        assert shown(page, ONLY_ON_SCREENS) == []
        words = page.locator("body").inner_text()
        assert heading in words
        assert holds in words
        assert "Valsts izglītības attīstības aģentūra" in words
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
        assert page.pdf(format="A4").startswith(b"%PDF")
    finally:
        page.close()


def shown(page: Page, selector: str) -> list[str]:
    """What of these would stand on the paper."""
    return [one.inner_text() for one in page.locator(selector).all() if one.is_visible()]


def test_the_button_prints(contexts: Contexts, stack: Stack, people: People) -> None:
    page = contexts["anonymous", 1280, "light", False].new_page()
    try:
        page.goto(stack.portal + "/programma/{programme}".format(**people.facts))
        page.evaluate("window.print = () => { document.title = 'printed'; }")
        page.get_by_role("button", name="Drukāt").click()
        assert page.title() == "printed"
    finally:
        page.close()
