"""The fields of a programme (screens.md 4.2 and I7): label, shape, and what is said where one is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Shape(StrEnum):
    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    CHOICE = "choice"
    SEVERAL = "several"
    MONEY = "money"


class Section(StrEnum):
    ABOUT = "about"
    CONTENT = "content"
    HOURS = "hours"
    CONDITIONS = "conditions"
    GROUP = "group"


SECTIONS: Mapping[Section, Text] = MappingProxyType(
    {
        Section.ABOUT: _("About the programme"),
        Section.CONTENT: _("What is learned"),
        Section.HOURS: _("Hours and time"),
        Section.CONDITIONS: _("Conditions and documents"),
        Section.GROUP: _("Group and places"),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One field. `most` bounds letters of a text, entries of a list, or the number itself."""

    name: str
    section: Section
    shape: Shape
    label: Text
    missing: Text
    hint: Text = ""
    is_required: bool = True
    most: int = 2000
    least: int = 1


_S, _H = Section, Shape
_HOURS: dict[str, Any] = {"most": 5000, "least": 0, "is_required": False}
_ALL = (
    Asked("kind", _S.ABOUT, _H.CHOICE, _("Kind of programme"), _("Choose the kind of programme")),
    Asked(
        "name", _S.ABOUT, _H.LINE, _("Name of the education programme"), _("Enter the name of the programme"), most=300
    ),
    Asked("sector", _S.ABOUT, _H.CHOICE, _("Sector of learning"), _("Choose the sector of learning")),
    Asked(
        "qualification",
        _S.ABOUT,
        _H.CHOICE,
        _("Qualification the programme belongs to"),
        _("Choose the qualification"),
        is_required=False,
    ),
    Asked("venues", _S.ABOUT, _H.SEVERAL, _("Venues of the programme"), _("Tick at least one venue"), most=50),
    Asked("mode", _S.ABOUT, _H.CHOICE, _("Mode of learning"), _("Choose the mode of learning")),
    Asked(
        "description",
        _S.CONTENT,
        _H.TEXT,
        _("Description for learners"),
        _("Enter the description"),
        hint=_("Two or three sentences: what the person will be able to do afterwards."),
    ),
    Asked(
        "main_topics",
        _S.CONTENT,
        _H.LINES,
        _("Main topics"),
        _("Enter at least one topic"),
        hint=_("Each topic in a line of its own."),
        most=50,
    ),
    Asked(
        "digital_share_percent",
        _S.CONTENT,
        _H.NUMBER,
        _("Share of digital tools, topics and methods in the content, %"),
        _("Enter the digital share in percent"),
        most=100,
    ),
    Asked("theory_onsite", _S.HOURS, _H.NUMBER, _("Theory on site"), _("Enter the hours"), **_HOURS),
    Asked("practice_onsite", _S.HOURS, _H.NUMBER, _("Practical work on site"), _("Enter the hours"), **_HOURS),
    Asked("theory_remote", _S.HOURS, _H.NUMBER, _("Theory remotely"), _("Enter the hours"), **_HOURS),
    Asked("practice_remote", _S.HOURS, _H.NUMBER, _("Practical work remotely"), _("Enter the hours"), **_HOURS),
    Asked("duration_weeks", _S.HOURS, _H.NUMBER, _("Length (in weeks)"), _("Enter the number of weeks"), most=520),
    Asked(
        "schedule_kinds",
        _S.HOURS,
        _H.SEVERAL,
        _("Intended time of learning"),
        _("Tick at least one time of learning"),
        most=4,
    ),
    Asked(
        "prior_knowledge",
        _S.CONDITIONS,
        _H.TEXT,
        _("Level of prior knowledge"),
        _("Enter what the person must know before"),
    ),
    Asked(
        "prior_education",
        _S.CONDITIONS,
        _H.CHOICE,
        _("Requirements for prior education"),
        _("Choose the requirements for prior education"),
    ),
    Asked(
        "equipment",
        _S.CONDITIONS,
        _H.TEXT,
        _("Equipment the person needs"),
        _("Enter what equipment the person needs"),
    ),
    Asked(
        "final_examination", _S.CONDITIONS, _H.TEXT, _("Final examination"), _("Enter what the final examination is")
    ),
    Asked(
        "education_document",
        _S.CONDITIONS,
        _H.LINE,
        _("Education document"),
        _("Enter which document is issued"),
        most=250,
    ),
    Asked(
        "language_label",
        _S.CONDITIONS,
        _H.LINE,
        pgettext_lazy("of learning", "Language"),
        _("Enter the language of learning"),
        most=100,
    ),
    Asked(
        "max_group_size",
        _S.GROUP,
        _H.NUMBER,
        _("Largest number of participants in a group"),
        _("Enter the largest number of participants"),
        most=500,
    ),
    Asked("places", _S.GROUP, _H.NUMBER, _("Number of places"), _("Enter the number of places"), most=5000),
    Asked(
        "programme_cost_cents",
        _S.GROUP,
        _H.MONEY,
        _("Unit cost of the whole vocational programme"),
        _("Enter the sum in euros, for example 2127,19"),
        hint=_("Only for a module set of a continuing vocational programme: the set may not cost more."),
        is_required=False,
        most=10_000_000,
    ),
)
FIELDS: Mapping[str, Asked] = MappingProxyType({one.name: one for one in _ALL})
