"""F1: web workers are killed in the middle of submits, withdrawals and admissions; who presses again gets the same answer."""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from applications import services
from applications.models import Application, Draft
from local import processes
from stars.pages import invariants
from tests.browser.stack import ROOT
from tests.factories.accounts import ClientFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk
from tests.faults.conftest import CLIENTS, ROUNDS, SECONDS
from tests.faults.person import Applicant, Browser, Page
from tests.faults.portal import Portal
from tests.faults.waiting import database_url
from tests.standins.servers import free_port


def cycle(applicant: Applicant, is_over: threading.Event) -> Applicant:
    """Signs on, then applies and withdraws again and again; ends with a live application."""
    applicant.browser.sign_on(applicant.name, applicant.code)
    while True:
        sent = applicant.send(applicant.fill())
        if sent is None or is_over.is_set():
            return applicant
        applicant.withdraw(sent.reference)


def decide(browser: Browser, employee: dict[str, str], is_over: threading.Event, admitted: list[str]) -> None:
    """The institution admits whoever stands in its list, as long as the others apply."""
    form = browser.surely(lambda: browser.get("/provider/login")).form(containing="password")
    form.set("email", employee["email"])
    form.set("password", employee["password"])
    browser.surely(lambda: browser.send(form))
    while not is_over.is_set():
        work = browser.surely(lambda: browser.get("/provider/pieteikumi?statuss=submitted"))
        links = [str(link["href"]) for link in work.soup.select("main a[href*='/provider/pieteikumi/']")]
        for link in dict.fromkeys(link for link in links if link.count("/") == 3 and "?" not in link):
            page = browser.surely(lambda link=link: browser.get(f"{link}/uznemt"))  # type: ignore[misc]
            if page.path.endswith("/uznemt") and page.status == 200:
                asked = page.form(action="")
                done = browser.surely(lambda asked=asked: browser.send(asked))  # type: ignore[misc]
                assert done.status in {200, 403, 404, 409}, (done.status, done.words)
                admitted.append(link)
        is_over.wait(0.2)


def kill_again_and_again(portal: Portal, chance: random.Random, is_over: threading.Event, killed: list[int]) -> None:
    while processes.wait_until(lambda: is_over.is_set() or portal.answers(), 60) and not is_over.wait(
        chance.uniform(0.3, 1.5)  # somebody has come up, and works a while
    ):
        if workers := portal.web_workers():
            killed.append(chance.choice(workers))
            with contextlib.suppress(ProcessLookupError):
                os.kill(killed[-1], signal.SIGKILL)


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f1_whoever_presses_again_has_one_application(portal: Portal, chance: random.Random, attempt: int) -> None:
    made = portal.people(CLIENTS, places=CLIENTS)
    applicants = [
        Applicant(portal.browser(patience=30), one["name"], one["code"], made["programme"], made["source"])
        for one in made["clients"]
    ]
    is_over, admitted = threading.Event(), list[str]()
    killed: list[int] = []
    began = time.monotonic()

    def is_enough() -> bool:
        """Long enough, and everything has happened under the fault that this is about."""
        accepted = sum(len(one.accepted) for one in applicants)
        return time.monotonic() - began > SECONDS and len(killed) >= 3 and accepted > CLIENTS and bool(admitted)

    with ThreadPoolExecutor(CLIENTS + 2) as pool:
        others = [
            pool.submit(kill_again_and_again, portal, chance, is_over, killed),
            pool.submit(decide, portal.browser(patience=30), made["employee"], is_over, admitted),
        ]
        people = [pool.submit(cycle, one, is_over) for one in applicants]
        processes.wait_until(is_enough, 120)
        is_over.set()
        for one in people + others:
            one.result(timeout=180)
    assert is_enough(), (len(killed), admitted, [len(one.accepted) for one in applicants])
    what_was_told_is_true(portal, made, applicants)


