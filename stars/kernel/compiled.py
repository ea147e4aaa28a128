"""SQL written once a process and planned once a connection. Where people queue, both take longer than the answer."""

import hashlib
import re
from collections.abc import Callable
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
        name = f"{self.build.__name__[:46]}_{digest[:16]}"
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
        with bound.connection.cursor() as cursor:
            cursor.execute(sql, [values[mark] for mark in self.marks])
            found = cursor.fetchall()
        bound.execute_sql = lambda *args, **kwargs: [found]
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
        self.name = f"{name[:46]}_{hashlib.sha256(marked.encode()).hexdigest()[:16]}"
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


def insert(*rows: Model, instead_of: Model | None = None) -> None:
    """What `row.save(force_insert=True)` does, for rows of models without parents, all in one statement.

    `instead_of` is deleted by it. A uniqueness that is broken raises as there.
    """
    own = connections[DEFAULT_DB_ALIAS]
    asked: dict[str, Any] = {"gone": instead_of.pk if instead_of else None}
    shapes = []
    for place, row in enumerate(rows):
        said = {
            field: field.pre_save(row, add=True) for field in row._meta.local_concrete_fields if not field.generated
        }
        given = tuple(
            field for field, value in said.items() if value is not None and not isinstance(value, DatabaseDefault)
        )
        asked |= {f"{field.column}_{place}": field.get_db_prep_save(said[field], connection=own) for field in given}
        shapes.append((type(row), given))
    with own.cursor() as cursor:
        cursor.execute(_inserting(tuple(shapes), type(instead_of) if instead_of else None).ready(), asked)
        made_up = iter(cursor.fetchone())
    for row in rows:
        for field in _given_back(row):
            setattr(row, field.attname, next(made_up))
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _inserting(shapes: tuple[tuple[type[Model], tuple[Any, ...]], ...], gone: type[Model] | None) -> Statement:
    """Each row by a part of one statement; its names are ours."""
    parts = []
    if gone:
        key: Any = gone._meta.pk
        parts.append(f'gone AS (DELETE FROM "{gone._meta.db_table}" WHERE "{key.column}" = %(gone)s)')  # noqa: S608
    for place, (model, given) in enumerate(shapes):
        into, back = (", ".join(f'"{field.column}"' for field in some) for some in (given, _given_back(model)))
        values = ", ".join(f"%({field.column}_{place})s" for field in given)
        parts.append(f'r{place} AS (INSERT INTO "{model._meta.db_table}" ({into}) VALUES ({values}) RETURNING {back})')  # noqa: S608
    made = [f"r{place}" for place in range(len(shapes))]
    name = "_".join(["insert", *(model.__name__.lower() for model, _ in shapes)])
    back = ", ".join(f"{part}.*" for part in made)
    return Statement(name, f"WITH {', '.join(parts)} SELECT {back} FROM {', '.join(made)}")  # noqa: S608


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
