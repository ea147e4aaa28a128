"""I13: no personal code in clear in any table, whatever column it strayed into."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Session
from accounts.sso.personal_code import is_well_formed

from .breach import Breach, breaches, rows

# Fast and coarse in the database, exact here: not a part of a longer word or number, not a phone with its "+".
COARSE = "[0-9]{6}-?[0-9]{5}"
EXACT = re.compile(r"(?<![\w+])([0-9]{6})-?([0-9]{5})(?!\w)")
COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
  AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY')
ORDER BY c.table_name, c.ordinal_position
"""
KEYS = """
SELECT k.table_name, min(k.column_name) FROM information_schema.table_constraints c
JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name)
WHERE c.table_schema = current_schema() AND c.constraint_type = 'PRIMARY KEY' GROUP BY k.table_name
"""


def no_code_in_clear() -> Iterator[Breach]:
    """Every text, JSON and array column of every table, and what sessions hold once unpacked (COD-04)."""
    keys = dict(rows(KEYS))
    for table, columns in _text_columns().items():
        yield from breaches(
            "I13", f"rows of {table} with a personal code in clear", _rows_with_codes(table, columns, keys)
        )
    yield from breaches("I13", "sessions with a personal code in clear", _sessions_with_codes())


def has_code(text: str) -> bool:
    """Whether the text holds a well-formed personal code standing on its own."""
    return any(is_well_formed("".join(found.groups())) for found in EXACT.finditer(text))


def _text_columns() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in rows(COLUMNS):
        found.setdefault(table, []).append(column)
    return found


def _rows_with_codes(table: str, columns: list[str], keys: dict[str, str]) -> list[Any]:
    name = connection.ops.quote_name
    key = f"{name(keys[table])}::text" if table in keys else "ctid::text"
    said = "concat_ws(E'\\n', " + ", ".join(f"{name(column)}::text" for column in columns) + ")"
    coarse = rows(f"SELECT {key}, {said} FROM {name(table)} WHERE {said} ~ %s ORDER BY 1", [COARSE])  # noqa: S608 - names of our own tables
    return [pk for pk, text in coarse if has_code(text)]


def _sessions_with_codes() -> list[str]:
    """By their place in the order of expiry: a session's key is a secret of its own."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).order_by("expire_date", "pk")
    return [f"expires {one.expire_date.isoformat()}" for one in live.iterator() if has_code(repr(one.get_decoded()))]
