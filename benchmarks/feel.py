"""What a person feels (performance.md 4): `.venv/bin/python -m benchmarks.feel`, a portal of its own in a slowed browser.

Chromium on a line of 1.6 Mbit/s with 150 ms to the server and a processor four times slower, 360 pixels wide. A page is opened
in a browser that has seen nothing, three times, and the median counts. HTML comes here without the proxy that packs it, so
that the real first paint is a little earlier than measured.
"""

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from local import servers
from tests.browser import stack as stacks
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.roles import People, gather
from tests.browser.stack import Stack

BYTES_A_SECOND = 1.6e6 / 8
DELAY_MS, SLOWER, TIMES = 150, 4, 3
PAGES = (
    ("Home", "anonymous", "/"),
    ("Catalogue", "anonymous", "/programmas"),
    ("Programme", "anonymous", "/programma/{programme}"),
    ("Sign in", "anonymous", "/pieslegties"),
    ("Application, step 1", "beginner", "/pieteikums/jauns/{programme}/imk/1"),
    ("Check and send", "beginner", "/pieteikums/{draft}/parbaudit"),
    ("Client's home", "client", "/profils"),
)
# Kept from the first moment of a page: the largest paint, shifts, long tasks and how long a press takes to show.
WATCH = """
window.felt = {lcp: 0, cls: 0, press: 0};
window.tasks = [];
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({type, buffered: true, durationThreshold: 16});
watch('largest-contentful-paint', (one) => { felt.lcp = one.startTime; });
watch('layout-shift', (one) => { if (!one.hadRecentInput) felt.cls += one.value; });
watch('longtask', (one) => tasks.push(one));
watch('event', (one) => { felt.press = Math.max(felt.press, one.duration); });
"""
# Total blocking time as it is defined: what the tasks after the first contentful paint take beyond 50 ms each.
BLOCKED = """() => {
  const shown = performance.getEntriesByName('first-contentful-paint')[0].startTime;
  const left = (one) => one.startTime + one.duration - Math.max(one.startTime, shown);
  return tasks.reduce((sum, one) => sum + Math.max(0, left(one) - 50), 0);
}"""


@dataclass(frozen=True)
class Felt:
    """One visit: milliseconds, the sum of shifts, kilobytes and requests."""

    lcp: float
    cls: float
    tbt: float
    press: float
    kilobytes: float
    requests: int


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stars-feel-") as folder, servers.throw_away(Path(folder)) as addresses:
        os.environ.update(addresses)
        with stacks.running() as stack, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            people = gather(stack, browser)
            print(
                "| page | LCP ms | layout shift | blocked ms | a press ms | kB | requests |\n|---|---|---|---|---|---|---|"
            )
            for title, role, path in PAGES:
                visits = [visit(browser, stack, people, role, path) for _ in range(TIMES)]
                print(line(title, visits))
            browser.close()


def visit(browser: Browser, stack: Stack, people: People, role: str, path: str) -> Felt:
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, locale="lv-LV", storage_state=people.signed_in[role]
    )
    context.add_init_script(WATCH)
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes = slowed(session)
    page.goto(stack.portal + path.format(**people.facts), wait_until="networkidle")
    blocked = page.evaluate(BLOCKED)
    press(page)
    felt = page.evaluate("felt")
    context.close()
    return Felt(felt["lcp"], felt["cls"], blocked, felt["press"], sum(sizes) / 1024, len(sizes))


def slowed(session: CDPSession) -> list[float]:
    """The line and the processor of performance.md; gives the list of what comes over the wire."""
    session.send("Network.enable")
    line = {
        "offline": False,
        "latency": DELAY_MS,
        "downloadThroughput": BYTES_A_SECOND,
        "uploadThroughput": BYTES_A_SECOND / 2,
    }
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def press(page: Page) -> None:
    """Open and close the menu, as the first thing somebody does on a phone."""
    menu = page.locator("summary", has_text="Izvēlne").filter(visible=True).first
    for _ in range(2):
        menu.click()
        page.wait_for_timeout(300)


def line(title: str, visits: list[Felt]) -> str:
    def middle(name: str) -> float:
        return statistics.median(getattr(one, name) for one in visits)

    figures = [f"{middle('lcp'):.0f}", f"{middle('cls'):.3f}", f"{middle('tbt'):.0f}", f"{middle('press'):.0f}"]
    return f"| {title} | {' | '.join(figures)} | {middle('kilobytes'):.0f} | {middle('requests'):.0f} |"


if __name__ == "__main__":
    main()
