"""Access denied (terms 32) as people meet it: at both doors, in the middle of their work, by their own wish, and back."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import secrets_of
from tests.browser.stack import Stack
from tests.browser.test_roles import password_of
from tests.browser.test_ways_in import forget_refusals
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# An administrator of the agency nobody else in this suite signs in as, and an employee likewise.
GUARD = """
    SELECT u.email FROM accounts_user u JOIN accounts_right r ON r.user_id = u.id AND r.state = 'approved'
    WHERE u.is_staff AND u.is_active AND r.kind IN ('administrator', 'security') AND u.email = ANY(%s) ORDER BY u.email DESC
"""
EMPLOYEE = """
    SELECT u.email FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id
    WHERE m.is_active AND m.role = 'employee' AND u.is_active AND NOT (u.email = ANY(%s)) ORDER BY u.email DESC
"""


def reads_why(visitor: Visitor, point: str, words: str = "") -> None:
    """The page says which point, since when, why, and how to object."""
    visitor.is_at("Piekļuve ir liegta")
    visitor.sees(re.compile(rf"lietošanas noteikumu {re.escape(point)}\. punktu"))
    if words:
        visitor.sees(re.compile(re.escape(words)))
    main = visitor.page.get_by_role("main")
    expect(main.get_by_role("link", name="stars@viaa.gov.lv")).to_be_visible()
    expect(main.get_by_role("link", name="+371 67359075").first).to_be_visible()
    expect(main.get_by_role("link", name=re.compile("32. punkts"))).to_have_attribute(
        "href", re.compile("/lietosanas-noteikumi#p32$")
    )


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def guard(visitor: NewVisitor, stack: Stack, kept: dict[str, Any]) -> Visitor:
    """An officer of security in the admin; a code is good once, so the browser is kept."""
    if "guard" not in kept:
        secrets, browser = secrets_of(stack), visitor()
        login = str(stack.facts(GUARD, list(secrets))[0][0])
        steps.officer(browser, login, password_of(stack), secrets[login])
        kept["guard"] = browser.page.context.storage_state()
        return browser
    return visitor(storage_state=kept["guard"])


def deny(guard: Visitor, stack: Stack, number: int, point: str, words: str) -> None:
    guard.open(f"/admin/accounts/user/{number}/change/")
    guard.page.locator("#content").get_by_role("link", name="Bloķēt piekļuvi").click()
    guard.page.locator("select[name=reason], input[name=reason]").first.wait_for()
    if guard.page.locator("select[name=reason]").count():
        guard.page.locator("select[name=reason]").select_option(point)
    else:
        guard.page.locator(f"input[name=reason][value='{point}']").check()
    guard.page.locator("textarea[name=words]").fill(words)
    guard.page.locator("#content form").get_by_role("button", name="Bloķēt piekļuvi").click()
    expect(guard.page.locator("#content")).to_contain_text(words)
    live = "SELECT count(*) FROM accounts_session WHERE user_id = %s"
    assert stack.facts(live, number) == [(0,)], "a live session has outlived the denial"


def user_of(stack: Stack, email: str) -> int:
    by_profile = """SELECT u.id FROM accounts_user u LEFT JOIN accounts_clientprofile p ON p.person_id = u.person_id
        WHERE u.email = %s OR p.email = %s"""
    return int(stack.facts(by_profile, email, email)[0][0])


def test_32_6_a_client_at_work_is_out_at_once_reads_why_at_the_sign_on_and_comes_back_when_it_is_lifted(
    visitor: NewVisitor, stack: Stack, guard: Visitor, troubles: list[str]
) -> None:
    learner, person = visitor(), steps.someone()
    steps.client(learner, person)
    deny(guard, stack, user_of(stack, person.email), "32.6", "Masveida pieprasījumi no Jūsu konta.")

    learner.open("/profils/mans-profils")
    assert learner.path().startswith("/pieslegties"), "the live session still works"
    steps.onward(learner)
    learner.through_the_sign_on(person.name, person.code)
    reads_why(learner, "32.6", "Masveida pieprasījumi no Jūsu konta.")

    lift(guard, person.name)
    steps.newcomer(learner, person)
    learner.open("/profils/mans-profils")
    learner.is_at("Mans profils")
    forget_refusals(troubles, 403)


def lift(guard: Visitor, name: str) -> None:
    guard.open("/admin/accounts/denial/")
    guard.page.get_by_role("row", name=re.compile(re.escape(name))).get_by_role("link").first.click()
    guard.page.locator("#content .object-tools").get_by_role("link").first.click()
    guard.page.locator("textarea[name=words]").fill("Pārbaudīts, viss kārtībā.")
    guard.page.locator("#content form").get_by_role("button").first.click()
    expect(guard.page.locator("#content")).to_contain_text("Pārbaudīts, viss kārtībā.")


def test_32_3_an_employee_reads_why_after_the_right_password_and_nothing_after_a_wrong_one(
    visitor: NewVisitor, stack: Stack, guard: Visitor, troubles: list[str]
) -> None:
    known = [one["login"] for one in stack.logins]
    email = str(stack.facts(EMPLOYEE, known)[0][0])
    employee = visitor(script=False)
    steps.provider(employee, email, password_of(stack))
    deny(guard, stack, user_of(stack, email), "32.3", "Parole nonākusi citās rokās.")
    employee.open("/provider/pieteikumi")
    assert employee.path().startswith("/provider/login"), "the live session still works"
    steps.show_password(employee, "/provider/login", email, "nav-pareizi-1A")
    assert "Piekļuve ir liegta" not in employee.page.content()
    steps.show_password(employee, "/provider/login", email, password_of(stack))
    reads_why(employee, "32.3", "Parole nonākusi citās rokās.")
    forget_refusals(troubles, 403, 422)


def test_32_4_a_person_suspends_their_own_account_and_reads_how_to_come_back(
    visitor: NewVisitor, troubles: list[str]
) -> None:
    here, elsewhere, person = visitor(script=False), visitor(), steps.someone()
    steps.client(here, person)
    steps.newcomer(elsewhere, person)
    here.open("/profils/drosiba")
    here.press(here.page.get_by_role("main").get_by_role("link", name=re.compile("Apturēt kontu")).first)
    here.is_at("Vai apturēt Jūsu kontu?")
    here.press("Apturēt kontu")
    here.is_at("Jūsu konts ir apturēts")
    elsewhere.open("/profils")
    assert elsewhere.path().startswith("/pieslegties"), "another browser of the person still works"
    steps.newcomer(here, person)
    reads_why(here, "32.4")
    forget_refusals(troubles, 403)
