"""One stack, one Chromium; a fresh context for every visitor, with the console watched."""

from collections.abc import Callable, Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser import stack as stacks
from tests.browser import sweep
from tests.browser.roles import Contexts, People, gather
from tests.browser.stack import ROOT, Stack
from tests.browser.visitor import Visitor

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE_MS = 15_000
PICTURES = ROOT / "var/browser"
FAILED = pytest.StashKey[bool]()
NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with stacks.running() as running:
        yield running
        assert sweep.leaks(running) == [], "LOG-02: a line of the log holds what it must not"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Of these tests only: Playwright runs once in a thread, and while it does Django refuses its database there."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="package")
def people(stack: Stack, browser: Browser) -> People:
    """Every role walked to its pages, once; the modules that look at them stand together: sessions of people who wait end."""
    return gather(stack, browser)


@pytest.fixture(scope="package")
def contexts(people: People, browser: Browser) -> Iterator[Contexts]:
    made = Contexts(browser, people)
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def troubles() -> list[str]:
    """What the consoles of this test's pages complained of; a test that causes complaints on purpose empties it."""
    return []


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, stack: Stack, browser: Browser, troubles: list[str]
) -> Iterator[NewVisitor]:
    """`visitor()` opens a browser for a person; `visitor(script=False)` one without JavaScript."""
    contexts: list[BrowserContext] = []

    def open_browser(*, script: bool = True, width: int = 1280, height: int = 900, **options: object) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="lv-LV",
            timezone_id="Europe/Riga",
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        context.on("page", lambda page: listen(page, troubles))
        return Visitor(context.new_page(), stack, has_script=script)

    yield open_browser
    if failed(request.node):
        show(contexts, request.node.name)
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def failed(item: pytest.Item) -> bool:
    return item.stash.get(FAILED, False)


def show(contexts: list[BrowserContext], name: str) -> None:
    """What the people of a failed test saw last: a picture in var/browser, address and words in the report."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        picture = PICTURES / f"{name}-{number}.png"
        page.screenshot(path=picture, full_page=True)
        words = " ".join(page.locator("body").inner_text().split())
        print(f"\n{page.url}\n{picture}\n{words[:1500]}")  # noqa: T201 - pytest shows it beside the failure


def listen(page: Page, troubles: list[str]) -> None:
    """A message of the policy, an error of a script or a failed request is a fault of the page."""

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
