"""A connection that has died is found before it is handed out, without asking those that live."""

from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from stars.kernel.direct import asked
from stars.kernel.pooled import Pooled


@pytest.fixture
def link(db: None) -> Any:
    parameters = connection.get_connection_params()
    kept = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    with Pooled.connect(**kept, autocommit=True) as made:
        yield made


def end(link: psycopg.Connection[Any]) -> None:
    with asked() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (link.info.backend_pid,))


def test_a_living_connection_is_not_asked(link: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(psycopg.Connection, "execute", lambda _link, query, *_, **__: sent.append(query))
    ConnectionPool.check_connection(link)
    assert sent == []
    link.execute("SELECT 1")
    assert sent == ["SELECT 1"]


def test_f6_a_dead_connection_is_found_by_what_it_has_to_say(link: Any) -> None:
    end(link)
    with pytest.raises(psycopg.OperationalError):
        ConnectionPool.check_connection(link)


def test_f6_a_closed_connection_is_found(link: Any) -> None:
    link.close()
    with pytest.raises(psycopg.OperationalError):
        ConnectionPool.check_connection(link)


@pytest.mark.django_db(transaction=True)
def test_f6_the_pool_hands_out_a_new_one_instead_of_a_dead_one() -> None:
    parameters = connection.get_connection_params()
    kept = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    with ConnectionPool(
        kwargs={**kept, "autocommit": True},
        connection_class=Pooled,
        check=ConnectionPool.check_connection,
        min_size=1,
        max_size=1,
        timeout=5,
    ) as pool:
        with pool.connection() as first:
            dead = first.info.backend_pid
        end(first)
        with pool.connection() as second:
            assert second.info.backend_pid != dead
            assert second.execute("SELECT 1").fetchone() == (1,)
