"""Pages for everyone: readers' own spacing, double text, the focus in sight, without motion, in forced colours."""

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import SEEN
from tests.browser.roles import Contexts, People
from tests.browser.stack import Stack
from tests.browser.visitor import too_wide

pytestmark = pytest.mark.browser

PUBLIC = ["/", "/programmas", "/programma/{programme}", "/pieslegties", "/jautajumi", "/jaunumi", "/pieklustamiba"]
OWN = ["/profils", "/profils/mans-profils", "/profils/finansejums", "/profils/vesture", "/profils/pazinojumi"]
OWN += ["/profils/pieteikumi/{application}", "/pieteikums/{application}/apliecinajums"]
PAGES = [("anonymous", path) for path in PUBLIC] + [("client", path) for path in OWN]
PAGES += [("provider", "/provider"), ("provider", "/provider/pieteikumi")]
FORMS = [f"/pieteikums/jauns/{{programme}}/imk/{step}" for step in (1, 2, 3)]
PAGES += [("beginner", path) for path in [*FORMS, "/pieteikums/{draft}/parbaudit"]]
# WCAG 1.4.12: what readers may set themselves without losing anything.
SPACING = """* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;}
p {margin-bottom: 2em !important;}"""


@pytest.mark.parametrize(("role", "path"), PAGES, ids=str)
def test_readers_own_spacing_and_double_text_lose_nothing(
    contexts: Contexts, stack: Stack, people: People, role: str, path: str
) -> None:
    """At 320 pixels with the spacing of WCAG 1.4.12; at 1280 with the text alone twice as large (1.4.4)."""
    page = contexts[role, 320, "light", True].new_page()
    try:
        page.goto(stack.portal + path.format(**people.facts))
        page.add_style_tag(content=SPACING)
        assert too_wide(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.add_style_tag(content="html {font-size: 200%;}")
        assert too_wide(page) == []
        cut = page.evaluate(CUT)
        assert cut == [], "words are cut off"
        assert page.evaluate(THIN) == [], "a column has become a thread of letters"
    finally:
        page.close()


CUT = """() => [...document.querySelectorAll('main a, main p, main h1, main h2, main h3, main button, main label, main dd')]
  .filter((one) => !one.closest('.vh, [hidden], .card-table, details:not([open])') && !one.matches('.vh') && one.getClientRects().length)
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible' && one.clientWidth)
  .map((one) => one.innerText.slice(0, 60))"""


THIN = """() => [...document.querySelectorAll('main p, main h1, main h2, main li, main dd')]
  .filter((one) => !one.closest('.vh, .card-table, details:not([open])') && one.getClientRects().length)
  .filter((one) => !one.querySelector('.vh') && one.innerText.trim().length > 20)
  .filter((one) => one.clientWidth < 4 * parseFloat(getComputedStyle(one).fontSize))
  .map((one) => `${one.innerText.slice(0, 40)} ${one.clientWidth}`)"""


@pytest.mark.parametrize(("width", "height"), [(360, 640), (640, 320)], ids=["phone", "lying phone"])
@pytest.mark.parametrize("path", ["/programma/{programme}", "/programmas#filtri", "/programmas"])
def test_the_focus_is_never_hidden(
    contexts: Contexts, stack: Stack, people: People, path: str, width: int, height: int
) -> None:
    """2.4.11 with the sticky bar, forwards and backwards, where the page itself has scrolled to."""
    page = contexts["client", 360, "light", False].new_page()
    try:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(stack.portal + path.format(**people.facts))
        stops = 0
        for key in ["Tab"] * 60 + ["Shift+Tab"] * 60:
            page.keyboard.press(key)
            if page.evaluate("document.activeElement === document.body"):
                continue
            in_sight, words = page.locator(":focus").first.evaluate(SEEN)
            assert in_sight, f"{key}: {words!r}"
            stops += 1
        assert stops > 40
    finally:
        page.close()


@pytest.mark.parametrize(("width", "height"), [(320, 225), (320, 640), (360, 640)])
def test_the_bar_of_the_programme_leaves_the_window_to_the_page(
    contexts: Contexts, stack: Stack, people: People, width: int, height: int
) -> None:
    """At most a fifth of the window at the foot of a phone; enlarged four times the bar stands at the end of the page."""
    page = contexts["anonymous", 360, "light", False].new_page()
    try:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(stack.portal + "/programma/{programme}".format(**people.facts))
        seen = "(bar) => Math.max(0, innerHeight - bar.getBoundingClientRect().top) / innerHeight"
        assert page.locator(".stick").evaluate(seen) <= 0.2
    finally:
        page.close()


MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
  const look = getComputedStyle(one);
  const lasts = (list) => list.split(',').some((one) => parseFloat(one) > 0);
  if (lasts(look.transitionDuration) || look.scrollBehavior === 'smooth') return true;
  return look.animationName !== 'none' && lasts(look.animationDuration);
}).length"""


@pytest.mark.parametrize("path", ["/", "/programmas", "/komponentes"])
def test_nothing_moves_for_those_who_ask(browser: Browser, stack: Stack, path: str) -> None:
    for wish, still in (("reduce", True), ("no-preference", False)):
        page = browser.new_page(reduced_motion=wish)  # type: ignore[arg-type]
        page.goto(stack.portal + path)
        assert (page.evaluate(MOVING) == 0) is still, wish
        page.close()
    page = browser.new_page(reduced_motion="no-preference")
    page.goto(stack.portal + path)
    page.evaluate("document.documentElement.dataset.motion = 'less'")
    assert page.evaluate(MOVING) == 0
    page.close()


BARE = """() => [...document.querySelectorAll('a.btn, button.btn, input:not([type=hidden]), select, textarea, .tag, .choice-box, progress')]
  .filter((one) => one.getClientRects().length && !one.closest('.levels, .drop'))
  .filter((one) => {
    const look = getComputedStyle(one);
    return look.appearance === 'none' && (look.borderTopStyle === 'none' || !parseFloat(look.borderTopWidth));
  })
  .map((one) => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("path", ["/", "/programmas", "/komponentes", "/programma/{programme}"])
def test_forced_colours_keep_edges_and_the_ring(browser: Browser, stack: Stack, people: People, path: str) -> None:
    """Grounds are gone there: what can be pressed or filled in has an edge, the focus a ring of the system's colour."""
    page = browser.new_page(forced_colors="active")
    page.goto(stack.portal + path.format(**people.facts))
    assert page.evaluate(BARE) == []
    for _ in range(4):
        page.keyboard.press("Tab")
    ring = page.locator(":focus").evaluate(
        "one => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]"
    )
    assert ring == ["solid", "3px"]
    page.close()


STYLES = """([name, part]) => [...document.querySelectorAll(name)].filter((one) => one.getClientRects().length)
  .map((one) => getComputedStyle(one)[part])"""
CHOSEN = {
    ".levels :checked+span": "/programmas?digcomp-limenis=5",
    ".pager [aria-current]": "/programmas",
    ".top-nav [aria-current]": "/programmas",
    ".side [aria-current]": "/profils",
}


def test_forced_colours_still_say_what_is_chosen(contexts: Contexts, stack: Stack) -> None:
    """What was a ground is an edge: the chosen level, the page one is on, the tab. A select has one arrow, the system's."""
    page = contexts["client", 1280, "dark", True].new_page()
    page.emulate_media(forced_colors="active")
    try:
        for name, path in CHOSEN.items():
            page.goto(stack.portal + path)
            assert page.evaluate(STYLES, [name, "outlineStyle"]) == ["solid"], name
        page.goto(stack.portal + "/komponentes")
        assert set(page.evaluate(STYLES, [".tabs [aria-current]", "borderBottomStyle"])) == {"solid"}
        assert set(page.evaluate(STYLES, [".tabs a:not([aria-current])", "borderBottomStyle"])) == {"none"}
        assert set(page.evaluate(STYLES, ["select", "backgroundImage"])) == {"none"}
    finally:
        page.close()
