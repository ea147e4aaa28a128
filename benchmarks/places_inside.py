"""One process of `benchmarks.places`, in which the portal is set up: eight threads press as fast as they are answered."""

import json
import os
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection

from applications.errors import ApplyRefused
from applications.services import submit
from stars.kernel.actor import Actor, Role

from .places import PATIENCE_SECONDS, THREADS

AT_ONCE = 4  # requests in one process, as deploy/gunicorn.py says; the others wait in front of it, as at the proxy

BARE = """
WITH person AS (SELECT id FROM bench_person WHERE id = %(person)s AND eligible),
place AS (UPDATE bench_group SET taken = taken + 1 WHERE id = 1 AND taken < places AND EXISTS (SELECT FROM person) RETURNING id),
made AS (INSERT INTO bench_application (person_id, group_id) SELECT person.id, place.id FROM person, place RETURNING id),
noted AS (INSERT INTO bench_audit (person_id, what) SELECT %(person)s, CASE WHEN EXISTS (SELECT FROM made) THEN 'yes' ELSE 'no' END)
SELECT id FROM made
"""


def send(one: dict[str, Any]) -> str:
    """One person presses Pieteikties: what the service says."""
    by = Actor(role=Role.CLIENT, user_id=one["user"], person_id=UUID(one["person"]), label=one["label"])
    try:
        submit(reference=UUID(one["reference"]), fingerprint=one["fingerprint"], arrived_at=datetime.now(UTC), by=by)
    except ApplyRefused as refused:
        return refused.code
    return "accepted"


def _request(one: dict[str, Any]) -> str:
    """With the connection given back, as at the end of every request; whoever finds none free waits in line."""
    try:
        return send(one)
    finally:
        connection.close()


class Bare:
    """The chosen design in one statement, or without its guard; a connection for each thread."""

    def __init__(self, *, is_guarded: bool) -> None:
        self.is_guarded = is_guarded
        self.own = threading.local()

    def connection(self) -> psycopg.Connection[Any]:
        if not hasattr(self.own, "connection"):
            self.own.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        return self.own.connection  # type: ignore[no-any-return]

    def send(self, one: dict[str, Any]) -> str:
        if self.is_guarded:
            return "accepted" if self.connection().execute(BARE, one, prepare=True).fetchone() else "full"
        with self.connection().transaction():
            return self._unguarded(self.connection(), one["person"])

    def warm(self, one: dict[str, Any]) -> None:
        """Somebody nobody knows is turned away, so that this connection too has seen the statements before."""
        if self.is_guarded:
            self.send({**one, "person": str(UUID(int=0))})
        else:
            self.look()

    def look(self) -> None:
        for table in ("bench_group", "bench_person", "bench_application", "bench_audit"):
            self.connection().execute(f"SELECT * FROM {table} LIMIT 1")

    def _unguarded(self, database: psycopg.Connection[Any], person: str) -> str:
        """Looks first and counts afterwards: between the two another may do the same."""
        taken, places = database.execute("SELECT taken, places FROM bench_group WHERE id = 1").fetchone() or (0, 0)
        database.execute("SELECT eligible FROM bench_person WHERE id = %s", [person])
        said = "accepted" if taken < places else "full"
        if said == "accepted":
            database.execute("INSERT INTO bench_application (person_id, group_id) VALUES (%s, 1)", [person])
            database.execute("UPDATE bench_group SET taken = least(%s, places) WHERE id = 1", [taken + 1])
        database.execute("INSERT INTO bench_audit (person_id, what) VALUES (%s, %s)", [person, said])
        return said


def work(name: str) -> None:
    """One process of the race; says "ready", waits for "go", says what it saw."""
    early, people = json.loads(sys.stdin.readline())
    if name == "submit service":
        options: Any = settings.DATABASES["default"]["OPTIONS"]
        options["pool"] |= {"min_size": AT_ONCE, "max_size": AT_ONCE, "timeout": 30}
        press, warm = _request, _request
    else:
        bare = Bare(is_guarded=name == "bare statement")
        press, warm = bare.send, bare.warm
    times: list[float] = []
    outcomes: Counter[str] = Counter()
    waiting = iter(people)
    turn, barrier = threading.Lock(), threading.Barrier(THREADS + 1)

    def run(first: dict[str, Any]) -> None:
        try:
            warm(first)
        except Exception:
            barrier.abort()  # a busy machine: better no measurement than half of one
            raise
        barrier.wait()
        barrier.wait()
        while True:
            with turn:
                one = next(waiting, None)
            if one is None:
                return
            began = time.perf_counter()
            said = press(one)
            times.append(1000 * (time.perf_counter() - began))
            outcomes[said] += 1

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in early]
    for thread in threads:
        thread.start()
    barrier.wait(PATIENCE_SECONDS)
    print("ready", flush=True)
    sys.stdin.readline()
    barrier.wait()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    print(json.dumps({"ms": times, "outcomes": outcomes}), flush=True)
    sys.stdin.readline()  # the measurer reads our CPU time from /proc before we end
