"""The questions of "Iesniegums piesakoties mācībām" (client manual 3.4): words, steps, and when an answer will do.

Pure: the step forms draw from it and the submit service asks it again, so both know one truth. Which questions a source
asks, and which must be answered, are rows of FormRule.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog.models import CourseGroup

from .models import Question

Answers = Mapping[str, Any]
Text = str | Promise
CONTACT, LEARNING, DECLARATIONS = 1, 2, 3
STEPS = (CONTACT, LEARNING, DECLARATIONS)
STEP_NAMES: dict[int, Text] = {
    CONTACT: gettext_lazy("Contact information"),
    LEARNING: pgettext_lazy("step", "Learning"),
    DECLARATIONS: gettext_lazy("Declarations"),
}
YES, NO = "yes", "no"


class Kind(StrEnum):
    """How a question is asked."""

    EMAIL = "email"
    PHONE = "phone"
    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    TICK = "tick"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Wording:
    """One question as the manual words it, and what is said when its answer is missing."""

    step: int
    kind: Kind
    label: Text
    missing: Text
    hint: Text = ""


WORDING: dict[Question, Wording] = {
    Question.EMAIL: Wording(
        CONTACT, Kind.EMAIL, gettext_lazy("E-mail address"), gettext_lazy("Enter the e-mail address")
    ),
    Question.PHONE: Wording(
        CONTACT,
        Kind.PHONE,
        gettext_lazy("Phone"),
        gettext_lazy("Enter the phone number"),
    ),
    Question.REGION: Wording(
        CONTACT,
        Kind.CHOICE,
        gettext_lazy("Your region of residence"),
        gettext_lazy("Choose the region of residence"),
    ),
    Question.VENUE: Wording(
        LEARNING, Kind.CHOICE, gettext_lazy("Place of learning"), gettext_lazy("Choose the place of learning")
    ),
    Question.GROUP: Wording(
        LEARNING, Kind.CHOICE, gettext_lazy("Study period"), gettext_lazy("Choose the study period")
    ),
    Question.REASONS: Wording(
        LEARNING,
        Kind.SEVERAL,
        gettext_lazy("What are the main reasons for choosing this education programme?"),
        gettext_lazy("Tick at least one reason"),
        gettext_lazy("Tick all that apply."),
    ),
    Question.ECONOMIC_STATUS: Wording(
        LEARNING,
        Kind.CHOICE,
        gettext_lazy("Please confirm or correct what you said earlier about your economic status"),
        gettext_lazy("Choose the economic status"),
    ),
    Question.WORKPLACE: Wording(
        LEARNING,
        Kind.TEXT,
        gettext_lazy("Actual location of the workplace (town or parish)"),
        gettext_lazy("Enter the location of the workplace"),
    ),
    Question.PROFESSION: Wording(
        LEARNING,
        Kind.TEXT,
        gettext_lazy("Please name your profession, post at the workplace"),
        gettext_lazy("Enter the profession, post"),
        gettext_lazy('For example, accountant. If you do not work, choose "I do not work now".'),
    ),
    Question.EDUCATION: Wording(
        LEARNING,
        Kind.CHOICE,
        gettext_lazy("Please confirm or correct what you said earlier about your education so far (the highest one)"),
        gettext_lazy("Choose the highest education"),
    ),
    Question.KNOWS_CONTENT: Wording(
        DECLARATIONS,
        Kind.TICK,
        gettext_lazy("I DECLARE that I have read the content of the programme and know what document I will receive."),
        gettext_lazy("Confirm that you know the content of the programme"),
    ),
    Question.NOT_DONE_BEFORE: Wording(
        DECLARATIONS,
        Kind.TICK,
        gettext_lazy("I DECLARE that I have not completed this programme before with public money"),
        gettext_lazy("Confirm that you have not completed this programme before"),
    ),
    Question.EMPLOYED_NOW: Wording(
        DECLARATIONS,
        Kind.TICK,
        gettext_lazy("I DECLARE that I am employed and have reached the age of 18 when sending this application"),
        gettext_lazy("Confirm that you are employed and at least 18 years old"),
    ),
    Question.LOW_INCOME: Wording(
        DECLARATIONS,
        Kind.YES_NO,
        gettext_lazy("I DECLARE that I represent a household with the status of a low-income or needy person"),
        gettext_lazy("Choose the status of the household"),
    ),
}
ORDER = tuple(WORDING)
WRONG_EMAIL = gettext_lazy("Enter the e-mail address in the right form, for example name@example.lv")
WRONG_PHONE = gettext_lazy("Enter a phone number of 8 digits, for example 26 123 456")
TOO_LONG = 200
# The longest questions in a word or two, for the check page; the form and the receipt keep the manual's own words.
BRIEFLY: dict[str, Text] = {
    Question.ECONOMIC_STATUS: gettext_lazy("Economic activity status"),
    Question.PROFESSION: gettext_lazy("Profession, position at work"),
    Question.EDUCATION: gettext_lazy("Education obtained so far"),
}
YES_NO_WORDS = {YES: gettext_lazy("Yes"), NO: gettext_lazy("No")}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as one source asks it."""

    question: Question
    is_required: bool
    own_label: str = ""

    @property
    def wording(self) -> Wording:
        return WORDING[self.question]

    @property
    def label(self) -> str:
        return self.own_label or str(self.wording.label)


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as the person sees it on the check page and as the application keeps it."""

    question: str
    label: str
    value: Any
    says: str

    @property
    def step(self) -> int:
        return WORDING[Question(self.question)].step

    @property
    def briefly(self) -> str:
        return str(BRIEFLY.get(self.question, self.label))

    def kept(self) -> dict[str, Any]:
        return {"question": self.question, "label": self.label, "value": self.value, "says": self.says}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What one source asks about one programme, with the choices offered now."""

    asked: tuple[Asked, ...]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # question -> code -> label
    groups: Mapping[str, CourseGroup] = field(default_factory=dict)  # code -> the group, with its days and places

    def of_step(self, step: int) -> list[Asked]:
        return [one for one in self.asked if one.wording.step == step]

    def problems(self, answers: Answers, step: int | None = None) -> dict[Question, str]:
        """What is missing or wrong, in the words of the error summary; empty means the form may be sent."""
        found = {}
        for one in self.asked if step is None else self.of_step(step):
            if problem := self._problem(one, answers):
                found[one.question] = problem
        return found

    def _problem(self, one: Asked, answers: Answers) -> str:
        value = answers.get(one.question) or ""
        if not value:
            return str(one.wording.missing) if one.is_required else ""
        match one.wording.kind:
            case Kind.EMAIL:
                return "" if is_email(value) else str(WRONG_EMAIL)
            case Kind.PHONE:
                return "" if phone_number(value) else str(WRONG_PHONE)
            case Kind.TEXT:
                return "" if isinstance(value, str) and len(value) <= TOO_LONG else str(one.wording.missing)
            case Kind.TICK:
                return "" if value is True else str(one.wording.missing)
            case Kind.SEVERAL:
                return "" if isinstance(value, list) and set(value) <= self._codes(one) else str(one.wording.missing)
        if one.question == Question.GROUP and self.groups:
            return "" if value in self.groups_of(answers.get(Question.VENUE)) else str(one.wording.missing)
        return "" if value in self._codes(one) else str(one.wording.missing)

    def groups_of(self, venue: object) -> dict[str, CourseGroup]:
        return {code: group for code, group in self.groups.items() if str(group.venue_id) == venue}

    def _codes(self, one: Asked) -> set[str]:
        return set(YES_NO_WORDS) if one.wording.kind == Kind.YES_NO else set(self.choices.get(one.question, {}))

    def shown(self, answers: Answers) -> list[Shown]:
        """Every question with its answer in words, in the order of the form."""
        return [
            Shown(one.question.value, one.label, answers.get(one.question, ""), self._says(one, answers))
            for one in self.asked
        ]

    def _says(self, one: Asked, answers: Answers) -> str:
        value = answers.get(one.question)
        if not value:
            return ""
        match one.wording.kind:
            case Kind.TICK:
                return _("Yes")
            case Kind.YES_NO:
                return str(YES_NO_WORDS.get(value, ""))
            case Kind.SEVERAL:
                return "; ".join(self.choices.get(one.question, {}).get(code, "") for code in value)
            case Kind.CHOICE:
                return self.choices.get(one.question, {}).get(value, "")
            case Kind.PHONE:
                return phone_number(value) or str(value)
        return str(value)


def is_email(value: object) -> bool:
    try:
        validate_email(str(value or ""))
    except ValidationError:
        return False
    return True


_LATVIAN_PHONE = re.compile(r"(?:\+?371)?([2-9]\d{7})")
_FOREIGN_PHONE = re.compile(r"\+(?!371)\d{7,15}")


def phone_number(value: object) -> str:
    """The number as "+371 26123456"; spaces and dashes are accepted, +371 is assumed; empty when it is no number."""
    digits = re.sub(r"[\s\-().\u00a0]", "", str(value))
    if latvian := _LATVIAN_PHONE.fullmatch(digits):
        return f"+371 {latvian.group(1)}"
    return digits if _FOREIGN_PHONE.fullmatch(digits) else ""


def fingerprint(programme_id: int, source_id: int, price_cents: int, answers: Answers) -> str:
    """SHA-256 of what is asked for, its price and the answers: the check page carries it, the submit compares it (I4)."""
    body = json.dumps([programme_id, source_id, price_cents, dict(answers)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()
