"""What a register said, as people read it; pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.states import FactKind
from stars.kernel.templatetags.stars import day

from .answers import ALIVE

WORDS = {
    "employed": gettext_lazy("Employed person"),
    "self_employed": gettext_lazy("Self-employed person"),
    "none": gettext_lazy("Not employed"),
}


def in_words(kind: FactKind, value: Any, levels: Mapping[str, str]) -> list[str]:
    """One line for each thing said; `levels` are the labels of education by code."""
    if value is None:
        return [_("The register has no data on this")]
    match kind:
        case FactKind.BIRTH_DATE:
            return [day(date.fromisoformat(value))]
        case FactKind.DEATH:
            return [_("The register has no entry of death") if value == ALIVE else day(date.fromisoformat(value))]
        case FactKind.EMPLOYMENT:
            return [str(WORDS[value])]
        case FactKind.EDUCATION:
            return [levels.get(value, value)]
        case FactKind.LEARNING:
            return [_learning(value, levels)]
        case FactKind.DOCUMENTS:
            return [f"{one['name']}, {one['number']}, {one['year']}" for one in value] or [_("No documents")]
    return [str(value)]


def _learning(value: Any, levels: Mapping[str, str]) -> str:
    if not value["level"]:
        return _("No education under way")
    words = {"level": levels.get(value["level"], value["level"]), "day": day(date.fromisoformat(value["since"]))}
    return _("%(level)s, since %(day)s") % words
