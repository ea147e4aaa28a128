"""F17 (reliability.md 8): the back button, a form from before and a second tab bring nothing back and overwrite nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.stack import Stack
from tests.browser.test_journeys import School, school, withdraw
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
__all__ = ["school"]

LEFT = """
    SELECT a.state, r.state, g.taken FROM applications_application a
    JOIN funding_reservation r ON r.purpose = a.reference JOIN catalog_coursegroup g ON g.id = a.group_id
    WHERE a.number = %s
"""


def beside(first: Visitor, path: str) -> Visitor:
    """Another tab of the same browser."""
    tab = Visitor(first.page.context.new_page(), first.stack, first.has_script)
    tab.open(path)
    return tab


def on_the_check_page(learner: Visitor, programme: int) -> None:
    learner.open(f"/programma/{programme}")
    steps.start_application(learner)
    steps.fill_application(learner)
    learner.is_at("Pārbaudiet un iesniedziet")


def test_f17_tabs_from_before_resurrect_nothing(visitor: NewVisitor, stack: Stack, school: School) -> None:
    old = stack.breaches()
    learner = visitor()
    steps.client(learner, steps.someone())
    on_the_check_page(learner, school.programmes[0][0])
    check_page = learner.path()
    second, third = beside(learner, check_page), beside(learner, check_page)
    number = steps.check_and_send(learner)

    second.press("Pieteikties")  # the tab does not know yet that it is sent
    second.is_at("Pieteikums ir iesniegts")
    second.sees(re.compile(number))

    second.open("/profils")
    detail = second.page.get_by_role("link", name="Skatīt pieteikumu").first.get_attribute("href")
    giving_up = beside(learner, f"{detail}/atteikties")
    giving_up.is_at(re.compile("Vai tiešām vēlaties atteikties"))
    withdraw(second)
    before = stack.facts(LEFT, number)

    third.press("Pieteikties")  # the check page of an application that is withdrawn by now
    expect(third.page.get_by_role("main").get_by_text(re.compile("Atteic(ies|usies)")).first).to_be_visible()
    giving_up.press("Jā, atteikties")
    expect(giving_up.page.get_by_role("button", name="Jā, atteikties")).to_have_count(0)
    learner.page.go_back()  # from the receipt to where the form was
    learner.page.reload()
    assert stack.facts(LEFT, number) == before
    assert before[0][:2] == ("withdrawn", "released")
    assert stack.breaches() <= old


def test_f17_k6_a_profile_form_from_before_overwrites_nothing(visitor: NewVisitor, troubles: list[str]) -> None:
    learner = visitor()
    steps.client(learner, steps.someone())
    learner.open("/profils/mans-profils")
    old = beside(learner, "/profils/mans-profils")
    learner.fill("Tālrunis", "27 000 111")
    learner.press("Saglabāt")
    learner.sees("Profils ir saglabāts")
    old.fill("Tālrunis", "27 000 222")
    old.press("Saglabāt")
    old.sees(re.compile("Kamēr aizpildījāt formu, dati mainījās"))
    expect(old.page.get_by_label("Tālrunis")).to_have_value("27 000 222")  # what was typed stays
    learner.open("/profils/mans-profils")
    expect(learner.page.get_by_label("Tālrunis")).to_have_value("27 000 111")
    assert [trouble for trouble in troubles if "422" not in trouble] == []
    troubles.clear()  # the browser notes a refused form