def what_was_told_is_true(portal: Portal, made: dict[str, Any], applicants: list[Applicant]) -> None:
    accepted = [one for applicant in applicants for one in applicant.accepted]
    assert [one.refused for one in applicants] == [[] for _ in applicants]
    assert 500 not in {status for applicant in applicants for status in applicant.statuses}
    assert len({one.reference for one in accepted}) == len({one.number for one in accepted}) == len(accepted)
    portal.drain()
    report = portal.refuse_breaches(accepted)
    assert {"I1", "I2", "I3", "I4", "I5", "I8", "I12"} <= set(report["asked"])
    rows = portal.stack.facts(
        "SELECT a.reference::text, a.state FROM applications_application a WHERE a.group_id = %s", made["group"]
    )
    states = dict(rows)
    assert set(states) == {one.reference for one in accepted}  # nothing was committed that nobody was told of
    for applicant in applicants:
        assert {states[reference] for reference in applicant.withdrawn} <= {"withdrawn"}
        assert states[applicant.accepted[-1].reference] in {"submitted", "admitted"}


# --- the same kill at a chosen point, with and without the transaction -----------------------------------------


POINTS = ["after the place", "after the application", "before the place"]


@pytest.fixture
def dying(tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """One press at a server whose worker dies at a point of the submit; gives the answer of the press after that."""
    RoundFactory.create(source=imk())

    def press(draft: Draft, point: str, *, whole: bool = True) -> Page:
        port = free_port()
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "stars.settings.test",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "STARS_MEDIA_ROOT": str(tmp_path / "media"),
            "DIES": point,
            "DIES_ONCE": str(tmp_path / "died"),
            "WHOLE": "1" if whole else "",
        }
        words = ["-m", "gunicorn", "tests.faults.dying:application", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
        server = processes.spawn(
            [sys.executable, *words, "--no-control-socket"], log=tmp_path / "web.log", env=env, cwd=ROOT
        )
        try:
            browser = signed_in(Browser(f"http://127.0.0.1:{port}"), draft.client.user)
            address = f"/pieteikums/{draft.reference}/parbaudit"
            form = browser.surely(lambda: browser.get(address)).form(containing="fingerprint")
            seen: list[int] = []
            page = browser.surely(lambda: browser.send(form), seen=seen)
            assert seen[0] == 0, "the worker was to die in the middle of the first press"
            return page
        finally:
            server.terminate()
            server.wait(timeout=20)

    yield press


def signed_in(browser: Browser, user: User) -> Browser:
    """With a session as the sign-on would have opened it; the sign-on itself is killed in the test above."""
    session = Client()
    session.force_login(user)
    browser.keep(settings.SESSION_COOKIE_NAME, session.cookies[settings.SESSION_COOKIE_NAME].value)
    return browser


def breaches() -> set[str]:
    with invariants.snapshot():
        return {breach.rule for breach in invariants.check(only=("I1", "I2", "I4", "I5", "I6", "I8", "I12"))}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", [*POINTS, "after the commit"])
def test_f1_a_worker_that_dies_inside_a_submit_leaves_all_or_nothing(dying: Callable[..., Page], point: str) -> None:
    user = ClientFactory.create()
    approved_account(user.person)
    draft = DraftFactory.create(client=user.person, source=imk())
    receipt = dying(draft, point)
    assert receipt.path == f"/pieteikums/{draft.reference}/apstiprinajums"
    application = Application.objects.get()
    assert application.reference == draft.reference
    assert application.group.taken == 1
    assert services.tell_due(by=SYSTEM) == 1  # whatever became of the bell
    assert breaches() == set()


@pytest.mark.django_db(transaction=True)
def test_f1_control_without_the_transaction_a_death_leaves_an_application_without_a_place(
    dying: Callable[..., Page],
) -> None:
    user = ClientFactory.create()
    approved_account(user.person)
    draft = DraftFactory.create(client=user.person, source=imk())
    dying(draft, "after the application", whole=False)
    assert Application.objects.get().group.taken == 0
    assert "I1" in breaches()
