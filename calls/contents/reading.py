"""From what was typed to values with a meaning. What cannot be read stays typed; the sentence says what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .fields import FIELDS, Asked, Shape

Raw = Mapping[str, Any]
LONGEST = 4000  # signs kept of one typed answer
MOST_PARTS = 20
_NUMBER = re.compile(r"\d{1,7}")
_SUM = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")
_PART = re.compile(r"part_(\d{1,2})_(name|hours)")
_TAUGHT = re.compile(r"digcomp_(\d{1,2})_(\d{1,2})_(level|description)")


@dataclass(frozen=True, slots=True)
class Competence:
    """One of the framework's competences, under its area."""

    area: int
    number: int
    label: str
    area_label: str

    @property
    def code(self) -> str:
        return f"{self.area}.{self.number}"

    @property
    def name(self) -> str:
        """The beginning of its fields' names."""
        return f"digcomp_{self.area}_{self.number}"


@dataclass(frozen=True, slots=True)
class Taught:
    """A competence the programme teaches: to which level, and in what words."""

    competence: Competence
    level: int
    description: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Choices of the fields by name, {code: label}, the competences of the framework, and addresses VIIS does not know."""

    choices: Mapping[str, Mapping[str, str]]
    competences: Sequence[Competence]
    unregistered: Mapping[str, str] = field(default_factory=dict)  # address by the code of the venue


@dataclass(slots=True)
class Read:
    """Values that can be used, sentences about those that cannot, and fields that are empty yet."""

    values: dict[str, Any] = field(default_factory=dict)
    parts: list[tuple[str, int]] = field(default_factory=list)
    taught: list[Taught] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)  # wrong as it stands
    missing: dict[str, str] = field(default_factory=dict)  # to be filled in before it is offered

    @property
    def hours(self) -> int:
        names = ("theory_onsite", "practice_onsite", "theory_remote", "practice_remote")
        return sum(self.values.get(name) or 0 for name in names)


def answers_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth keeping of a form that was sent: known names only, no NUL, an end to everything (X21, WEB-07)."""
    get_list = getattr(data, "getlist", None)
    found: dict[str, Any] = {}
    for name, asked in FIELDS.items():
        if asked.shape == Shape.SEVERAL:
            given = get_list(name) if get_list else data.get(name) or []
            found[name] = [_plain(one, 60) for one in list(given)[: asked.most]]
        else:
            found[name] = _plain(data.get(name, ""), LONGEST)
    for name in data:
        part = _PART.fullmatch(name)
        is_line = int(part[1]) < MOST_PARTS if part else _TAUGHT.fullmatch(name)
        if is_line and (text := _plain(data.get(name, ""), 300 if part else LONGEST).strip()):
            found[name] = text
    return found


def _plain(value: object, most: int) -> str:
    return str(value if value is not None else "").replace("\0", "").replace("\r\n", "\n")[:most]


def read(raw: Raw, lists: Lists) -> Read:
    """Everything a programme says. Never raises; a draft may be as odd as it likes."""
    found = Read()
    for name, asked in FIELDS.items():
        value, wrong = _value(asked, raw.get(name), lists.choices.get(name, {}))
        if wrong:
            found.problems[name] = wrong
        elif value in (None, "", []):
            if asked.is_required:
                found.missing[name] = str(asked.missing)
        else:
            found.values[name] = value
    _read_parts(raw, found)
    _read_taught(raw, lists, found)
    return found


def _value(asked: Asked, given: Any, choices: Mapping[str, str]) -> tuple[Any, str]:
    if asked.shape == Shape.SEVERAL:
        ticked = [one for one in given if one in choices] if isinstance(given, list) else []
        return ticked, ""
    text = str(given or "").strip()
    if not text:
        return None, ""
    match asked.shape:
        case Shape.CHOICE:
            return (text, "") if text in choices else (None, str(asked.missing))
        case Shape.NUMBER:
            return _number(asked, text)
        case Shape.MONEY:
            return _money(asked, text)
        case Shape.LINES:
            lines = [line.strip()[:300] for line in text.splitlines() if line.strip()]
            if len(lines) > asked.most:
                words = _("%(label)s: shorten the list to %(most)s lines")
                return None, words % {"label": asked.label, "most": asked.most}
            return lines, ""
    if len(text) > asked.most:
        words = _("%(label)s: shorten the text to %(most)s characters")
        return None, words % {"label": asked.label, "most": asked.most}
    return text, ""


def _number(asked: Asked, text: str) -> tuple[int | None, str]:
    bare = re.sub(r"\s", "", text).removesuffix("%")
    if not (_NUMBER.fullmatch(bare) and bare.isascii()) or not asked.least <= int(bare) <= asked.most:
        words = _("%(label)s: enter a whole number from %(least)s to %(most)s")
        return None, words % {"label": asked.label, "least": asked.least, "most": asked.most}
    return int(bare), ""


def _money(asked: Asked, text: str) -> tuple[int | None, str]:
    bare = re.sub(r"\s", "", text).removesuffix("€")
    found = _SUM.fullmatch(bare) if bare.isascii() else None
    cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    return (cents, "") if 0 < cents <= asked.most else (None, str(asked.missing))


def _read_parts(raw: Raw, found: Read) -> None:
    """Modules or courses in the order of their lines; an empty line is no part."""
    lines = sorted({int(one[1]) for name in raw if (one := _PART.fullmatch(name))})
    for line in lines:
        name = str(raw.get(f"part_{line}_name", "")).strip()
        hours = re.sub(r"\s", "", str(raw.get(f"part_{line}_hours", "")))
        if not name and not hours:
            continue
        if not name:
            found.problems[f"part_{line}_name"] = _("Enter the name of the module or course")
        elif not (_NUMBER.fullmatch(hours) and hours.isascii() and 0 < int(hours) <= 5000):
            found.problems[f"part_{line}_hours"] = _("Enter the hours of the module or course")
        else:
            found.parts.append((name, int(hours)))


def _read_taught(raw: Raw, lists: Lists, found: Read) -> None:
    for one in lists.competences:
        level = str(raw.get(f"{one.name}_level", "")).strip()
        says = str(raw.get(f"{one.name}_description", "")).strip()
        if not level and not says:
            continue
        if level not in {str(number) for number in range(1, 9)}:
            found.problems[f"{one.name}_level"] = _("Choose the level of the competence %(code)s") % {"code": one.code}
        elif not says:
            words = _("Describe what the person will be able to do in the competence %(code)s")
            found.missing[f"{one.name}_description"] = words % {"code": one.code}
            found.taught.append(Taught(one, int(level), ""))
        else:
            found.taught.append(Taught(one, int(level), says))
