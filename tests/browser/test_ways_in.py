"""Ways in that are no state sign-on: an officer's password and code, a forgotten password by mail; on real servers."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from accounts import totp
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import secrets_of
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser

CHOSEN = "Zaļais-bērzs 7 Ventspils"
# An employee nobody else in this suite signs in as.
EMPLOYEE = """
    SELECT u.email FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id
    WHERE m.is_active AND m.role = 'employee' AND u.is_active AND NOT (u.email = ANY(%s)) ORDER BY u.email
"""


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_mfa_01_an_officer_is_in_by_password_and_code_and_not_by_either(
    visitor: NewVisitor, stack: Stack, troubles: list[str], *, script: bool
) -> None:
    """The password alone opens nothing, a wrong code is answered by a sentence, the app's code opens the work."""
    main = next(one for one in stack.logins if one["who"] == "agency")
    secrets = secrets_of(stack)
    others = sorted(login for login in secrets if login.endswith("@agentura.example") and login != main["login"])
    login = others[0 if script else 1]  # a code is good once: each way has an officer of its own
    officer = visitor(script=script)
    steps.show_password(officer, "/admin/login/", login, main["password"])
    officer.is_at("Otrais solis")

    officer.open("/admin/applications/application/")
    assert officer.path().startswith("/admin/login/"), "a password alone opened the admin"

    steps.show_password(officer, "/admin/login/", login, main["password"])
    wrong = totp.code_at(secrets[login], totp.step_of(datetime.now(UTC)) - 100)
    officer.fill("Kods", wrong)
    officer.press("Turpināt")
    officer.sees("Kods nav pareizs")
    steps.show_code(officer, secrets[login])
    expect(officer.page).to_have_url(re.compile("/admin/$"))
    officer.open("/admin/applications/application/")
    expect(officer.page.get_by_role("heading", level=1)).to_be_visible()
    assert officer.path().startswith("/admin/applications/application/")
    forget_refusals(troubles, 422)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_pwd_06_a_forgotten_password_is_chosen_anew_by_a_letter_that_works_once(
    visitor: NewVisitor, stack: Stack, troubles: list[str], *, script: bool
) -> None:
    """Ask, read the letter, open its link in another browser, choose, sign in; the link is spent and the old word too."""
    known = [one["login"] for one in stack.logins]
    email = str(stack.facts(EMPLOYEE, known)[0 if script else 1][0])
    read = max((int(one["id"]) for one in stack.letters(email, wait=0)), default=0)  # an invitation, perhaps
    asking = visitor(script=script)
    asking.open("/provider/login")
    asking.press("Aizmirsu paroli")
    asking.is_at("Aizmirsta parole")
    asking.fill("E-pasta adrese", email)
    asking.press("Nosūtīt saiti")
    asking.is_at("Ieskatieties pastkastē")

    letter = stack.letters(email, after=read)[0]
    link = re.search(r"https?://\S+/parole/jauna/\S+", letter["text"])
    assert link, letter["text"]
    assert email not in letter["subject"]

    reader = visitor(script=script)
    reader.page.goto(link[0])
    reader.is_at("Izvēlieties jaunu paroli")
    reader.page.reload()  # looking does not use the link (PWD-06)
    reader.page.get_by_label("Jaunā parole", exact=True).fill(CHOSEN)
    reader.fill("Jaunā parole vēlreiz", CHOSEN + "x")
    reader.press("Saglabāt paroli")
    reader.sees("atšķiras")
    reader.page.get_by_label("Jaunā parole", exact=True).fill(CHOSEN)
    reader.fill("Jaunā parole vēlreiz", CHOSEN)
    reader.press("Saglabāt paroli")
    expect(reader.page).to_have_url(re.compile("/provider/login"))
    steps.provider(reader, email, CHOSEN)

    asking.page.goto(link[0])
    asking.is_at("Šī saite vairs nedarbojas")
    forget_refusals(troubles, 410, 422)


def forget_refusals(troubles: list[str], *statuses: int) -> None:
    """The browser notes answers that were caused on purpose; whatever else it complained of stays."""
    troubles[:] = [one for one in troubles if not any(f"status of {status}" in one for status in statuses)]
