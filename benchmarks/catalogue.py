"""The catalogue page against its limit, interleaved: `.venv/bin/python -m benchmarks.catalogue [--programmes 100 10000] [--rounds 3]`."""

import random
import statistics
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from . import limit
from .harness import (
    Env,
    Figures,
    Server,
    ask,
    heading,
    once,
    press,
    ratio,
    room,
    serving,
    session_of,
    sizes_asked,
    statements,
    table,
    warm,
    weight,
)
from .programmes import asked, grow, mixed, searched, typed, unseen

UNFILTERED, MIXED = "unfiltered", "mixed filters"
PATHS = {UNFILTERED: ["/programmas"], MIXED: mixed()}
FRAME = '<div class="shell page with-side catalogue">', '<footer class="foot">'

_MISSES = """
import time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
visitor = Client()
visitor.get("/programmas")
spent, numbers = [], []
for path in given["paths"]:
    with CaptureQueriesContext(connection) as seen:
        visitor.get(path)
    spent.append(1000 * sum(float(query["time"]) for query in seen.captured_queries))
    numbers.append(len(seen))
answer = {"ms": spent, "sql": numbers}
"""


# What people wait for while they choose and type; each address is one nobody has asked for.
FRESH: dict[str, Callable[[], list[str]]] = {
    "filters not asked before": lambda: unseen(80),
    "the number on the button": lambda: [
        path.replace("/programmas", "/programmas/skaits") for path in unseen(80, seed=12)
    ],
    "a search": lambda: asked("/programmas", searched()),
    "suggestions": lambda: asked("/programmas/ieteikumi", random.Random(13).sample(typed(), 150)),
}


def main() -> None:
    asked = sizes_asked(__doc__)
    cpu = {size: measure(size, rounds=asked.rounds, seconds=asked.seconds) for size in sorted(asked.programmes)}
    if len(cpu) > 1:
        small, large = min(cpu), max(cpu)
        for kind in PATHS:
            print(f"CPU from {small} to {large} programmes, {kind}: {cpu[large][kind] / cpu[small][kind]:.2f} x")


def measure(size: int, *, rounds: int, seconds: int) -> dict[str, float]:
    """One size in a room of its own; gives the portal's CPU by kind of address."""
    with room() as env:
        number = grow(env, size)
        with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(limit.PREPARE.encode())
        print(
            heading(
                f"Catalogue of {number} programmes, {rounds} rounds of {seconds} s, 8 connections, 2 synchronous workers"
            )
        )
        with (
            serving("hello", "benchmarks.hello:application", env, "/hello") as hello,
            serving("portal", "stars.wsgi:application", env, "/programmas") as portal,
        ):
            with serving("limit", "benchmarks.limit:application", env | frame(portal, env), "/programmas") as best:
                figures = _race(hello, portal, best, rounds, seconds)
            _report(env, portal, figures)
    return {kind: statistics.median(figures[f"portal, {kind}"].cpu) for kind in PATHS}


def frame(portal: Server, env: Env) -> Env:
    """The portal's own head and foot, so that both pages weigh about the same."""
    with urllib.request.urlopen(portal.url("/programmas"), timeout=30) as reply:
        page = reply.read().decode()
    head, rest = page.split(FRAME[0])
    _, foot = rest.split(FRAME[1])
    files = {limit.HEAD: head, limit.FOOT: FRAME[1] + foot}
    for name, text in files.items():
        (Path(env["STARS_VAR"]) / name).write_text(text)
    return {name: str(Path(env["STARS_VAR"]) / name) for name in files}


def _race(hello: Server, portal: Server, best: Server, rounds: int, seconds: int) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for server in (portal, best):  # the kept facets of both are warm: the price of a miss is printed apart
        warm(server, PATHS[MIXED])
    for _ in range(rounds):
        press(hello, ["/hello"], figures.setdefault("Django's hello", Figures()), seconds=seconds)
        for kind, paths in PATHS.items():
            press(best, paths, figures.setdefault(f"limit, {kind}", Figures()), seconds=seconds)
            press(portal, paths, figures.setdefault(f"portal, {kind}", Figures()), seconds=seconds)
    return figures


def _report(env: Env, portal: Server, figures: dict[str, Figures]) -> None:
    table(figures)
    hello = figures["Django's hello"]
    for kind in PATHS:
        ours, theirs = figures[f"portal, {kind}"], figures[f"limit, {kind}"]
        print(
            f"{kind}: {100 * ratio(ours.rate, theirs.rate):.0f} % of the limit's rate, CPU {ratio(ours.cpu, theirs.cpu):.2f} x the limit's"
            f" and {ratio(ours.cpu, hello.cpu):.1f} x hello's, p99 {ours.spread:.1f} x p50"
        )
    client = session_of(env)
    for who, cookie in (("anonymous", ""), ("signed in", client)):
        counted = {path: statements(env, path, cookie) for path in ("/programmas", PATHS[MIXED][5])}
        print(
            f"SQL, {who}: {', '.join(str(number) for number in counted.values())}; {weight(portal, '/programmas', cookie)}"
        )
    for what, paths in FRESH.items():
        wall = once(portal, paths())
        missed = ask(env, _MISSES, paths=paths())
        ms = sorted(missed["ms"])
        print(
            f"{what}: p50 {statistics.median(wall):.1f}, p95 {wall[int(len(wall) * 0.95)]:.1f} ms;"
            f" SQL {statistics.median(ms):.1f} ms, at most {ms[-1]:.1f}, in {max(missed['sql'])} statements at most"
        )


if __name__ == "__main__":
    main()
