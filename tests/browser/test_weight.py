"""What a visit weighs: bytes and requests, never seconds (performance.md 4, design.md 5)."""

import gzip
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
FIRST_KB, LATER_KB, HTML_KB, MOST_REQUESTS = 120, 30, 12, 20
CATALOGUE_BYTES, CATALOGUE_PACKED = 40_000, 8_000  # performance.md 1, the aim: a page of ten with every filter
LONG_BYTES, ROW_BYTES = 60_000, 1_250  # the must of a page of 25; a programme among them, in the mean
SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { sum += one.value; }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})"""


class Visits:
    """One browser from its first page on. Pages are weighed as a compressing proxy in front of the portal sends them."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        context = browser.new_context(viewport={"width": 360, "height": 780}, locale="lv-LV")
        self.page, self.portal = context.new_page(), stack.portal
        self.session = context.new_cdp_session(self.page)
        self.session.send("Network.enable")
        self.wire: list[float] = []
        self.session.on("Network.loadingFinished", lambda event: self.wire.append(event["encodedDataLength"]))

    def open(self, path: str) -> tuple[float, float, int, float]:
        """KB over the wire, KB of compressed HTML, requests, layout shift."""
        self.wire.clear()
        answer = self.page.goto(self.portal + path, wait_until="networkidle")
        assert answer is not None
        assert answer.ok, path
        html = answer.body()
        packed = len(gzip.compress(html))
        saved = 0 if answer.headers.get("content-encoding") else len(html) - packed
        sent = [size for size in self.wire if size]
        return (sum(sent) - saved) / 1024, packed / 1024, len(sent), float(self.page.evaluate(SHIFTS))


def test_a_first_visit_and_the_pages_after_it_keep_their_weight(browser: Browser, stack: Stack) -> None:
    visits = Visits(browser, stack)
    wire, html, requests, shift = visits.open("/")
    assert (wire <= FIRST_KB, html <= HTML_KB, requests <= MOST_REQUESTS, shift < 0.05) == (True,) * 4, (wire, html)
    ((number,),) = stack.facts("SELECT min(number) FROM catalog_programme WHERE state = 'published'")
    for path in ("/programmas", "/programmas?finansejums=imk", f"/programma/{number}", "/jaunumi", "/pieslegties"):
        wire, html, requests, shift = visits.open(path)
        figures = (path, round(wire, 1), round(html, 1), requests, shift)
        assert (wire <= LATER_KB, html <= HTML_KB, requests <= MOST_REQUESTS, shift < 0.05) == (True,) * 4, figures


def test_the_catalogue_is_light_before_it_is_packed_too(stack: Stack) -> None:
    for path in ("/programmas", "/programmas?finansejums=imk"):
        with urlopen(stack.portal + path) as answer:
            html = answer.read()
        assert html.count(b"<article") == 10
        assert (len(html) <= CATALOGUE_BYTES, len(gzip.compress(html, 6)) <= CATALOGUE_PACKED) == (True, True), len(
            html
        )


def test_a_longer_page_of_the_catalogue_grows_by_light_rows(stack: Stack) -> None:
    with urlopen(stack.portal + "/programmas?skaits=25") as answer:
        html = answer.read()
    rows = html[html.index(b"<article") : html.rindex(b"</article>")]
    assert rows.count(b"<article") == 25
    assert (len(html) <= LONG_BYTES, len(rows) / 25 <= ROW_BYTES) == (True, True), (len(html), len(rows) / 25)
