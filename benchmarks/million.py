"""The catalogue at a million programmes: `.venv/bin/python -m benchmarks.million [--programmes 1000000]`; takes about a quarter of an hour.

One process and no limit of a statement's time, so that what is too slow is measured too.
"""

import argparse
from typing import Any

from .harness import ask, heading, room
from .programmes import asked, grow, mixed, searched, typed, unseen

_MEASURE = """
import resource, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from catalog.selectors.index import index_of
from catalog.selectors.standing import live_at
with connection.cursor() as cursor:
    cursor.execute("SET statement_timeout = 0")
def timed(does):
    cpu, wall = time.process_time(), time.perf_counter()
    with CaptureQueriesContext(connection) as seen:
        does()
    times = [1000 * float(query["time"]) for query in seen.captured_queries]
    return [1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall), sum(times), max(times, default=0)]
answer = {"full programmes, all of them": [timed(lambda: live_at(timezone.now()))]}
answer["full programmes, what has turned"] = [timed(lambda: live_at(timezone.now()))]
version = live_at(timezone.now()).version
answer["the sets read anew"] = [timed(lambda: index_of(version))]
visitor = Client()
for what, paths in given["paths"].items():
    answer[what] = [timed(lambda: visitor.get(path)) for path in paths]
answer = {what: [statistics.median(one) for one in zip(*rows)][:3] + [max(row[3] for row in rows)] for what, rows in answer.items()}
answer["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
"""
PATHS = {
    "the first page": ["/programmas"],
    "kept, unfiltered": ["/programmas"] * 50,
    "mixed filters, the first time": mixed(),
    "mixed filters, kept": mixed(),
    "filters not asked before": unseen(20),
    "the number on the button": [path.replace("/programmas", "/programmas/skaits") for path in unseen(20, seed=12)],
    "sorted, and the last page": [f"/programmas?{how}" for how in ("kartot=maksa", "kartot=sakums", "lapa=100000")],
    "a search": asked("/programmas", searched()[::8]),
    "suggestions": asked("/programmas/ieteikumi", typed()[::40]),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=1_000_000)
    with room() as env:
        number = grow(env, parser.parse_args().programmes)
        print(heading(f"Catalogue of {number} programmes, one process"))
        found: dict[str, Any] = ask(env, _MEASURE, paths=PATHS)
        print(f"at most {found.pop('MB'):.0f} MB")
        for what, (cpu, wall, sql, slowest) in found.items():
            print(
                f"{what:<34} CPU {cpu:8.1f}   clock {wall:8.1f}   SQL {sql:8.1f}   slowest statement {slowest:8.1f} ms"
            )


if __name__ == "__main__":
    main()
