"""The main journey from the state's sign-on to an admitted place, on real servers, with and without JavaScript."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# Programmes one source (IMK) pays, at one venue, with plenty of places, of an institution whose employee we know.
SUITABLE = """
    SELECT p.number, p.name
    FROM catalog_programme p
    JOIN catalog_programmeoffer o ON o.programme_id = p.id
    JOIN catalog_coursegroup g ON g.programme_id = p.id AND g.state = 'forming' AND g.capacity - g.taken > 6
    JOIN accounts_membership m ON m.institution_id = p.institution_id AND m.is_active
    JOIN accounts_user u ON u.id = m.user_id AND u.email = %s
    WHERE p.state = 'published'
    GROUP BY p.id
    HAVING count(DISTINCT o.source_id) = 1 AND count(DISTINCT g.venue_id) = 1
       AND min(o.source_id) = (SELECT id FROM funding_fundingsource WHERE code = 'imk')
       AND 1 = (SELECT count(DISTINCT venue_id) FROM catalog_coursegroup
                WHERE programme_id = p.id AND state = 'forming')
    ORDER BY p.number
"""


@dataclass(frozen=True)
class School:
    """An institution's employee and programmes of theirs to apply for."""

    login: str
    password: str
    programmes: list[tuple[int, str]]


@pytest.fixture(scope="module")
def school(stack: Stack) -> School:
    for one in stack.logins:
        if one["who"] == "institution":
            programmes = [(int(number), str(name)) for number, name in stack.facts(SUITABLE, one["login"])]
            if len(programmes) >= 2:
                return School(one["login"], one["password"], programmes)
    pytest.fail("no demo institution offers two suitable programmes")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_main_journey(visitor: NewVisitor, stack: Stack, school: School, *, script: bool) -> None:
    """Sign in, register, find, apply, be told twice, be admitted, see it."""
    name, person = school.programmes[0][1], steps.someone()
    learner = visitor(script=script)
    steps.client(learner, person)
    confirm_address(learner, stack, person)

    learner.open("/programmas")
    learner.fill("Meklēt", name[:40])
    learner.press(learner.page.get_by_role("search").get_by_role("button", name="Meklēt").first)
    learner.press(learner.page.get_by_role("main").get_by_role("link", name=name, exact=True).first)
    learner.is_at(name)
    steps.start_application(learner)
    steps.fill_application(learner)
    receipt = steps.check_and_send(learner)

    learner.open("/profils")
    learner.sees(name)
    learner.sees("Pieteikts")
    subjects = wait_for_letter(stack, person, f"Pieteikums Nr. {receipt} ir iesniegts")
    assert not any(person.code in subject or person.name in subject for subject in subjects)
    learner.open("/profils/pazinojumi")
    learner.sees(re.compile(f"Pieteikums Nr. {receipt} ir iesniegts"))

    employee = visitor(script=script)
    steps.provider(employee, school.login, school.password)
    open_application(employee, receipt, person)
    employee.press("Uzņemt")
    confirm(employee, "Uzņemt")
    open_application(employee, receipt, person)
    employee.sees(re.compile("^Uzņemt[sa]$"))

    learner.open("/profils")
    learner.sees(re.compile("^Uzņemt[sa]$"))
    learner.open("/profils/pazinojumi")
    learner.sees(re.compile("uzņemt[sa] programmā"))
    learner.open("/profils/vesture")
    learner.sees(name)
    learner.sees(re.compile("^Uzņemt[sa]$"))
    wait_for_letter(stack, person, "uzņemt")


def open_application(employee: Visitor, receipt: str, person: steps.Someone) -> None:
    """From the list of the institution, found by its number."""
    employee.open("/provider/pieteikumi")
    employee.fill("Klients vai numurs", receipt)
    employee.press("Meklēt")
    employee.press(employee.page.get_by_role("main").get_by_role("link", name=re.compile(person.name)).first)
    employee.sees(re.compile(receipt))


def confirm(visitor: Visitor, words: str) -> None:
    """The button of the confirmation: a page, or with JavaScript a dialog over the page."""
    form = visitor.page.locator("form[method=post]").filter(visible=True)
    visitor.press(form.get_by_role("button", name=words).filter(visible=True).last)
    expect(visitor.page.get_by_role("main").get_by_role("status")).to_be_visible()


def confirm_address(learner: Visitor, stack: Stack, person: steps.Someone) -> None:
    """Follow the link of the first letter and press its button."""
    text = stack.letters(person.email)[0]["text"]
    link = re.search(r"https?://\S+/epasts/apstiprinat/\S+", text)
    assert link, text
    learner.page.goto(link[0])
    learner.press(learner.page.get_by_role("main").get_by_role("button").first)
    expect(learner.page.get_by_role("heading", level=1)).to_contain_text("apstiprināt")


def wait_for_letter(stack: Stack, person: steps.Someone, words: str) -> list[str]:
    """Subjects of all letters to the person, once one with these words has arrived."""
    last = 0
    for _ in range(6):
        letters = stack.letters(person.email, after=last)
        if any(words in letter["subject"] for letter in letters):
            return [letter["subject"] for letter in stack.letters(person.email)]
        last = max((letter["id"] for letter in letters), default=last)
    return pytest.fail(f"no letter about {words!r}: {[one['subject'] for one in stack.letters(person.email, wait=0)]}")


