"""What the journeys leave behind: nothing about a person in any log nor in Valkey (LOG-02); `conftest.py` looks again at the end."""

import base64

import pytest

from tests.browser import steps, sweep
from tests.browser.conftest import NewVisitor
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


def test_log_02_log_03_a_journey_leaves_its_events_and_nothing_of_the_person(
    visitor: NewVisitor, stack: Stack, troubles: list[str]
) -> None:
    """A person registers, an employee mistypes a password: both are in the kept log, by number."""
    learner = visitor()
    with sweep.listening(stack) as heard:
        steps.client(learner, steps.someone())
        employee = next(one for one in stack.logins if one["who"] == "institution")
        mistaken = visitor()
        steps.show_password(mistaken, "/provider/login", employee["login"], "nav-pareizi-1A")
        mistaken.is_at("Pieslēgties izglītības iestādes darba vietai")
        mistaken.page.wait_for_load_state("networkidle")  # the console has said what it says of a refusal
    assert any("accounts.answer_question" in line for line in heard), "no task was heard: the ear is deaf"
    kept = "".join(path.read_text(encoding="utf-8") for path in (stack.folder / "log" / "security").glob("*.log"))
    assert "sign_in_ok user=" in kept
    assert "password_refused" in kept
    assert sweep.leaks(stack, heard) == []
    troubles[:] = [one for one in troubles if "status of 422" not in one]  # caused on purpose


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("found 329001-70001 twice", "personal code"),
        ("found 32900170001 twice", "personal code"),
        ("sent to cilveks1@example.lv", "e-mail address"),
        ("rings +371 26123456", "phone"),
        ("to LV80BANK0000435195001", "bank account"),
        ("got <saml:Assertion ID=", "answer of the sign-on"),
        ("for Līga Šķēle", "name"),
    ],
)
def test_log_02_a_leak_would_be_seen(line: str, what: str) -> None:
    assert list(sweep.personal_in(f"2026-11-28T12:00:00.000+00:00 INFO x request=- {line}")) == [what]


def test_log_02_a_leak_in_a_task_s_body_would_be_seen() -> None:
    body = base64.b64encode(b'[["329001-70001", "cilveks1@example.lv"], {}, {}]').decode()
    assert set(sweep.personal_in(sweep.opened(f'LPUSH celery {{"body": "{body}"}}'))) == {
        "personal code",
        "e-mail address",
    }


def test_log_02_numbers_moments_and_ids_are_no_leak() -> None:
    line = "2026-11-28T12:00:00.123+00:00 INFO x request=5c2a3f329001d70001 took 12345678901 user=17 40003123456"
    assert list(sweep.personal_in(line)) == []
