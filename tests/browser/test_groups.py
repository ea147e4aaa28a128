"""A course group in the institution's hands: formed, filled, cancelled; whoever was in it hears why, and is free again."""

import pytest
from playwright.sync_api import expect

from local import processes
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme, reference
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

WHY = "Pasniedzēja ir saslimusi, un mācības šajā laikā nevar notikt."


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_group_is_formed_and_another_cancelled(
    visitor: NewVisitor, stack: Stack, troubles: list[str], *, script: bool
) -> None:
    programme, login, password = open_programme(stack)
    learner = visitor()
    steps.client(learner, steps.someone())
    number = steps.apply(learner, programme)
    application = reference(learner)

    employee = visitor(script=script)
    steps.provider(employee, login, password)
    employee.open("/provider/grupas")
    employee.press("Izveidot grupu")
    employee.page.locator(f'main a[href="/provider/grupas/jauna/{programme}"]').click()
    employee.mark(employee.page.get_by_role("main").get_by_role("radio").first)
    employee.fill("Pirmā diena", "01.03.2028.")
    employee.fill("Pēdējā diena", "31.05.2028.")
    employee.tick("brīvdienas")
    employee.fill("Vietu skaits", "8")
    employee.fill("Mazākais dalībnieku skaits", "9")
    employee.press("Izveidot grupu")
    employee.sees("Mazākajam dalībnieku skaitam jābūt vismaz 1")
    expect(employee.page.get_by_label("Pirmā diena")).to_have_value("01.03.2028.")
    troubles.clear()  # the refused form is a 422
    employee.fill("Mazākais dalībnieku skaits", "4")
    employee.press("Izveidot grupu")
    employee.sees("01.03.2028. – 31.05.2028.")
    employee.sees("Šajā grupā vēl nevienam nav vietas.")

    [(group,)] = stack.facts(
        """SELECT g.reference FROM catalog_coursegroup g
           JOIN applications_application a ON a.group_id = g.id WHERE a.reference = %s""",
        application,
    )
    employee.open(f"/provider/grupas/{group}")
    employee.sees(number)
    employee.press("Atcelt grupu")
    employee.fill("Kāpēc grupa tiek atcelta", WHY)
    employee.press("Jā, atcelt grupu")
    employee.sees("Atcelta")

    closed = "SELECT count(*) FROM applications_application WHERE number = %s AND state = 'rejected'"
    assert processes.wait_until(lambda: stack.facts(closed, number) == [(1,)], 60)
    learner.open(f"/profils/pieteikumi/{application}")
    learner.sees(WHY)
    learner.sees("Mācību grupa netiks nokomplektēta")
    learner.open("/profils/pazinojumi")
    learner.sees("grupa ir atcelta")
