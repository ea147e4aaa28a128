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

# People of the demo nobody else in this suite signs in as; registered, each with a code of the sign-on's list.
LEARNERS = {
    "32.2": steps.Someone("Līga Dzirnupe", "140973-10002", ""),
    "32.5": steps.Someone("Andris Ābelkalns", "020566-10000", ""),
    "32.8": steps.Someone("Oskars Pīlādzis-Lejnieks", "150103-20000", ""),
}
DEAD = steps.Someone("Imants Silmačs-Krasts", "241246-10000", "")  # so says the register
COORDINATOR = steps.Someone("Sandra Ķiršlape", "090178-10001", "")
CONSULTANT = steps.Someone("Ieva Saulgrieze", "040489-10002", "")  # of the institution that is denied
MEMBER = "arvids.svarlauks@komisija.example"

# An administrator of the agency nobody else in this suite signs in as, and an employee likewise.
GUARD = """
    SELECT u.email FROM accounts_user u JOIN accounts_right r ON r.user_id = u.id AND r.state = 'approved'
    WHERE u.is_staff AND u.is_active AND r.kind IN ('administrator', 'security') AND u.email = ANY(%s) ORDER BY u.email DESC
"""
EMPLOYEE = """
    SELECT u.email FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id
    WHERE m.is_active AND m.role = 'employee' AND u.is_active AND NOT (u.email = ANY(%s)) ORDER BY u.email DESC
"""

