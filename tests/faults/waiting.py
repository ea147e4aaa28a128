"""Who waits for whom inside PostgreSQL: tests go on when a lock is truly waited for, not after some time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from local import processes

PATIENCE = 20.0


def database_url() -> str:
    """The test database itself, which Django has renamed."""
    return renamed(os.environ["DATABASE_URL"], str(settings.DATABASES["default"]["NAME"]))


def renamed(url: str, database: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{database}" + (f"?{parts.query}" if parts.query else "")


@contextmanager
def psql(url: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the database, in a transaction of their own that is rolled back unless they commit."""
    with psycopg.connect(url or database_url()) as connection:
        yield connection
        connection.rollback()


def waits_for(holder: psycopg.Connection[Any], *, url: str = "") -> bool:
    """Whether anybody comes to wait for a lock of this connection."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
    with psycopg.connect(url or database_url(), autocommit=True) as looker:

        def is_waited_for() -> bool:
            found = looker.execute(asked, [holder.info.backend_pid]).fetchone()
            return found is not None and found[0] > 0

        return processes.wait_until(is_waited_for, PATIENCE)
