"""D6, L6: more people than the portal can serve. Browsing is shed with the static page, a submit passes, nothing is lost."""

import http.client
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from local import processes
from tests.faults import proxy as proxies
from tests.faults.person import Applicant, Browser, Form
from tests.faults.portal import Portal
from tests.faults.proxy import CONFIG, TRUSTING, Proxy

THREADS, LINE = 8, 60  # as deploy/haproxy.cfg says; a test holds them against gunicorn's
CROWD = THREADS + LINE + 4


@pytest.fixture(scope="module")
def front(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    web = portal.stack.portal.removeprefix("http://")
    with proxies.running(web, tmp_path_factory.mktemp("front")) as running:
        yield running


def browser(front: Proxy) -> Browser:
    return Browser(front.url, patience=30, context=TRUSTING)


def frozen(portal: Portal) -> list[int]:
    """Workers that hold their requests: what a portal looks like from outside when it cannot keep up."""
    workers = portal.web_workers()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    return workers


def thaw(workers: list[int]) -> None:
    for pid in workers:
        os.kill(pid, signal.SIGCONT)


def waiting(front: Proxy) -> int:
    """How many stand in the proxy's line, as the page for those it sheds says; nobody is shed before sixty."""
    _, _, text = front.ask("GET", "/programmas")
    found = text.partition("rindā šobrīd: <strong>")[2].partition("<")[0]
    return int(found) if found.isdigit() else 0


@pytest.fixture
def ready(portal: Portal, front: Proxy) -> tuple[Applicant, Form]:
    """Somebody who came through the proxy and has the check page before them."""
    applicant, _ = portal.somebody()
    applicant.browser = browser(front)
    applicant.browser.jar = signed_on(portal, applicant)
    return applicant, applicant.fill().form(containing="fingerprint")


def signed_on(portal: Portal, applicant: Applicant) -> CookieJar:
    """The sign-on leads back to the portal's own address, so the session is brought along to the proxy's."""
    direct = portal.browser()
    direct.sign_on(applicant.name, applicant.code)
    return direct.jar


def test_d6_browsing_is_shed_and_a_submit_goes_first(
    portal: Portal, front: Proxy, ready: tuple[Applicant, Form]
) -> None:
    applicant, form = ready
    finished: list[str] = []

    def look(number: int) -> int:
        status, _, _ = front.ask("GET", f"/programmas?lapa={number}")
        finished.append("looked")
        return status

    def press() -> str:
        page = applicant.browser.send(form, stay=True)
        finished.append("sent")
        return page.headers.get("Location", f"{page.status} {page.words}")

    workers = frozen(portal)
    try:
        with ThreadPoolExecutor(CROWD + 1) as pool:
            crowd = [pool.submit(look, 1) for _ in range(CROWD)]
            before = full_line(front, crowd)
            status, headers, text = front.ask("GET", "/programmas")
            sent = pool.submit(press)
            assert processes.wait_until(lambda: waiting(front) > before, 3)
            finished.clear()  # those who were shed
            thaw(workers)
            receipt = sent.result(timeout=60)
            statuses = {one.result(timeout=60) for one in crowd}
    finally:
        thaw(workers)
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "30", "no-store")
    assert "Šobrīd ir ļoti daudz apmeklētāju" in text
    assert '<html lang="lv">' in text
    assert "Pieprasījumu skaits rindā šobrīd: <strong>6" in text  # sixty-one or more
    assert re.fullmatch(r"/pieteikums/[\w-]+/apstiprinajums", receipt), receipt
    assert served_before_the_submit(front) < LINE // 2
    assert statuses <= {200, 503}
    portal.drain()
    portal.refuse_breaches()
    asked = "SELECT count(*) FROM applications_application WHERE reference::text = %s"
    assert portal.stack.facts(asked, receipt.split("/")[2]) == [(1,)]


def full_line(front: Proxy, crowd: Sequence[Future[Any]]) -> int:
    """How long the line is once the first of the crowd is shed; until then we do not ask, or we would stand in it too."""
    assert processes.wait_until(lambda: any(one.done() for one in crowd), 15)
    found = waiting(front)
    assert found > LINE
    return found


def served_before_the_submit(front: Proxy) -> int:
    """How many of the line the proxy let through before the submit: the last pair of numbers in its log line."""

    def found() -> list[tuple[str, str]]:
        return re.findall(r" (\d+)/(\d+) POST /pieteikums/[\w-]+/parbaudit", front.log.read_text())

    assert processes.wait_until(lambda: bool(found()), 10)
    return sum(int(number) for number in found()[-1])


def test_d6_control_without_priorities_a_submit_stands_behind_everybody(
    portal: Portal, ready: tuple[Applicant, Form], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant, form = ready
    plain = tmp_path / "plain.cfg"
    kept = [line for line in CONFIG.read_text().splitlines() if "set-priority-class" not in line]
    plain.write_text("\n".join(kept) + "\n")
    monkeypatch.setattr(proxies, "CONFIG", plain)
    finished: list[str] = []
    with proxies.running(portal.stack.portal.removeprefix("http://"), tmp_path / "proxy") as front:
        form.action = form.action.replace(applicant.browser.portal, front.url)
        workers = frozen(portal)
        try:
            with ThreadPoolExecutor(CROWD + 1) as pool:

                def look() -> None:
                    front.ask("GET", "/programmas")
                    finished.append("looked")

                def press() -> None:
                    applicant.browser.send(form, stay=True)
                    finished.append("sent")

                crowd: list[Future[None]] = [pool.submit(look) for _ in range(CROWD)]
                before = full_line(front, crowd)
                crowd.append(pool.submit(press))
                assert processes.wait_until(lambda: waiting(front) > before, 3)
                finished.clear()
                thaw(workers)
                for one in crowd:
                    one.result(timeout=60)
        finally:
            thaw(workers)
        assert served_before_the_submit(front) > LINE // 2


def test_d6_a_worker_killed_under_a_reader_is_not_seen(portal: Portal, front: Proxy) -> None:
    """A page nobody answered is asked for again by the proxy; only forms are left to the person."""
    is_over, seen = threading.Event(), list[int]()

    def read() -> None:
        while not is_over.is_set():
            try:
                seen.append(front.ask("GET", "/programmas")[0])
            except (http.client.HTTPException, OSError):
                seen.append(0)  # killed in the middle of this very answer

    readers = [threading.Thread(target=read) for _ in range(4)]
    for one in readers:
        one.start()
    for _ in range(3):
        enough = len(seen) + 8
        assert processes.wait_until(lambda least=enough: len(seen) >= least, 60)  # type: ignore[misc]
        os.kill(portal.web_workers()[0], signal.SIGKILL)
    is_over.set()
    for one in readers:
        one.join(60)
    assert seen.count(200) >= len(seen) - 3  # three kills: a kill in the middle of an answer may cost one
    assert set(seen) <= {0, 200, 502}


def test_the_proxy_can_be_had_here() -> None:
    """bin/test installs it where it may; elsewhere these tests cannot say anything and this one says so."""
    assert proxies.program() or not shutil.which("apt-get")
