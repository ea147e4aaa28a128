"""Every page, by the role that owns it: axe, the policy, structure, reflow, keyboard, links (design.md 9)."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Response

from stars.kernel.management.commands import url_list
from tests.browser.cases import CASES, NO_PAGE, Case
from tests.browser.conftest import listen
from tests.browser.roles import PROOF, Contexts, People
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor
from tests.look.validity import faults

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
KEYBOARD = {"pages:home", "catalog:list", "pages:programme", "accounts:sign_in", "accounts:register"}
KEYBOARD |= {"pages:client_home", "applications:form", "applications:work_list"}


def show(page: Page, contexts: Contexts, stack: Stack, people: People, case: Case) -> Response:
    """Bring the page into the case's state, and see that it answers as the case says; gives the last answer."""
    answers: list[Response] = []
    page.on(
        "response",
        lambda response: (
            answers.append(response)
            if response.request.is_navigation_request() and response.frame == page.main_frame
            else None
        ),
    )
    page.goto(stack.portal + case.path.format(**people.facts))
    if case.name != "accounts:prove" and page.get_by_role("heading", level=1, name=PROOF).count():
        contexts.prove(case.role, Visitor(page, stack))
        assert page.get_by_role("heading", level=1, name=PROOF).count() == 0
    if case.act is not None:
        case.act(page)
    assert answers[-1].status == case.status, f"{page.url} answered {[one.status for one in answers]}"
    return answers[-1]


# Every page and state once, on a phone, in turns light and dark; those that show all the frame has also on a wide screen.
LOOKS = [(case, 320, ("light", "dark")[turn % 2]) for turn, case in enumerate(CASES)]
LOOKS += [(case, 1280, "light" if scheme == "dark" else "dark") for case, _, scheme in LOOKS if case.name in KEYBOARD]


@pytest.mark.parametrize(
    ("case", "width", "scheme"), LOOKS, ids=[f"{case}-{width}-{scheme}" for case, width, scheme in LOOKS]
)
def test_axe_finds_nothing(
    contexts: Contexts, stack: Stack, people: People, case: Case, width: int, scheme: str
) -> None:
    page = contexts[case.role, width, scheme, True].new_page()
    try:
        show(page, contexts, stack, people, case)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
        page.evaluate(AXE)
        found: list[dict[str, Any]] = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
        faults = [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
        assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)
    finally:
        page.close()


@dataclass(frozen=True)
class Look:
    """What one visit under the real policy saw."""

    title: str
    language: str | None
    source: str  # as the server sent it
    headings: list[str]
    troubles: list[str]
    links: list[str]
    focus: str
    focus_after_link: bool


class Crawl:
    """Every case visited once, when first asked for."""

    def __init__(self, contexts: Contexts, stack: Stack, people: People) -> None:
        self.contexts, self.stack, self.people = contexts, stack, people
        self.looks: dict[Case, Look] = {}

    def look(self, case: Case) -> Look:
        if case not in self.looks:
            page = self.contexts[case.role, 1280, "light", False].new_page()
            try:
                self.looks[case] = self._visit(page, case)
            finally:
                page.close()
        return self.looks[case]

    def _visit(self, page: Page, case: Case) -> Look:
        troubles: list[str] = []
        listen(page, troubles)
        source = show(page, self.contexts, self.stack, self.people, case).text()
        links = page.locator("a[href^='/']").evaluate_all("found => found.map(link => link.getAttribute('href'))")
        focus, reached = page.evaluate("document.activeElement.id"), False
        title, headings = page.title(), page.locator("h1").all_inner_texts()
        if case.status == 422:
            page.locator("#kludas a").first.click()
            reached = page.evaluate("document.activeElement.matches('input, select, textarea')")
        return Look(
            title=title,
            language=page.locator("html").get_attribute("lang"),
            source=source,
            headings=headings,
            troubles=[one for one in troubles if f"status of {case.status}" not in one],
            links=[link.partition("#")[0] for link in links],
            focus=focus,
            focus_after_link=reached,
        )


