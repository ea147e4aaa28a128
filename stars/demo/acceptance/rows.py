"""Rows written by COPY with ids of our own counting, and chance that repeats."""

import random
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection
from django.db.models import Model

RIGA = ZoneInfo("Europe/Riga")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=RIGA)


class Dice:
    """Chance under a seed, and ids: a number for each kind of row, counted from one."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"stars-acceptance-{seed}")  # noqa: S311 - test data must repeat
        self._last: dict[type[Model], int] = {}

    def id(self, model: type[Model]) -> int:
        self._last[model] = self._last.get(model, 0) + 1
        return self._last[model]

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def pick(self, choices: list[Any]) -> Any:
        return choices[self.chance.randrange(len(choices))]


def write(model: type[Model], objects: Iterable[Model]) -> None:
    """All of them in one COPY; the table's own numbering goes on after the last."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    name = connection.ops.quote_name
    columns = ", ".join(name(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {name(model._meta.db_table)} ({columns}) FROM STDIN") as target:
            for one in objects:
                target.write_row([field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields])
        _go_on_after(cursor, model)


def number_from_one() -> None:
    """Empty tables forget what was numbered in them before: the same rows get the same ids in any empty database."""
    for model in apps.get_models(include_auto_created=True):
        if not model._default_manager.exists():
            with connection.cursor() as cursor:
                _go_on_after(cursor, model)


def _go_on_after(cursor: Any, model: type[Model]) -> None:
    pk = model._meta.pk
    assert pk is not None
    table, column = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(str(pk.column))
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, pk.column])
    [sequence] = cursor.fetchone()
    if sequence:
        last = f"coalesce(max({column}), 1), max({column}) IS NOT NULL"
        cursor.execute(f"SELECT setval(%s, {last}) FROM {table}", [sequence])  # noqa: S608 - names of our own tables
