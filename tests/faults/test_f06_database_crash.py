"""F6: PostgreSQL crashes and recovers under people who apply. They see "not now" for a while, never an error, and lose nothing."""

import random
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from local import processes
from tests.faults.conftest import CLIENTS, ROUNDS
from tests.faults.person import UNANSWERED, Applicant
from tests.faults.portal import Portal, status
from tests.faults.test_f01_killed_workers import cycle, what_was_told_is_true
from tests.faults.waiting import psql


def look(portal: Portal, is_over: threading.Event, seen: list[tuple[int, str]]) -> None:
    """A passer-by who opens the catalogue again and again, and notes status and Retry-After."""
    while not is_over.wait(0.05):
        try:
            with urllib.request.urlopen(f"{portal.stack.portal}/programmas", timeout=20) as reply:
                seen.append((reply.status, ""))
        except urllib.error.HTTPError as error:
            seen.append((error.code, error.headers.get("Retry-After", "")))
        except UNANSWERED:
            seen.append((0, ""))


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f6_a_crash_is_not_now_for_a_while_and_loses_nothing(
    portal: Portal, chance: random.Random, attempt: int
) -> None:
    count = max(4, CLIENTS // 2)
    made = portal.people(count, places=count)
    applicants = [
        Applicant(portal.browser(patience=30), one["name"], one["code"], made["programme"], made["source"])
        for one in made["clients"]
    ]
    before = set(portal.web_workers())
    is_over, seen = threading.Event(), list[tuple[int, str]]()
    with ThreadPoolExecutor(count + 1) as pool:
        passer_by = pool.submit(look, portal, is_over, seen)
        people = [pool.submit(cycle, one, is_over) for one in applicants]
        assert processes.wait_until(lambda: all(one.accepted for one in applicants), 120)
        is_over.wait(chance.uniform(0.0, 1.0))
        portal.crash_database()
        assert processes.wait_until(lambda: any(code == 503 for code, _ in seen), 30)
        portal.cluster.start()
        recovered = len(seen)
        assert processes.wait_until(lambda: (200, "") in seen[recovered:], 60)
        accepted = sum(len(one.accepted) for one in applicants)
        processes.wait_until(lambda: sum(len(one.accepted) for one in applicants) > accepted + count, 60)
        is_over.set()
        for one in people:
            one.result(timeout=180)
        passer_by.result(timeout=30)
    assert {code for code, _ in seen} == {200, 503}
    assert {retry for code, retry in seen if code == 503} == {"10"}
    assert set(portal.web_workers()) & before, portal.log("web")  # who lost the database has found it again
    assert processes.wait_until(lambda: portal.health()[1] == "ready", 90), portal.health()
    what_was_told_is_true(portal, made, applicants)


def test_f6_while_the_database_is_away_the_process_is_alive_and_not_ready(portal: Portal) -> None:
    portal.crash_database()
    try:
        assert status(f"{portal.stack.portal}/healthz") == 200
        code, word, missing = portal.health(fresh=True)
        assert (code, word) == (503, "unavailable")
        assert {"database", "audit", "keys", "migrations"} <= missing
    finally:
        portal.cluster.start()
    assert processes.wait_until(lambda: portal.health()[1] == "ready", 90)


# --- twins ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_first", [True, False], ids=["looked at before use", "control"])
def test_f6_control_a_pool_that_does_not_look_hands_out_dead_connections(
    monkeypatch: pytest.MonkeyPatch, looks_first: bool
) -> None:
    """What recovers without a restart is the look at each connection before it is handed out."""
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
    connections.close_all()
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "pool", {"min_size": 1, "max_size": 1, "timeout": 5})
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", looks_first)
    try:
        pid = backend()
        connection.close()  # back into the pool
        with psql() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
            other.commit()
        if looks_first:
            assert backend() != pid
        else:
            with pytest.raises(DatabaseError):
                backend()
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
