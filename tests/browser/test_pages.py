"""Every page, by the role that owns it: axe, the policy, structure, reflow, keyboard, links (design.md 9)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from stars.kernel.management.commands import url_list
from tests.browser.cases import CASES, NO_PAGE, Case
from tests.browser.conftest import listen
from tests.browser.roles import People, gather
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
KEYBOARD = {"pages:home", "catalog:list", "pages:programme", "accounts:sign_in", "accounts:register"}
KEYBOARD |= {"pages:client_home", "applications:form", "applications:work_list"}


@pytest.fixture(scope="module")
def people(stack: Stack, browser: Browser) -> People:
    return gather(stack, browser)


@pytest.fixture(scope="module")
def contexts(people: People, browser: Browser) -> Iterator[dict[tuple[str, int, str, bool], BrowserContext]]:
    """One browser context for each role, width, scheme and policy, made when first asked for."""
    made: dict[tuple[str, int, str, bool], BrowserContext] = {}

    class Contexts(dict[tuple[str, int, str, bool], BrowserContext]):
        def __missing__(self, key: tuple[str, int, str, bool]) -> BrowserContext:
            role, width, scheme, bypass = key
            self[key] = context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,  # type: ignore[arg-type]
                bypass_csp=bypass,
                storage_state=people.signed_in[role],
                locale="lv-LV",
                reduced_motion="reduce",
            )
            context.set_default_timeout(20_000)
            made[key] = context
            return context

    yield Contexts()
    for context in made.values():
        context.close()


Contexts = dict[tuple[str, int, str, bool], BrowserContext]


def show(page: Page, stack: Stack, people: People, case: Case) -> None:
    """Bring the page into the case's state, and see that it answers as the case says."""
    answers: list[int] = []
    page.on(
        "response",
        lambda response: (
            answers.append(response.status)
            if response.request.is_navigation_request() and response.frame == page.main_frame
            else None
        ),
    )
    page.goto(stack.portal + case.path.format(**people.facts))
    if case.act is not None:
        case.act(page)
    assert answers[-1] == case.status, f"{page.url} answered {answers}"


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")], ids=["320-light", "1280-dark"])
def test_axe_finds_nothing(
    contexts: Contexts, stack: Stack, people: People, case: Case, width: int, scheme: str
) -> None:
    page = contexts[case.role, width, scheme, True].new_page()
    try:
        show(page, stack, people, case)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
        page.evaluate(AXE)
        found: list[dict[str, Any]] = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
        faults = [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
        assert faults == [], json.dumps(faults, ensure_ascii=False, indent=1)
    finally:
        page.close()


@pytest.fixture(scope="module")
def seen() -> dict[str, set[str]]:
    """Internal links found on the way, by role."""
    return defaultdict(set)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_structure_and_policy(
    contexts: Contexts, stack: Stack, people: People, case: Case, seen: dict[str, set[str]]
) -> None:
    """Under the real policy: no complaint of the console, one h1, a title of its own, Latvian, error summary in focus."""
    page, troubles = contexts[case.role, 1280, "light", False].new_page(), list[str]()
    listen(page, troubles)
    try:
        show(page, stack, people, case)
        troubles = [one for one in troubles if f"status of {case.status}" not in one]
        assert troubles == []
        assert page.locator("html").get_attribute("lang") == "lv"
        heading = page.locator("h1").all_inner_texts()
        assert len(heading) == 1
        assert page.title().endswith(" – STARS")
        assert page.title() != " – STARS"
        if case.status == 422:
            assert page.title().startswith("Kļūda: ")
            assert page.evaluate("document.activeElement.id") == "kludas", "focus is not on the summary of errors"
            link = page.locator("#kludas a").first
            link.click()
            assert page.evaluate("document.activeElement.matches('input, select, textarea')")
        links = page.locator("a[href^='/']").evaluate_all("found => found.map(link => link.getAttribute('href'))")
        seen[case.role] |= {link.partition("#")[0] for link in links}
    finally:
        page.close()


def test_no_link_is_dead(
    contexts: Contexts, stack: Stack, people: People, seen: dict[str, set[str]], request: pytest.FixtureRequest
) -> None:
    """Every address of ours that a page names answers its reader (walks the pages again where it runs alone)."""
    if not seen:
        for case in CASES:
            page = contexts[case.role, 1280, "light", False].new_page()
            page.goto(stack.portal + case.path.format(**people.facts))
            links = page.locator("a[href^='/']").evaluate_all("found => found.map(link => link.getAttribute('href'))")
            seen[case.role] |= {link.partition("#")[0] for link in links}
            page.close()
    dead, asked = [], set()
    for role, links in seen.items():
        for link in sorted(links):
            # Signing in begins a journey of its own; a thousand combinations of filters are one page.
            key = (role if link.startswith(("/profils", "/pieteikums", "/provider")) else "", link.partition("?")[0])
            if link.startswith("/pieslegties/iedzivotajs") or key in asked:
                continue
            asked.add(key)
            answer = contexts[role, 1280, "light", False].request.get(stack.portal + link)
            if answer.status >= 400:
                dead.append((role, link, answer.status))
    assert dead == []


def test_titles_tell_pages_apart(contexts: Contexts, stack: Stack, people: People) -> None:
    """Within what one person can open; a client's and an institution's "Sākums" never meet."""
    titles: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for case in CASES:
        if case.state or case.name in {"pages:terms_version", "pages:privacy_version"}:
            continue
        page = contexts[case.role, 1280, "light", False].new_page()
        page.goto(stack.portal + case.path.format(**people.facts))
        titles[page.title(), case.role == "provider"].add(case.name)
        page.close()
    # A person's own page about a programme bears its name, as the programme's public page does.
    assert {title: names for title, names in titles.items() if len(names - {"applications:detail"}) > 1} == {}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in KEYBOARD and not case.state], ids=str)
def test_the_keyboard_reaches_everything_in_order(contexts: Contexts, stack: Stack, people: People, case: Case) -> None:
    """Tab by Tab: a visible ring, big enough, not covered, in the order of the document, and never caught."""
    page = contexts[case.role, 1280, "light", False].new_page()
    try:
        show(page, stack, people, case)
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
