"""One broken rule: which, what it says in words, and the rows it is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

MOST_IDS = 50


@dataclass(frozen=True, slots=True)
class Breach:
    """`ids` name the rows, at most fifty of them; `count` is how many there are. Never holds personal data."""

    rule: str
    says: str
    ids: tuple[str, ...]
    count: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def breaches(rule: str, says: str, ids: Iterable[object]) -> Iterator[Breach]:
    """A breach if there are rows at all."""
    found = [str(one) for one in ids]
    if found:
        yield Breach(rule, says, tuple(found[:MOST_IDS]), len(found))


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What one statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def firsts(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """The first column of what one statement finds."""
    return [row[0] for row in rows(sql, parameters)]