OF_ITS_INSTITUTION = """
    SELECT u.email, i.id, i.name FROM accounts_right r JOIN accounts_institution i ON i.id = r.institution_id
    JOIN accounts_membership m ON m.institution_id = i.id AND m.is_active AND m.role = 'employee'
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active
    WHERE r.user_id = %s AND NOT EXISTS (SELECT 1 FROM accounts_denial d WHERE d.user_id = u.id)
    ORDER BY u.email LIMIT 1
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
    guard.page.locator("select[name=reason]").select_option(point)
    guard.page.locator("textarea[name=words]").fill(words)
    guard.page.locator("#content form").get_by_role("button", name="Bloķēt piekļuvi").click()
    expect(guard.page.locator("#content")).to_contain_text(words)
    live = "SELECT count(*) FROM accounts_session WHERE user_id = %s"
    assert stack.facts(live, number) == [(0,)], "a live session has outlived the denial"


def user_of(stack: Stack, email: str) -> int:
    by_profile = """SELECT u.id FROM accounts_user u LEFT JOIN accounts_clientprofile p ON p.person_id = u.person_id
        WHERE u.email = %s OR p.email = %s"""
    return int(stack.facts(by_profile, email, email)[0][0])


def user_named(stack: Stack, person: steps.Someone) -> int:
    first, _, last = person.name.partition(" ")
    named = """SELECT u.id FROM accounts_user u JOIN accounts_person p ON p.id = u.person_id
        WHERE p.first_name = %s AND p.last_name = %s"""
    [(number,)] = stack.facts(named, first, last)
    return int(number)


def employee_of(stack: Stack, number: int) -> str:
    """An employee nobody else in this suite signs in as."""
    return str(stack.facts(EMPLOYEE, [one["login"] for one in stack.logins])[number][0])


@pytest.mark.parametrize(
    ("point", "words"),
    [("32.2", "Smart-ID vairs nav derīgs."), ("32.5", "Konts nodots citam."), ("32.8", "Pēc tuvinieku ziņas.")],
)
def test_32_2_32_5_32_8_at_both_doors_live_sessions_end_and_each_reads_why(
    visitor: NewVisitor, stack: Stack, guard: Visitor, troubles: list[str], point: str, words: str
) -> None:
    """The agency denies a client at work and an employee at work; neither gets on, and the door says why (SES-04)."""
    learner, employee = visitor(), visitor(script=False)
    steps.newcomer(learner, LEARNERS[point])
    learner.open("/profils/mans-profils")
    learner.is_at("Mans profils")
    email = employee_of(stack, 1 + list(LEARNERS).index(point))
    steps.provider(employee, email, password_of(stack))

    deny(guard, stack, user_named(stack, LEARNERS[point]), point, words)
    learner.open("/profils/mans-profils")
    assert learner.path().startswith("/pieslegties"), "the live session still works"
    steps.onward(learner)
    learner.through_the_sign_on(LEARNERS[point].name, LEARNERS[point].code)
    reads_why(learner, point, words)

    deny(guard, stack, user_of(stack, email), point, words)
    employee.open("/provider/pieteikumi")
    assert employee.path().startswith("/provider/login"), "the live session still works"
    steps.show_password(employee, "/provider/login", email, password_of(stack))
    if point == "32.8":  # a password of the dead opens nothing and tells nobody anything (PWD-05)
        employee.is_at("Pieslēgties izglītības iestādes darba vietai")
        assert "Piekļuve ir liegta" not in employee.page.content()
    else:
        reads_why(employee, point, words)
    forget_refusals(troubles, 403, 422)


def test_32_8_whose_death_the_register_has_told_reads_it_at_the_sign_on(
    visitor: NewVisitor, troubles: list[str]
) -> None:
    stranger = visitor(script=False)
    steps.newcomer(stranger, DEAD)
    reads_why(stranger, "32.8")
    forget_refusals(troubles, 403)


def test_32_1_a_right_that_is_over_ends_at_its_minute_and_says_so_at_both_doors(
    visitor: NewVisitor, stack: Stack, troubles: list[str]
) -> None:
    """By password: the only role of a commission's member. By the state's sign-on: a coordinator, who stays a client."""
    member, coordinator = visitor(script=False), visitor()
    steps.show_password(member, "/provider/login", MEMBER, password_of(stack))
    member.is_at(re.compile("^Vērtēšanas"))
    steps.at_the_door(coordinator, "Pašvaldības koordinators", COORDINATOR)
    coordinator.is_at("Koordinatora darba vieta")
    people = [user_of(stack, MEMBER), user_named(stack, COORDINATOR)]
    before = stack.facts("SELECT id, valid_until FROM accounts_right WHERE user_id = ANY(%s)", people)
    stack.change("UPDATE accounts_right SET valid_until = now() WHERE user_id = ANY(%s)", people)

    member.open("/profils/drosiba")
    reads_why(member, "32.1")
    steps.show_password(member, "/provider/login", MEMBER, password_of(stack))
    reads_why(member, "32.1")

    coordinator.open("/koordinators")
    coordinator.is_at("Pieteikties koordinatora tiesībām")
    coordinator.sees(re.compile(r"lietošanas noteikumu 32\.1\. punktu"))
    coordinator.open("/profils")
    coordinator.is_at("Sākums")  # only that right ends
    for right, until in before:  # others need these two
        stack.change("UPDATE accounts_right SET valid_until = %s WHERE id = %s", until, right)
    forget_refusals(troubles, 403)


def test_32_7_an_institution_s_people_read_at_both_doors_that_the_co_operation_has_ended(
    visitor: NewVisitor, stack: Stack, guard: Visitor, troubles: list[str]
) -> None:
    """Its employee by password, its career consultant by the state's sign-on; lifted, the employee is in again."""
    words = "Sadarbības līgums ir izbeigts."
    [(email, institution, name)] = stack.facts(OF_ITS_INSTITUTION, user_named(stack, CONSULTANT))
    employee, consultant = visitor(script=False), visitor()
    steps.provider(employee, email, password_of(stack))
    steps.at_the_door(consultant, "Karjeras konsultants", CONSULTANT)
    consultant.is_at("Karjeras konsultanta darba vieta")

    guard.open(f"/admin/accounts/institution/{institution}/change/")
    guard.page.locator("#content").get_by_role("link", name="Izbeigt sadarbību").click()
    guard.page.locator("textarea[name=words]").fill(words)
    guard.page.locator("#content form").get_by_role("button", name="Izbeigt sadarbību").click()
    expect(guard.page.locator("#content")).to_contain_text(name)

    employee.open("/provider/pieteikumi")
    assert employee.path().startswith("/provider/login"), "the live session still works"
    steps.show_password(employee, "/provider/login", email, password_of(stack))
    reads_why(employee, "32.7", words)
    consultant.open("/konsultants")
    consultant.is_at("Pieteikties karjeras konsultanta tiesībām")
    consultant.sees(re.compile(r"lietošanas noteikumu 32\.7\. punktu"))
    consultant.sees(re.compile(words))

    lift(guard, name)
    steps.provider(employee, email, password_of(stack))
    forget_refusals(troubles, 403)


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
    email = employee_of(stack, 0)
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
