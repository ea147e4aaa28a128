"""A new person and the state's registers on real servers: what they say, a dispute, an account checked and refused."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from local import processes
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme, secrets_of
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def fault(stack: Stack) -> Iterator[Callable[[str], None]]:
    """Turns the registers' knob; they are well again afterwards."""

    def turn(word: str) -> None:
        wish = urllib.request.Request(
            f"{stack.registries}/api/knobs",
            data=json.dumps({"fault": word}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(wish, timeout=10) as reply:
            assert reply.status == 200

    yield turn
    turn("")
    # Nobody has to wait until the breaker's minute is over.
    stack.change("UPDATE accounts_registryline SET failures = 0, closed_until = NULL")


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """The officer's browser is kept: a code is good once, and the next comes half a minute later."""
    return {}


def officer(visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any]) -> Visitor:
    if kept := signed_in.get("officer"):
        return visitor(storage_state=kept)
    one = next(one for one in stack.logins if one["who"] == "agency")
    browser = visitor()
    steps.officer(browser, one["login"], one["password"], secrets_of(stack)[one["login"]])
    signed_in["officer"] = browser.page.context.storage_state()
    return browser


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_26_1_what_registers_say_stands_in_the_profile_and_can_be_disputed(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], troubles: list[str], *, script: bool
) -> None:
    """Consent asks them; the page fills in; the person says what is wrong; the agency corrects; the person reads it."""
    learner, person = visitor(script=script), steps.someone()
    steps.client(learner, person)
    learner.open("/profils/mans-profils")
    entries = learner.page.locator("#registri")
    if script:
        expect(entries.get_by_text("15.06.1990.")).to_be_visible(timeout=30_000)
    else:
        expect(entries).to_be_visible()
        stack_has(stack, person, "birth_date")
        learner.open("/profils/mans-profils")
        expect(entries.get_by_text("15.06.1990.")).to_be_visible()
    learner.press(entries.get_by_role("link", name="Šis reģistra ieraksts ir nepareizs : Augstākā iegūtā izglītība"))
    learner.is_at("Šis reģistra ieraksts ir nepareizs")
    learner.press("Nosūtīt")
    expect(learner.page.get_by_role("main").get_by_role("alert")).to_be_visible()
    troubles.clear()  # the browser notes the 422
    learner.page.get_by_role("main").get_by_role("textbox").fill("Bakalaura diplomu saņēmu 2015. gadā.")
    learner.press("Nosūtīt")
    learner.open("/profils/mans-profils")
    learner.sees(re.compile("Līdz tam ieraksts neko neizlemj"))

    desk = officer(visitor, stack, signed_in)
    desk.open("/admin/accounts/factdispute/?state__exact=open")
    desk.page.get_by_role("row", name=re.compile(person.name)).get_by_role("link").first.click()
    expect(desk.page.locator("#content")).to_contain_text("Bakalaura diplomu saņēmu 2015. gadā.")
    desk.page.locator("#content").get_by_role("link", name="Labot ierakstu").click()
    desk.page.locator("select[name=value]").select_option(label="Bakalaurs")
    desk.page.locator("textarea[name=explanation]").fill("Diploms ir pārbaudīts.")
    desk.page.locator("#content form").get_by_role("button").first.click()

    learner.open("/profils/mans-profils")
    expect(entries.get_by_text("Diploms ir pārbaudīts.")).to_be_visible()
    expect(entries.get_by_text("Bakalaurs").first).to_be_visible()


def stack_has(stack: Stack, person: steps.Someone, kind: str) -> None:
    """Waits in the database, as a page without a script cannot: until a register has said it."""
    first, _, last = person.name.partition(" ")
    statement = """SELECT count(*) FROM accounts_registryfact f JOIN accounts_person p ON p.id = f.person_id
        WHERE p.first_name = %s AND p.last_name = %s AND f.kind = %s AND f.superseded_at IS NULL
        AND p.id = (SELECT person_id FROM accounts_clientprofile WHERE email = %s)"""
    assert processes.wait_until(lambda: stack.facts(statement, first, last, kind, person.email)[0][0] == 1, 30)


def test_x30_d2_registers_are_dead_and_a_person_applies_all_the_same(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], fault: Callable[[str], None]
) -> None:
    """Nothing blocks them; the account is being checked; the agency refuses; the application is closed and says why."""
    fault("dead")
    learner, person = visitor(), steps.someone()
    steps.client(learner, person)
    learner.open("/profils/finansejums")
    learner.sees("Tiek pārbaudīts")
    number = steps.apply(learner, open_programme(stack)[0])

    desk = officer(visitor, stack, signed_in)
    desk.open("/admin/funding/learningaccount/?state__exact=pending&o=-4")
    desk.page.get_by_role("row", name=re.compile(person.name)).get_by_role("link").first.click()
    expect(desk.page.locator("#content")).to_contain_text("Ir 18 gadi vai vairāk: Tiek pārbaudīts")
    desk.page.locator("#content").get_by_role("link", name="Neapstiprināt").click()
    desk.page.locator("textarea[name=reason]").fill("Reģistrā nav ziņu par vecumu.")
    desk.page.locator("#content form").get_by_role("button").first.click()
    expect(desk.page.locator("#content")).to_contain_text("Nav apstiprināts")

    learner.open("/profils/finansejums")
    learner.sees("Nav apstiprināts")
    learner.sees("Reģistrā nav ziņu par vecumu.")
    closed = "SELECT count(*) FROM applications_application WHERE number = %s AND state = 'ineligible'"
    assert processes.wait_until(lambda: stack.facts(closed, number) == [(1,)], 60)
    learner.open("/profils/vesture")
    learner.sees("Neatbilst nosacījumiem")


def test_26_4_when_the_registers_come_back_the_account_is_approved_by_itself(
    visitor: NewVisitor, stack: Stack, fault: Callable[[str], None]
) -> None:
    """The reservation is posted in the approving transaction, for an application that came before it."""
    fault("error")
    learner, person = visitor(), steps.someone()
    steps.client(learner, person)
    number = steps.apply(learner, open_programme(stack)[0])
    held = """SELECT count(*) FROM funding_reservation r JOIN applications_application a ON a.reference = r.purpose
        WHERE a.number = %s AND r.state = 'open'"""
    assert stack.facts(held, number) == [(0,)]
    fault("")
    stack.change("UPDATE accounts_registryline SET failures = 0, closed_until = NULL")
    stack.change("UPDATE accounts_registryquestion SET due_at = now() WHERE state = 'due'")
    assert processes.wait_until(lambda: stack.facts(held, number) == [(1,)], 60)
    learner.open("/profils/finansejums")
    learner.sees("Apstiprināts")
    learner.sees("Rezervēts")
