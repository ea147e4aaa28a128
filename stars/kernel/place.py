"""Where this database is: which server wrote it first, and on which of its timelines.

A restored backup begins a timeline of its own, a dump lies in another server: either is a copy, and a copy does not speak
to people by itself (B2).
"""

from django.db import connection

from .models import Mark

NAME = "place"
HERE = """
(SELECT system_identifier::text || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system())
"""
MOVED = f"SELECT count(*) FROM kernel_mark WHERE name = '{NAME}' AND mark <> {HERE}"  # noqa: S608 - words of ours
FIRST = f"INSERT INTO kernel_mark (name, mark) VALUES ('{NAME}', {HERE}) ON CONFLICT (name) DO NOTHING"  # noqa: S608


def is_known() -> bool:
    """Whether the database is where it was; a new one is where it is."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        cursor.execute(MOVED)
        return bool(cursor.fetchone()[0] == 0)


def remember() -> None:
    """By hand: this is the place from now on."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {HERE}")
        Mark.objects.update_or_create(name=NAME, defaults={"mark": cursor.fetchone()[0]})
