"""F16: a double click, a reload, a proxy that asks again, ten presses at once: one application and one receipt (I4, K7)."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest

from tests.faults.conftest import ROUNDS
from tests.faults.person import Applicant, Browser, Form, Page
from tests.faults.portal import Portal, told_of


@pytest.fixture
def ready(portal: Portal) -> tuple[Applicant, Form, str]:
    """Somebody on the check page, the form with its token before them."""
    applicant, email = portal.somebody()
    applicant.browser.sign_on(applicant.name, applicant.code)
    return applicant, applicant.fill().form(containing="fingerprint"), email


def together(browser: Browser, form: Form, presses: int) -> list[Page]:
    """So many presses in one instant, each on a connection of its own."""
    start = Barrier(presses, timeout=30)

    def press() -> Page:
        start.wait()
        return browser.send(form, stay=True)

    with ThreadPoolExecutor(presses) as pool:
        return [one.result(timeout=60) for one in [pool.submit(press) for _ in range(presses)]]


def one_application(portal: Portal, applicant: Applicant, email: str, receipt: str) -> None:
    page = applicant.browser.get(receipt)
    rows = portal.stack.facts(
        "SELECT reference::text, number FROM applications_application a JOIN accounts_person p ON p.id = a.client_id"
        " JOIN accounts_clientprofile c ON c.person_id = p.id WHERE c.email = %s",
        email,
    )
    [(reference, number)] = rows
    assert receipt == f"/pieteikums/{reference}/apstiprinajums"
    assert number in page.words
    portal.drain()
    assert len(told_of(portal, email, number)) == 1
    portal.refuse_breaches()


@pytest.mark.parametrize("attempt", range(ROUNDS))
@pytest.mark.parametrize("presses", [2, 10], ids=["double click", "ten at once"])
def test_f16_presses_in_one_instant_get_one_receipt(
    portal: Portal, ready: tuple[Applicant, Form, str], presses: int, attempt: int
) -> None:
    applicant, form, email = ready
    pages = together(applicant.browser, form, presses)
    assert {page.status for page in pages} <= {302, 503}, [page.words for page in pages]
    told = {page.headers["Location"] for page in pages if page.status == 302}
    assert len(told) == 1
    one_application(portal, applicant, email, told.pop())


def test_f16_a_reload_of_the_press_shows_the_same_receipt(portal: Portal, ready: tuple[Applicant, Form, str]) -> None:
    applicant, form, email = ready
    told = {applicant.browser.send(form, stay=True).headers["Location"] for _ in range(3)}
    assert len(told) == 1
    one_application(portal, applicant, email, told.pop())


def test_f16_a_proxy_that_heard_no_answer_and_asks_again(portal: Portal, ready: tuple[Applicant, Form, str]) -> None:
    """The first request is sent whole and its connection closed before the answer; the same bytes go once more."""
    applicant, form, email = ready
    parts = urlsplit(form.action)
    body = urlencode(form.fields).encode()
    cookies = "; ".join(f"{one.name}={one.value}" for one in applicant.browser.jar if one.domain.startswith("127"))
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=20) as deaf:
        deaf.sendall(head + body)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=20) as link:
        link.sendall(head + body)
        answer = link.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 302")
    receipt = next(line for line in answer.splitlines() if line.lower().startswith("location:")).split()[1]
    one_application(portal, applicant, email, receipt)


def test_f16_another_body_under_the_same_token_is_refused(portal: Portal, ready: tuple[Applicant, Form, str]) -> None:
    """I4: the first application stands as it was sent."""
    applicant, form, email = ready
    receipt = applicant.browser.send(form, stay=True).headers["Location"]
    form.set("fingerprint", "0" * 64)
    other = applicant.browser.send(form, stay=True)
    assert other.status == 409
    assert "jau ir iesniegts ar citām atbildēm" in other.words, other.words
    one_application(portal, applicant, email, receipt)


def test_f16_a_withdrawal_pressed_ten_times_is_one(portal: Portal, ready: tuple[Applicant, Form, str]) -> None:
    applicant, form, _ = ready
    reference = applicant.browser.send(form, stay=True).headers["Location"].split("/")[2]
    address = f"/profils/pieteikumi/{reference}/atteikties"
    leave = applicant.browser.get(address).form(containing="reason")
    pages = together(applicant.browser, leave, 10)
    assert {page.status for page in pages} <= {302, 503}
    assert {page.headers["Location"] for page in pages if page.status == 302} <= {
        "/profils",
        f"/profils/pieteikumi/{reference}",
    }
    asked = "SELECT state FROM applications_application WHERE reference = %s"
    assert portal.stack.facts(asked, reference) == [("withdrawn",)]
    portal.drain()
    portal.refuse_breaches()
