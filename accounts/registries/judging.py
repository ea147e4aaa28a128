"""What a register's word means beside what the person declared; pure (X11). The register's word stands either way."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from accounts.states import FactKind, FactVerdict

from .answers import ALIVE


@dataclass(frozen=True, slots=True)
class Declared:
    """What there is to compare with; empty or None where the person has not said."""

    name: str = ""
    is_employed: bool | None = None
    education: str = ""


def judge(kind: FactKind, value: Any, declared: Declared) -> FactVerdict:
    """Confirmed where both say the same or only the register knows; no value decides nothing."""
    if value is None:
        return FactVerdict.UNKNOWN
    return FactVerdict.CONFIRMED if _agrees(kind, value, declared) else FactVerdict.REFUTED


def _agrees(kind: FactKind, value: Any, declared: Declared) -> bool:
    match kind:
        case FactKind.NAME:
            return not declared.name or _folded(value) == _folded(declared.name)
        case FactKind.EMPLOYMENT:
            return declared.is_employed is None or declared.is_employed == (value != "none")
        case FactKind.EDUCATION:
            return not declared.education or value == declared.education
        case FactKind.DEATH:
            return bool(value == ALIVE)
    return True


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
