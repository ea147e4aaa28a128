"""The journey for everyone: by keyboard alone, on the narrowest screen, enlarged four times, in forced colours."""

from typing import Any

import pytest

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.keyboard import KeyboardVisitor
from tests.browser.stack import Stack
from tests.browser.test_journeys import School, confirm, open_application, school, withdraw
from tests.browser.visitor import Visitor, too_wide

pytestmark = pytest.mark.browser
__all__ = ["school"]

WAYS: dict[str, dict[str, Any]] = {
    "320-pixels": {"width": 320, "height": 640},
    "400-percent": {"width": 320, "height": 225, "device_scale_factor": 4},  # a window of 1280 × 900 enlarged
    "lying-phone": {"width": 640, "height": 320},
    "forced-colours": {"width": 1280, "height": 900, "forced_colors": "active"},
    "large-text": {"width": 1280, "height": 900, "text": "150"},
}


def test_the_journey_by_keyboard_alone(visitor: NewVisitor, stack: Stack, school: School) -> None:
    """Sign in, register, find, apply, withdraw; the institution admits another person. No pointing on any page of ours."""
    (_, name), (second, _) = school.programmes[:2]
    learner = KeyboardVisitor(visitor().page, stack)
    person = steps.someone()
    steps.client(learner, person)
    learner.open("/programmas")
    learner.fill("Meklēt", name[:40])
    learner.page.keyboard.press("Enter")
    learner.press(learner.page.get_by_role("main").get_by_role("link", name=name, exact=True).first)
    learner.is_at(name)
    steps.start_application(learner)
    steps.fill_application(learner)
    steps.check_and_send(learner)
    learner.open("/profils")
    withdraw(learner)
    receipt = steps.apply(learner, second)

    employee = KeyboardVisitor(visitor().page, stack)
    steps.provider(employee, school.login, school.password)
    open_application(employee, receipt, person)
    employee.press("Uzņemt")
    confirm(employee, "Uzņemt")


@pytest.mark.parametrize("way", list(WAYS))
def test_the_journey_on_every_screen(visitor: NewVisitor, school: School, way: str) -> None:
    """Registered, applied, withdrawn; no page on the way scrolls sideways."""
    options = dict(WAYS[way])
    text = options.pop("text", None)
    learner = visitor(**options)
    if text:
        look(learner, f"{text} %")
    wide: list[str] = []
    learner.page.on("load", lambda page: wide.extend(too_wide(page)))
    steps.client(learner, steps.someone())
    steps.apply(learner, school.programmes[0][0])
    learner.open("/profils")
    withdraw(learner)
    assert wide == []


def look(visitor: Visitor, size: str) -> None:
    """The size of the text, chosen on the portal's own page."""
    visitor.open("/pieklustamibas-iestatijumi")
    visitor.mark(visitor.page.get_by_role("radio", name=size))
    visitor.press("Saglabāt")
