"""A query whose SQL is written once a process and planned once a connection. Where people queue, both take longer than the answer."""

import hashlib
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from psycopg import ClientCursor

Row = TypeVar("Row")


class Compiled(Generic[Row]):
    """Built from marks that stand for the values; each question puts its own values in their places.

    A mark is a value the field could hold that stands nowhere else among the parameters. The query must not depend on
    anything but its marks: no clock, no language. PostgreSQL keeps it under a name for as long as the connection lives
    (`PREPARE`), and plans it anew by itself when a table has changed.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **marks: object) -> None:
        self.build = build
        self.marks = marks

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, Row], Any, str, str, list[Any]]:
        """The query, its compiler, the name of its statement, the statement, and the parameters that are always the same."""
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [self._place(param) for param in params]
        missing = [name for place, name in enumerate(self.marks, 1) if place not in places]
        if missing:
            raise LookupError(f"Nothing in the query stands for {', '.join(missing)}.")
        pieces = sql.split("%s")
        marked = "".join(piece + (f"${place}" if place else "%s") for piece, place in zip(pieces, places, strict=False))
        same = [param for param, place in zip(params, places, strict=True) if not place]
        digest = hashlib.sha256(f"{marked}{pieces[-1]}{same}".encode()).hexdigest()
        name = f"{self.build.__name__}_{digest[:16]}"
        return queryset, compiler, name, f'PREPARE "{name}" AS {marked}{pieces[-1]}', same

    def rows(self, **values: Any) -> list[Row]:
        """One statement."""
        queryset, compiler, name, prepare, same = self._written
        bound = copy(compiler)
        bound.connection = connections[DEFAULT_DB_ALIAS]  # of the thread that asks, not of the one that wrote
        if queryset.query.select_for_update and not bound.connection.in_atomic_block:
            raise TransactionManagementError("A lock lives no longer than its transaction, and there is none.")
        bound.connection.ensure_connection()
        with bound.connection.wrap_database_errors:
            _prepare(bound.connection.connection, name, prepare, same)
        sql = f'EXECUTE "{name}" ({", ".join(["%s"] * len(self.marks))})'
        given = tuple(values[mark] for mark in self.marks)
        bound.as_sql = lambda *args, **kwargs: (sql, given)
        asked = queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: bound  # type: ignore[method-assign]
        return list(asked)

    def _place(self, param: Any) -> int:
        """The number of the mark that a parameter is; 0 for none."""
        return next((place for place, mark in enumerate(self.marks.values(), 1) if _same(mark, param)), 0)


def _prepare(own: Any, name: str, prepare: str, same: list[Any]) -> None:
    """Once a connection, which remembers it; an undone transaction keeps it."""
    known = own.__dict__.setdefault("stars_prepared", set())
    if name not in known:
        cursor = ClientCursor(own)
        own.execute(cursor.mogrify(prepare, same))
        known.add(name)


def _same(mark: object, value: object) -> bool:
    return isinstance(value, type(mark)) and not isinstance(value, bool) and mark == value
