"""Rows that migrations put in (classifiers, sources) come back after a test that commits and is swept away."""

from django.db import connection

_kept: dict[str, bytes] = {}


def keep() -> None:
    """Remember every row there is after the migrations."""
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                    _kept[table] = b"".join(bytes(part) for part in rows)


def restore() -> None:
    """Empty every table and put the remembered rows back; numbering goes on after them."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        names = ", ".join(f'"{table}"' for table in _tables())
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        for table, rows in _kept.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as target:
                target.write(rows)
        cursor.execute("COMMIT")
        for sequence in connection.introspection.sequence_list():
            if sequence["table"] in _kept:
                table, column = sequence["table"], sequence["column"]
                last = f'(SELECT max("{column}") FROM "{table}")'
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), {last})")


def _tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
