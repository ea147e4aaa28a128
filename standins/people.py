"""The ready-made people: what the sign-on says of them and what the registries answer."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent / "people.json"


@dataclass(frozen=True)
class Person:
    """`codes` as the sign-on gives them, the current one first; 11 digits with a hyphen."""

    key: str
    first_name: str
    last_name: str
    gender: str
    codes: tuple[str, ...]
    is_current_marked: bool
    means: str
    level: int
    about: str
    registries: dict[str, Any]

    @property
    def code(self) -> str:
        return self.codes[0]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@cache
def everyone() -> tuple[Person, ...]:
    return tuple(_person(row) for row in json.loads(SOURCE.read_text(encoding="utf-8"))["people"])


def by_key(key: str) -> Person | None:
    return next((person for person in everyone() if person.key == key), None)


def by_code(code: str) -> Person | None:
    """The person this code is or was of."""
    wanted = digits(code)
    for person in everyone():
        fpr = person.registries["FPR"]
        known = [*person.codes, fpr.get("current_code", ""), *fpr.get("previous_codes", ())]
        if wanted in {digits(one) for one in known if one}:
            return person
    return None


def digits(code: str) -> str:
    return re.sub(r"\D", "", code)


def _person(row: dict[str, Any]) -> Person:
    sign_in = row["sign_in"]
    return Person(
        key=row["code"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        gender=row["gender"],
        codes=tuple(sign_in["codes_in_token"]),
        is_current_marked=sign_in["current_code_marked"],
        means=sign_in["authentication_method"],
        level=sign_in["assurance_level"],
        about=row["about"],
        registries=row["registries"],
    )