@pytest.fixture(scope="module")
def crawl(contexts: Contexts, stack: Stack, people: People) -> Crawl:
    return Crawl(contexts, stack, people)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_structure_and_policy(crawl: Crawl, case: Case) -> None:
    """Under the real policy: no complaint of the console, one h1, a title, Latvian, the summary of errors in focus."""
    look = crawl.look(case)
    assert look.troubles == []
    assert look.language == "lv"
    assert len(look.headings) == 1
    assert look.title.endswith(" – STARS")
    assert look.title.startswith("Kļūda: ") == (case.status in {409, 422})
    if case.status in {409, 422}:
        assert look.focus == "kludas", "focus is not on the summary of errors"
    if case.status == 422:
        assert look.focus_after_link, "a link of the summary does not lead to its field"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_html_is_valid(crawl: Crawl, case: Case) -> None:
    """What the server sent, before any script: the parser's complaints and the rules of tests/look/validity.py."""
    assert faults(crawl.look(case).source) == []


def test_no_link_is_dead(crawl: Crawl) -> None:
    """Every address of ours that a page names answers its reader."""
    dead, asked = [], set()
    for case in CASES:
        for link in sorted(set(crawl.look(case).links)):
            # Signing in begins a journey of its own; a thousand combinations of filters are one page.
            is_personal = link.startswith(("/profils", "/pieteikums", "/provider", "/koordinators"))
            key = (case.role if is_personal else "", link.partition("?")[0])
            if link.startswith("/pieslegties/iedzivotajs") or key in asked:
                continue
            asked.add(key)
            asking = crawl.contexts[case.role, 1280, "light", False].request
            answer = asking.get(crawl.stack.portal + link, max_redirects=0)  # where it leads on is not always ours
            if answer.status >= 400:
                dead.append((case.role, link, answer.status))
    assert dead == []
    assert len(asked) > 30


def test_titles_tell_pages_apart(crawl: Crawl) -> None:
    """Within what one person can open; a client's and an institution's "Sākums" never meet."""
    titles: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for case in CASES:
        if not case.state and case.name not in {"pages:terms_version", "pages:privacy_version"}:
            titles[crawl.look(case).title, case.role == "provider"].add(case.name)
    # A person's own page about a programme bears its name, as the programme's public page does.
    assert {title: names for title, names in titles.items() if len(names - {"applications:detail"}) > 1} == {}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in KEYBOARD and not case.state], ids=str)
def test_the_keyboard_reaches_everything_in_order(contexts: Contexts, stack: Stack, people: People, case: Case) -> None:
    """Tab by Tab: a visible ring, big enough, not covered, in the order of the document, and never caught."""
    page = contexts[case.role, 1280, "light", False].new_page()
    try:
        show(page, contexts, stack, people, case)
        last = -1
        for _ in range(40):
            page.keyboard.press("Tab")
            where = page.evaluate(FOCUS)
            if where is None:
                break
            assert where["order"] > last, f"focus went back at {where['words']!r}"
            last = where["order"]
            assert where["ring"], f"no ring on {where['words']!r}"
            assert where["small"] is False, f"{where['words']!r} is under 24 × 24"
            assert where["covered"] is False, f"{where['words']!r} is covered"
        assert last > 5
    finally:
        page.close()


FOCUS = """() => {
  const now = document.activeElement;
  if (!now || now === document.body) return null;
  now.scrollIntoView({block: 'center', behavior: 'instant'});
  const control = now.matches('input[type=radio], input[type=checkbox]') ? now.closest('label') || now : now;
  const box = control.getBoundingClientRect(), look = getComputedStyle(now), around = getComputedStyle(control);
  const inline = around.display === 'inline';
  const all = [...document.querySelectorAll('*')];
  const middle = document.elementFromPoint(box.x + Math.min(box.width, 60) / 2, box.y + box.height / 2);
  return {
    order: all.indexOf(now),
    words: (now.innerText || now.value || now.id || '').slice(0, 60),
    ring: [look, around].some(one => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2),
    small: !inline && (box.width < 24 || box.height < 24),
    covered: !(middle && (control.contains(middle) || middle.contains(control))),
  };
}"""


def test_every_address_has_a_case_or_a_reason() -> None:
    covered = {case.name for case in CASES} | set(NO_PAGE)
    known = {address.name for address in url_list.addresses()}
    assert known - covered == set()
    assert covered - known == set()
