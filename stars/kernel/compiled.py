"""A query whose SQL is written once a process. Where people queue, Django writes longer at it than PostgreSQL answers."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Row = TypeVar("Row")


class Compiled(Generic[Row]):
    """Built from marks that stand for the values; each question puts its own values in their places.

    A mark is a value the field could hold that stands nowhere else among the parameters. The query must not depend on
    anything but its marks: no clock, no language.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **marks: object) -> None:
        self.build = build
        self.marks = marks

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, Row], Any, str, Sequence[Any]]:
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        missing = [name for name, mark in self.marks.items() if not any(_same(mark, value) for value in params)]
        if missing:
            raise LookupError(f"Nothing in the query stands for {', '.join(missing)}.")
        return queryset, compiler, sql, params

    def rows(self, **values: Any) -> list[Row]:
        """One statement."""
        queryset, compiler, sql, params = self._written
        bound = copy(compiler)
        bound.connection = connections[DEFAULT_DB_ALIAS]  # of the thread that asks, not of the one that wrote
        given = tuple(_put(value, self.marks, values) for value in params)
        bound.as_sql = lambda *args, **kwargs: (sql, given)
        asked = queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: bound  # type: ignore[method-assign]
        return list(asked)


def _same(mark: object, value: object) -> bool:
    return isinstance(value, type(mark)) and not isinstance(value, bool) and mark == value


def _put(param: Any, marks: Mapping[str, object], values: Mapping[str, Any]) -> Any:
    """A whole number goes in as the kind of number its column holds."""
    name = next((name for name, mark in marks.items() if _same(mark, param)), None)
    if name is None:
        return param
    return type(param)(values[name]) if isinstance(param, int) else values[name]
