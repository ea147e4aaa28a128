"""A connection past Django and its pool: for probes, beat's lock and the look at the keys before anything is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


def connect(*, seconds: float = 1.0) -> psycopg.Connection[Any]:
    """A new connection in autocommit; no connect and no statement on it takes longer than `seconds`."""
    parameters = connection.get_connection_params()
    milliseconds = int(seconds * 1000)
    limits = f"{parameters.get('options', '')} -c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
    kept = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    kept |= {"options": limits, "connect_timeout": max(1, round(seconds)), "autocommit": True}
    return psycopg.connect(**kept)


@contextmanager
def asked(*, seconds: float = 1.0) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of such a connection, closed afterwards."""
    with connect(seconds=seconds) as link, link.cursor() as cursor:
        yield cursor
