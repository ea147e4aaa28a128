"""2 000 people, 20 places, 32 connections: the submit service beside the bare statement, and a control that oversells.

`.venv/bin/python -m benchmarks.places [--people 2000] [--places 20] [--rounds 3]`. The bare statement is the chosen design of
performance.md 2; the control is the same without its guard. All three are driven by the same threads in the same processes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from local.install import ROOT

from .harness import Env, ask, cpu_seconds, heading, postgres_pids, ratio, room

PROCESSES, THREADS = 4, 8  # together 32 connections
PATIENCE_SECONDS = 300

BARE_TABLES = """
DROP TABLE IF EXISTS bench_group, bench_person, bench_application, bench_audit;
CREATE TABLE bench_group (id int PRIMARY KEY, places int, taken int NOT NULL DEFAULT 0 CHECK (taken <= places));
CREATE TABLE bench_person (id uuid PRIMARY KEY, eligible boolean NOT NULL DEFAULT true);
CREATE TABLE bench_application (id bigserial PRIMARY KEY, person_id uuid UNIQUE, group_id int, at timestamptz DEFAULT now());
CREATE TABLE bench_audit (id bigserial PRIMARY KEY, person_id uuid, what text, at timestamptz DEFAULT now());
INSERT INTO bench_person (id) SELECT person_id FROM funding_learningaccount;
"""
BARE = """
TRUNCATE bench_group, bench_application, bench_audit;
INSERT INTO bench_group (id, places) VALUES (1, {places});
ALTER TABLE bench_group ADD CHECK (taken <= places);
"""
BARE = """
WITH person AS (SELECT id FROM bench_person WHERE id = %(person)s AND eligible),
place AS (UPDATE bench_group SET taken = taken + 1 WHERE id = 1 AND taken < places AND EXISTS (SELECT FROM person) RETURNING id),
made AS (INSERT INTO bench_application (person_id, group_id) SELECT person.id, place.id FROM person, place RETURNING id),
noted AS (INSERT INTO bench_audit (person_id, what) SELECT %(person)s, CASE WHEN EXISTS (SELECT FROM made) THEN 'yes' ELSE 'no' END)
SELECT id FROM made
"""


@dataclass
class Found:
    """One variant over all rounds."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def line(self, name: str) -> str:
        middle = statistics.median
        return (
            f"{name:<34} {middle(self.rate):7.0f} /s   p50 {middle(self.p50):7.1f}   p99 {middle(self.p99):7.1f} ms"
            f"   CPU {middle(self.cpu):5.2f} ms   accepted {self.accepted}   {dict(self.outcomes)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--places", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", choices=["submit service", "bare statement", "control"])
    asked = parser.parse_args()
    if asked.worker:
        work(asked.worker)
        return
    with room() as env:
        print(
            heading(
                f"{asked.people} people, {asked.places} places, {PROCESSES * THREADS} connections, {asked.rounds} rounds"
            )
        )
        variants = {name: Found() for name in ("bare statement", "submit service", "control")}
        for turn in range(asked.rounds):
            crowd = ask(env, _CROWD, people=asked.people, groups=1, places=asked.places, skip=turn)
            for name, found in variants.items():
                _prepare(env, asked.places)
                race(env, name, crowd, found)
                found.accepted.append(_accepted(env, name, turn))
        _report(env, variants, asked.rounds, asked.places)


_CROWD = "from benchmarks.people import crowd\nanswer = crowd(**given)"


def _prepare(env: Env, places: int) -> None:
    """New tables for the bare statement and the control; nobody has a place."""
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as database:
        database.execute(BARE_TABLES.encode())
        database.execute("INSERT INTO bench_group (id, places) VALUES (1, %s)", [places])
        database.execute("VACUUM ANALYZE")


def _accepted(env: Env, name: str, turn: int) -> int:
    """How many rows say yes; of the service, those of this turn's group."""
    query = (
        "SELECT count(*) FROM bench_application"
        if name != "submit service"
        else "SELECT count(*) FROM applications_application WHERE group_id = (SELECT id FROM catalog_coursegroup"
        f" WHERE code LIKE 'merijums-%' ORDER BY id OFFSET {turn} LIMIT 1)"
    )
    with psycopg.connect(env["DATABASE_URL"]) as database:
        (number,) = database.execute(query.encode()).fetchone() or (-1,)
    return int(number)


def race(env: Env, name: str, crowd: list[dict[str, Any]], found: Found) -> None:
    """All start at once: each process gets its share of the people, each thread a connection."""
    command = [sys.executable, "-m", "benchmarks.places", "--worker", name]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for place, worker in enumerate(workers):
        assert worker.stdin and worker.stdout
        worker.stdin.write(json.dumps(crowd[place::PROCESSES]) + "\n")
        worker.stdin.flush()
        if worker.stdout.readline().strip() != "ready":
            sys.exit(f"{name}: a worker did not start")
    pids = [*(worker.pid for worker in workers), *postgres_pids(env)]
    spent, began = cpu_seconds(pids), time.monotonic()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [json.loads(worker.stdout.readline()) for worker in workers if worker.stdout]
    lasted, spent = time.monotonic() - began, cpu_seconds(pids) - spent
    for worker in workers:
        worker.communicate("bye\n", timeout=PATIENCE_SECONDS)
    times = sorted(ms for one in said for ms in one["ms"])
    found.rate.append(len(times) / lasted)
    found.p50.append(times[len(times) // 2])
    found.p99.append(times[int(len(times) * 0.99)])
    found.cpu.append(1000 * spent / len(times))
    for one in said:
        found.outcomes.update(one["outcomes"])


def _report(env: Env, variants: dict[str, Found], rounds: int, places: int) -> None:
    for name, found in variants.items():
        print(found.line(name))
    ours, bare = variants["submit service"], variants["bare statement"]
    print(
        f"submit service: {100 * ratio(ours.rate, bare.rate):.0f} % of the bare statement's rate, p99 {ratio(ours.p99, bare.p99):.1f} x its"
    )
    counted = ask(env, _COUNT, skip=rounds)
    print(f"SQL of an acceptance {counted['acceptance']}, of a refusal {counted['refusal']}")
    oversold = [number for number in ours.accepted if number != places]
    print(
        f"oversold by the service: {oversold or 'never'}; by the control: {[n - places for n in variants['control'].accepted]}"
    )


# --- in the workers --------------------------------------------------------------------

_COUNT = """
from django.db import connection
from django.test.utils import CaptureQueriesContext
from benchmarks.people import crowd
from benchmarks.places import send
def counted(one, expected):
    with CaptureQueriesContext(connection) as seen:
        said = send(one)
    assert said == expected, said
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "ROLLBACK")) for query in seen)
first, second, third = crowd(people=3, groups=1, places=2, skip=given["skip"])
assert send(first) == "accepted"
answer = {"acceptance": counted(second, "accepted"), "refusal": counted(third, "full")}
"""


def send(one: dict[str, Any]) -> str:
    """One person presses Pieteikties: what the service says."""
    from datetime import UTC, datetime  # noqa: PLC0415 - Django is set up in the workers only
    from uuid import UUID  # noqa: PLC0415

    from applications.errors import ApplyRefused  # noqa: PLC0415
    from applications.services import submit  # noqa: PLC0415
    from stars.kernel.actor import Actor, Role  # noqa: PLC0415

    by = Actor(role=Role.CLIENT, user_id=one["user"], person_id=UUID(one["person"]), label=one["label"])
    try:
        submit(reference=UUID(one["reference"]), fingerprint=one["fingerprint"], arrived_at=datetime.now(UTC), by=by)
    except ApplyRefused as refused:
        return refused.code
    return "accepted"


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
    people = json.loads(sys.stdin.readline())
    if name == "submit service":
        import django  # noqa: PLC0415

        django.setup()
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        settings.DATABASES["default"]["OPTIONS"]["pool"] |= {"min_size": THREADS, "timeout": 30}

        press, connect = send, connection.ensure_connection  # each thread its own
    else:
        bare = Bare(is_guarded=name == "bare statement")
        press, connect = bare.send, bare.connection  # type: ignore[assignment]
    times: list[float] = []
    outcomes: Counter[str] = Counter()
    waiting = iter(people)
    turn, barrier = threading.Lock(), threading.Barrier(THREADS + 1)

    def run() -> None:
        try:
            connect()
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

    threads = [threading.Thread(target=run, daemon=True) for _ in range(THREADS)]
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


if __name__ == "__main__":
    main()