def test_rejection_is_explained(visitor: NewVisitor, school: School) -> None:
    """The institution refuses with a reason; the learner reads it with the next step."""
    (number, name), person = school.programmes[0], steps.someone()
    learner, employee = visitor(), visitor()
    steps.client(learner, person)
    receipt = steps.apply(learner, number)

    steps.provider(employee, school.login, school.password)
    open_application(employee, receipt, person)
    employee.press("Neuzņemt")
    reasons = employee.page.get_by_role("radio")
    reason = (
        employee.page.locator(f"label[for={reasons.first.get_attribute('id')}] > span")
        .first.inner_text()
        .split("\n")[0]
    )
    reasons.first.check()
    employee.fill("Paskaidrojums", "Lūdzam pieteikties nākamajā kārtā.")
    confirm(employee, "Neuzņemt")
    open_application(employee, receipt, person)
    employee.sees(re.compile("^Neuzņemt[sa]$"))

    learner.open("/profils/vesture")
    learner.press(learner.page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(name[:30]))).first)
    learner.sees(re.compile("^Neuzņemt[sa]$"))
    learner.sees(re.compile(re.escape(reason)))
    learner.sees("Lūdzam pieteikties nākamajā kārtā.")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_withdraw_and_apply_elsewhere(visitor: NewVisitor, school: School, *, script: bool) -> None:
    """One live application per source: the second is refused, and possible after the first is withdrawn."""
    (first, _), (second, other) = school.programmes[:2]
    learner = visitor(script=script)
    steps.client(learner, steps.someone())
    steps.apply(learner, first)

    learner.open(f"/programma/{second}")
    expect(learner.page.get_by_role("main").get_by_role("link", name="Pieteikties", exact=True)).to_have_count(0)
    learner.sees(re.compile("Jums jau ir aktuāls pieteikums IMK finansējumā"))

    learner.open("/profils")
    withdraw(learner)
    learner.open("/profils/vesture")
    learner.sees(re.compile("^Atteic(ies|usies)$|^Atteikusies$"))

    steps.apply(learner, second)
    learner.open("/profils")
    learner.sees(other)


def withdraw(learner: Visitor) -> None:
    """From the person's home: Atteikties, and yes."""
    learner.press(learner.page.get_by_role("main").get_by_role("link", name=re.compile("^Atteikties")).first)
    yes = learner.page.get_by_role("button", name="Jā, atteikties").filter(visible=True)
    expect(yes).to_be_visible()
    learner.press(yes)
    expect(learner.page.get_by_role("button", name="Jā, atteikties").filter(visible=True)).to_have_count(0)


def test_j1_registering_takes_ten_presses(visitor: NewVisitor) -> None:
    learner = visitor()
    steps.client(learner, steps.someone())
    assert learner.presses <= 10
    assert learner.fields <= 4


def test_j3_j3b_j6_applying_and_withdrawing_stay_short(visitor: NewVisitor, school: School) -> None:
    """Counted from the programme's page to the receipt, the first time and again; withdrawing from the home page."""
    (first, _), (second, _) = school.programmes[:2]
    learner = visitor()
    steps.client(learner, steps.someone())

    learner.presses = 0
    steps.apply(learner, first)
    assert learner.presses <= 11

    learner.open("/profils")
    learner.presses = 0
    withdraw(learner)
    assert learner.presses <= 2

    learner.presses = learner.fields = 0
    learner.open(f"/programma/{second}")
    steps.start_application(learner)
    steps.fill_application(learner, again=True)
    steps.check_and_send(learner)
    assert learner.presses <= 7
    assert learner.fields == 0


def test_the_back_button_after_sending_doubles_nothing(visitor: NewVisitor, stack: Stack, school: School) -> None:
    """F17: back to the check page and pressing again shows the same receipt."""
    learner = visitor()
    steps.client(learner, steps.someone())
    number = steps.apply(learner, school.programmes[0][0])
    learner.page.go_back()
    again = learner.page.get_by_role("button", name="Pieteikties", exact=True)
    if again.count():
        again.click()
    learner.is_at("Pieteikums ir iesniegts")
    learner.sees(re.compile(number))
    assert stack.facts("SELECT count(*) FROM applications_application WHERE number = %s", number) == [(1,)]


def test_an_expired_session_loses_no_answer(visitor: NewVisitor, school: School) -> None:
    """The session ends between two steps; after signing in again the form stands where it was."""
    learner, person = visitor(), steps.someone()
    steps.client(learner, person)
    learner.open(f"/programma/{school.programmes[0][0]}")
    steps.start_application(learner)
    learner.choose("Jūsu dzīvesvietas reģions", "Latgales")
    learner.press("Turpināt")
    learner.page.wait_for_url(re.compile("/2$"))
    learner.page.context.clear_cookies()
    learner.page.reload()
    learner.is_at(re.compile("Pieslēgties"))
    steps.onward(learner)
    learner.through_the_sign_on(person.name, person.code)
    expect(learner.page).to_have_url(re.compile("/pieteikums/jauns/"))
    learner.open(learner.path().rpartition("/")[0] + "/1")
    expect(learner.page.get_by_label("Jūsu dzīvesvietas reģions").locator("option:checked")).to_have_text("Latgales")


def test_a_hostile_answer_gets_one_plain_page(visitor: NewVisitor, stack: Stack, troubles: list[str]) -> None:
    stranger = visitor()
    reply = stranger.page.request.post(f"{stack.portal}/sso/acs", form={"SAMLResponse": "PHg+", "RelayState": ""})
    assert reply.status == 400
    assert "Pieslēgties neizdevās" in reply.text()
    assert "Traceback" not in reply.text()


def test_the_invariants_hold_after_all_this(stack: Stack) -> None:
    stack.manage("check_invariants")
