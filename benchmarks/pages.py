"""The programme page and the client's home, interleaved: `.venv/bin/python -m benchmarks.pages [--programmes 100 10000] [--rounds 3]`.

performance.md 1: at most 8 statements and 40 kB for the one; at most 12 statements and twice the programme page's CPU for
the other, whatever the number of programmes.
"""

import statistics

import psycopg

from .harness import (
    Figures,
    heading,
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
from .programmes import grow

HOME = "/profils"
PROGRAMMES = "SELECT '/programma/' || number FROM catalog_programme WHERE state = 'published' ORDER BY number LIMIT 20"


def main() -> None:
    asked = sizes_asked(__doc__)
    cpu = {size: measure(size, rounds=asked.rounds, seconds=asked.seconds) for size in sorted(asked.programmes)}
    small, large = min(cpu), max(cpu)
    for what in cpu[small]:
        print(f"CPU from {small} to {large} programmes, {what}: {cpu[large][what] / cpu[small][what]:.2f} x")


def measure(size: int, *, rounds: int, seconds: int) -> dict[str, float]:
    """One size in a room of its own; gives the CPU of each page, ms a request."""
    with room() as env:
        number = grow(env, size)
        client = session_of(env)
        with psycopg.connect(env["DATABASE_URL"]) as database:
            programmes = [address for (address,) in database.execute(PROGRAMMES.encode())]
        pages = {
            "programme, anybody": (programmes, ""),
            "programme, client": (programmes, client),
            "client's home": ([HOME], client),
        }
        print(heading(f"{number} programmes, {rounds} rounds of {seconds} s, 8 connections, 2 synchronous workers"))
        figures: dict[str, Figures] = {name: Figures() for name in ("Django's hello", *pages)}
        with (
            serving("hello", "benchmarks.hello:application", env, "/hello") as hello,
            serving("portal", "stars.wsgi:application", env, "/programmas") as portal,
        ):
            for paths, cookie in pages.values():
                warm(portal, paths, cookie)
            for _ in range(rounds):
                press(hello, ["/hello"], figures["Django's hello"], seconds=seconds)
                for name, (paths, cookie) in pages.items():
                    press(portal, paths, figures[name], seconds=seconds, cookie=cookie)
            table(figures)
            for name, (paths, cookie) in pages.items():
                spent = ratio(figures[name].cpu, figures["Django's hello"].cpu)
                sql = max(statements(env, path, cookie) for path in paths[:5])
                print(f"{name}: {sql} statements, {weight(portal, paths[0], cookie)}, CPU {spent:.1f} x hello's")
        home, page = figures["client's home"], figures["programme, client"]
        print(
            f"the client's home costs {ratio(home.cpu, page.cpu):.2f} x the CPU of a programme's page for the same client"
        )
    return {name: statistics.median(figures[name].cpu) for name in pages}


if __name__ == "__main__":
    main()
