"""From bytes to facts, strictly: known types, known words, the person who was asked about. An unknown word is "unknown".

JSON only: no XML is read, so there is no DTD to refuse. Fields we do not know are not looked at.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from django.utils import timezone

from accounts.states import FactKind

from .refusals import Unanswered, WrongPerson

Value = Any  # what JSON can hold
Fields = Mapping[str, Any]

EDUCATION = {
    *("unfinished_basic", "basic", "vocational_basic", "general_secondary", "vocational_secondary"),
    *("short_cycle", "bachelor", "master", "doctor"),
}
MOST_DOCUMENTS = 200
ALIVE = ""  # the day of death of somebody who lives
FIRST_BIRTHS = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one register says of one person. A kind with the value None: the register does not say."""

    registry: str
    answer_id: str
    answered_at: datetime
    facts: Mapping[str, Value]  # by FactKind

    @property
    def valid_on(self) -> date:
        """The day in Riga for which the answer holds."""
        return timezone.localdate(self.answered_at)


def read(registry: str, body: bytes, *, digits: str) -> Answer:
    """Raises WrongPerson before anything but the code is looked at, Unanswered for what is not as agreed."""
    fields = _parsed(body)
    if _code(fields.get("personal_code")) != digits:
        raise WrongPerson
    if _text(fields, "registry", 10).lower() != registry:
        _odd()
    return Answer(
        registry=registry,
        answer_id=_text(fields, "answer_id", 64),
        answered_at=_moment(fields, "answered_at"),
        facts=READERS[registry](fields),
    )


def _parsed(body: bytes) -> Fields:
    try:
        text = body.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise Unanswered("encoding") from error
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise Unanswered("not_json") from error
    if isinstance(found, list):
        raise Unanswered("several_answers")
    if not isinstance(found, dict):
        _odd()
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name said twice has two values, and nobody knows which one holds."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is said twice")
    return found


def _no_such_number(_: str) -> NoReturn:
    raise ValueError("not a number")


def _odd() -> NoReturn:
    raise Unanswered("schema")


# --- one field -----------------------------------------------------------------


def _code(value: object) -> str:
    return value.replace("-", "") if isinstance(value, str) and len(value) <= 12 else ""


def _text(fields: Fields, name: str, most: int) -> str:
    value = fields.get(name)
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= most
        or any(unicodedata.category(one)[0] == "C" for one in value)
    ):
        _odd()
    return value


def _flag(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        _odd()
    return value


def _day(value: object, *, since: date = FIRST_BIRTHS) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else _odd()
    except ValueError:
        _odd()
    if not since <= day <= timezone.localdate():
        _odd()
    return day


def _moment(fields: Fields, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, name, 40))
    except ValueError:
        _odd()
    if timezone.is_naive(moment):
        _odd()
    return moment


# --- one register --------------------------------------------------------------


def _fpr(fields: Fields) -> Mapping[str, Value]:
    born = _day(fields.get("birth_date"))
    died = fields.get("deceased_on")
    said: dict[str, Value] = {
        FactKind.NAME: _name(fields),
        FactKind.BIRTH_DATE: born.isoformat(),
        FactKind.DEATH: ALIVE if died is None else _day(died, since=born).isoformat(),
    }
    if fields.get("municipality") is not None:  # a register that does not give it says nothing of it (ADR 0014)
        said[FactKind.RESIDENCE] = _text(fields, "municipality", 100)
    return said


def _name(fields: Fields) -> str | None:
    """Both names or none: a register may leave them out."""
    if fields.get("first_name") is None and fields.get("last_name") is None:
        return None
    return f"{_text(fields, 'first_name', 100)} {_text(fields, 'last_name', 100)}"


def _vid(fields: Fields) -> Mapping[str, Value]:
    is_employed, is_self_employed = _flag(fields, "employed"), _flag(fields, "self_employed")
    return {FactKind.EMPLOYMENT: "self_employed" if is_self_employed else "employed" if is_employed else "none"}


def _viis(fields: Fields) -> Mapping[str, Value]:
    return {
        FactKind.EDUCATION: _level(fields.get("highest_education")),
        FactKind.LEARNING: _learning(fields.get("in_progress")),
        FactKind.DOCUMENTS: _documents(fields.get("documents")),
    }


def _level(value: object) -> str | None:
    """A level that is not on our list is not known to us."""
    if value is not None and not isinstance(value, str):
        _odd()
    return value if value in EDUCATION else None


def _learning(value: object) -> Value:
    if value is None:
        return {"level": ""}
    if not isinstance(value, dict):
        _odd()
    level = _level(value.get("level"))
    return {"level": level, "since": _day(value.get("started_on")).isoformat()} if level else None


def _documents(value: object) -> Value:
    if not isinstance(value, list) or len(value) > MOST_DOCUMENTS:
        _odd()
    return [_document(one) for one in value]


def _document(one: object) -> dict[str, Any]:
    if not isinstance(one, dict):
        _odd()
    year = one.get("issued_year")
    if not isinstance(year, int) or isinstance(year, bool) or not 1900 <= year <= timezone.localdate().year:
        _odd()
    return {"number": _text(one, "number", 60), "name": _text(one, "name", 200), "year": year}


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """What the education register says of one address of one institution."""

    answer_id: str
    answered_at: datetime
    is_registered: bool


def read_address(body: bytes, *, address: str) -> AddressAnswer:
    """Raises WrongPerson for an answer about another address, Unanswered for what is not as agreed."""
    fields = _parsed(body)
    if fields.get("address") != address:
        raise WrongPerson
    if _text(fields, "registry", 10).lower() != "viis":
        _odd()
    return AddressAnswer(
        answer_id=_text(fields, "answer_id", 64),
        answered_at=_moment(fields, "answered_at"),
        is_registered=_flag(fields, "registered"),
    )


READERS: dict[str, Callable[[Fields], Mapping[str, Value]]] = {"fpr": _fpr, "vid": _vid, "viis": _viis}
KINDS: dict[str, tuple[FactKind, ...]] = {
    "fpr": (FactKind.NAME, FactKind.BIRTH_DATE, FactKind.DEATH),
    "vid": (FactKind.EMPLOYMENT,),
    "viis": (FactKind.EDUCATION, FactKind.LEARNING, FactKind.DOCUMENTS),
}


def nothing_known(registry: str) -> Answer:
    """The register has answered that it has nobody under any of the person's codes: every fact stays unknown."""
    return Answer(registry, "", timezone.now(), dict.fromkeys(map(str, KINDS[registry])))
