"""SQL written once a process and planned once a connection. Where people queue, both take longer than the answer."""

import hashlib
import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.db.transaction import TransactionManagementError
from psycopg import ClientCursor

Row = TypeVar("Row")
Made = TypeVar("Made", bound=Model)


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


class Statement:
    """The same for SQL written by hand, in which `%(name)s` marks a value; PostgreSQL sees by its place what type it is."""

    def __init__(self, name: str, sql: str) -> None:
        self.names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
        marked = re.sub(r"%\((\w+)\)s", lambda found: f"${self.names.index(found[1]) + 1}", sql)
        self.name = f"{name}_{hashlib.sha256(marked.encode()).hexdigest()[:16]}"
        self._prepare = f'PREPARE "{self.name}" AS {marked}'

    def ready(self) -> str:
        """What to execute with the values by name, on the connection of the thread that asks; planned there by now."""
        own = connections[DEFAULT_DB_ALIAS]
        own.ensure_connection()
        with own.wrap_database_errors:
            _prepare(own.connection, self.name, self._prepare, [])
        return f'EXECUTE "{self.name}" ({", ".join(f"%({name})s" for name in self.names)})'

    def row(self, model: type[Made], values: dict[str, Any]) -> Made | None:
        """The first row it gives as a row of the model, where it gives `columns(model)`."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.ready(), values)
            found = cursor.fetchone()
        names = [field.attname for field in model._meta.concrete_fields]
        return model.from_db(DEFAULT_DB_ALIAS, names, found) if found else None


def columns(model: type[Model]) -> str:
    """By name: what is planned once must give the same also after a migration has added a column."""
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)


def insert(row: Model) -> None:
    """What `row.save(force_insert=True)` does, of a model without parents; a uniqueness that is broken raises as there."""
    values = {field: field.pre_save(row, add=True) for field in row._meta.local_concrete_fields if not field.generated}
    auto = row._meta.auto_field
    given = tuple(
        field
        for field, value in values.items()
        if not isinstance(value, DatabaseDefault) and (field is not auto or value is not None)
    )
    own = connections[DEFAULT_DB_ALIAS]
    with own.cursor() as cursor:
        asked = {str(field.column): field.get_db_prep_save(values[field], connection=own) for field in given}
        cursor.execute(_inserting(type(row), given).ready(), asked)
        for field, value in zip(_given_back(row), cursor.fetchone(), strict=True):
            setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _inserting(model: type[Model], given: tuple[Any, ...]) -> Statement:
    def named(fields: Iterable[Any], form: str) -> str:
        return ", ".join(form.format(field.column) for field in fields)

    into, values, back = named(given, '"{}"'), named(given, "%({})s"), named(_given_back(model), '"{}"')
    sql = f'INSERT INTO "{model._meta.db_table}" ({into}) VALUES ({values}) RETURNING {back}'  # noqa: S608 - names of ours
    return Statement(model.__name__.lower(), sql)


def _given_back(model: Model | type[Model]) -> list[Any]:
    """What the database makes up: its own keys, numbers and defaults; the key where there is nothing else."""
    return model._meta.db_returning_fields or [model._meta.pk]


def _prepare(own: Any, name: str, prepare: str, same: list[Any]) -> None:
    """Once a connection, which remembers it; an undone transaction keeps it."""
    known = own.__dict__.setdefault("stars_prepared", set())
    if name not in known:
        cursor = ClientCursor(own)
        own.execute(cursor.mogrify(prepare, same))
        known.add(name)


def _same(mark: object, value: object) -> bool:
    return isinstance(value, type(mark)) and not isinstance(value, bool) and mark == value
