"""2 000 people, 20 places, 32 connections: the submit service beside the bare statement, and a control that oversells.

`.venv/bin/python -m benchmarks.places [--people 2000] [--places 20] [--rounds 3]`. The bare statement is the chosen design of
performance.md 2; the control is the same without its guard. All three are driven by the same threads in the same processes.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from local.install import ROOT

from .harness import Env, ask, cpu_seconds, heading, postgres_pids, ratio, room

PROCESSES, THREADS = 2, 16  # together 32 connections; two processes, as in production
PATIENCE_SECONDS = 300

BARE_TABLES = """
DROP TABLE IF EXISTS bench_group, bench_person, bench_application, bench_audit;
CREATE TABLE bench_group (id int PRIMARY KEY, places int, taken int NOT NULL DEFAULT 0 CHECK (taken <= places));
CREATE TABLE bench_person (id uuid PRIMARY KEY, eligible boolean NOT NULL DEFAULT true);
CREATE TABLE bench_application (id bigserial PRIMARY KEY, person_id uuid UNIQUE, group_id int, at timestamptz DEFAULT now());
CREATE TABLE bench_audit (id bigserial PRIMARY KEY, person_id uuid, what text, at timestamptz DEFAULT now());
INSERT INTO bench_person (id) SELECT person_id FROM funding_learningaccount;
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
    asked = parser.parse_args()
    with room(durable=True) as env:
        print(
            heading(
                f"{asked.people} people, {asked.places} places, {PROCESSES * THREADS} connections, {asked.rounds} rounds"
            )
        )
        variants = {name: Found() for name in ("bare statement", "submit service", "control")}
        for turn in range(asked.rounds):
            early = ask(env, _CROWD, people=PROCESSES * THREADS, groups=1, places=PROCESSES * THREADS, skip=2 * turn)
            crowd = ask(env, _CROWD, people=asked.people, groups=1, places=asked.places, skip=2 * turn + 1)
            for name, found in variants.items():
                _prepare(env, asked.places)
                race(env, name, early, crowd, found)
                found.accepted.append(_accepted(env, name, turn))
        _report(env, variants, asked.rounds, asked.places)


WORKER = "import sys, django; django.setup(); from benchmarks.places_inside import work; work(sys.argv[1])"
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
        f" WHERE code LIKE 'merijums-%' ORDER BY id OFFSET {2 * turn + 1} LIMIT 1)"
    )
    with psycopg.connect(env["DATABASE_URL"]) as database:
        (number,) = database.execute(query.encode()).fetchone() or (-1,)
    return int(number)


def race(env: Env, name: str, early: list[dict[str, Any]], crowd: list[dict[str, Any]], found: Found) -> None:
    """All start at once: each process gets its share of the people, each thread a connection.

    Somebody early has sent a form over each connection before: the portal's workers are warm at nine o'clock too.
    """
    command = [sys.executable, "-c", WORKER, name]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for place, worker in enumerate(workers):
        assert worker.stdin and worker.stdout
        worker.stdin.write(json.dumps([early[place::PROCESSES], crowd[place::PROCESSES]]) + "\n")
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


_COUNT = """
from django.db import connection
from django.test.utils import CaptureQueriesContext
from benchmarks.people import crowd
from benchmarks.places_inside import send
def counted(one, expected):
    with CaptureQueriesContext(connection) as seen:
        said = send(one)
    assert said == expected, said
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "ROLLBACK")) for query in seen)
first, second, third, fourth = crowd(people=4, groups=1, places=2, skip=given["skip"])
assert send(first) == "accepted"
answer = [counted(second, "accepted"), counted(third, "full"), counted(fourth, "full")]
"""


def _report(env: Env, variants: dict[str, Found], rounds: int, places: int) -> None:
    for name, found in variants.items():
        print(found.line(name))
    ours, bare = variants["submit service"], variants["bare statement"]
    print(
        f"submit service: {100 * ratio(ours.rate, bare.rate):.0f} % of the bare statement's rate, p99 {ratio(ours.p99, bare.p99):.1f} x its"
    )
    accepted, refused, then = ask(env, _COUNT, skip=2 * rounds)
    print(f"SQL of an acceptance {accepted}, of the first refusal {refused}, of those after it {then}")
    oversold = [number for number in ours.accepted if number != places]
    print(
        f"oversold by the service: {oversold or 'never'}; by the control: {[n - places for n in variants['control'].accepted]}"
    )


if __name__ == "__main__":
    main()
