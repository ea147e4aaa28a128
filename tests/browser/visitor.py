"""A person at a browser: presses and fills like a person, and counts both (screens.md 14)."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.stack import Stack


@dataclass
class Visitor:
    """One person in one browser; the same steps with and without JavaScript."""

    page: Page
    stack: Stack
    has_script: bool = True
    presses: int = 0
    fields: int = 0

    def open(self, path: str) -> None:
        self.page.goto(self.stack.portal + path)

    def path(self) -> str:
        return self.page.url.removeprefix(self.stack.portal)

    def press(self, what: str | Locator) -> None:
        """Press a button or link of the page's main part by its words."""
        (self._find(what) if isinstance(what, str) else what).click()
        self.presses += 1

    def tick(self, label: str) -> None:
        self.mark(self.page.get_by_label(label, exact=False).first)

    def mark(self, box: Locator) -> None:
        """A radio button or a tick."""
        box.check()
        self.presses += 1

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(value)
        self.fields += 1

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=False).first.select_option(label=option)
        self.fields += 1

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()

    def _find(self, words: str) -> Locator:
        name = re.compile(rf"^{re.escape(words)}( ?:.*)?$")  # "Uzņemt: Anna Ozoliņa": about whom, for screen readers
        main = self.page.get_by_role("main")
        named = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        return named.filter(visible=True).first

    # --- the state's sign-on ---------------------------------------------------

    def through_the_sign_on(self, name: str, code: str, *, means: str = "Smart-ID") -> None:
        """Consent, means, person; not counted, as it is not our page."""
        page = self.page
        page.wait_for_url(re.compile(re.escape(self.stack.sso)))
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name=means).first.click()
        first, _, last = name.partition(" ")
        page.get_by_label("Vārds", exact=True).fill(first)
        page.get_by_label("Uzvārds", exact=True).fill(last)
        page.get_by_label("Personas kods", exact=True).fill(code)
        page.locator("#cits").get_by_role("button", name="Turpināt").click()
        if not self.has_script:
            page.get_by_role("button", name="Turpināt").click()
        page.wait_for_url(re.compile(re.escape(self.stack.portal)))


BEYOND = """() => [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(-2).map((one) => one.outerHTML.slice(0, 120))"""


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways, if it does."""
    sizes = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{page.url}: {sizes} {page.evaluate(BEYOND)}"] if sizes[0] > sizes[1] else []
