"""What a member typed on a score sheet, read into answers and points; each obstacle a sentence at its field. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from calls.states import Answer

LONGEST = 2000  # signs kept of one typed answer
_POINTS = re.compile(r"\d{1,4}")
_FIELD = re.compile(r"(?:condition_\d{1,9}_(?:answer|note)|criterion_\d{1,9}_(?:points|comment)|remark)")


@dataclass(frozen=True, slots=True)
class Line:
    """A condition to answer, or a criterion to give points for (`most` points)."""

    pk: int
    name: str
    most: int = 0
    hint: str = ""


@dataclass(slots=True)
class ReadScores:
    answers: dict[int, tuple[str, str]] = field(default_factory=dict)  # condition: (answer, note)
    points: dict[int, tuple[int, str]] = field(default_factory=dict)  # criterion: (points, comment)
    remark: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def typed_scores(data: Mapping[str, Any]) -> dict[str, str]:
    """What is worth keeping of a form that was sent: known names only, no NUL, an end to everything (X21, WEB-07)."""
    kept = {}
    for name in data:
        text = str(data.get(name) or "").replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
        if text and _FIELD.fullmatch(name):
            kept[name] = text
    return kept


def read_scores(typed: Mapping[str, str], *, conditions: Sequence[Line], criteria: Sequence[Line]) -> ReadScores:
    """Everything that is asked, answered or named as a problem. Never raises."""
    found = ReadScores(remark=typed.get("remark", ""))
    for number, one in enumerate(conditions, 1):
        _read_answer(one, number, typed, found)
    for one in criteria:
        _read_points(one, typed, found)
    return found


def _read_answer(one: Line, number: int, typed: Mapping[str, str], found: ReadScores) -> None:
    name = f"condition_{one.pk}"
    answer, note = typed.get(f"{name}_answer", ""), typed.get(f"{name}_note", "")
    if answer not in Answer.values:
        found.problems[f"{name}_answer"] = _("Condition %(number)s: say whether it is met") % {"number": number}
    elif answer != Answer.YES and not note:
        words = _("Condition %(number)s: write what is not met or what is to be clarified")
        found.problems[f"{name}_note"] = words % {"number": number}
    else:
        found.answers[one.pk] = (answer, note)


def _read_points(one: Line, typed: Mapping[str, str], found: ReadScores) -> None:
    name = f"criterion_{one.pk}"
    points, comment = re.sub(r"\s", "", typed.get(f"{name}_points", "")), typed.get(f"{name}_comment", "")
    if not (_POINTS.fullmatch(points) and points.isascii()) or int(points) > one.most:
        words = _("%(name)s: enter whole points from 0 to %(most)s")
        found.problems[f"{name}_points"] = words % {"name": one.name, "most": one.most}
    if not comment:
        found.problems[f"{name}_comment"] = _("%(name)s: explain the points in a sentence or two") % {"name": one.name}
    if not {f"{name}_points", f"{name}_comment"} & set(found.problems):
        found.points[one.pk] = (int(points), comment)
