"""The catalogue page against its limit, interleaved: `.venv/bin/python -m benchmarks.catalogue [--programmes 10000] [--rounds 3]`."""

import argparse
import os
import random
import subprocess
import sys
import urllib.request
from itertools import product

import psycopg

from local.install import ROOT

from .harness import Figures, Server, manage, press, room, serving

# Copies of the demo's programmes with all that belongs to them, until there are as many as asked for.
COPY = """
CREATE TEMP TABLE copied AS
  SELECT p.id AS old, nextval(pg_get_serial_sequence('catalog_programme', 'id')) AS new, n
  FROM catalog_programme p, generate_series(1, %(copies)s) n;
INSERT INTO catalog_programme ({columns}, id, number, code, name)
  SELECT {columns}, c.new, 100000 + c.new, p.code || '-' || c.n, p.name || ' ' || c.n
  FROM copied c JOIN catalog_programme p ON p.id = c.old;
INSERT INTO catalog_programmeoffer (programme_id, source_id, price_cents)
  SELECT c.new, o.source_id, o.price_cents FROM copied c JOIN catalog_programmeoffer o ON o.programme_id = c.old;
INSERT INTO catalog_programme_venues (programme_id, venue_id)
  SELECT c.new, v.venue_id FROM copied c JOIN catalog_programme_venues v ON v.programme_id = c.old;
INSERT INTO catalog_programme_extra_sectors (programme_id, sector_id)
  SELECT c.new, s.sector_id FROM copied c JOIN catalog_programme_extra_sectors s ON s.programme_id = c.old;
INSERT INTO catalog_programmecompetence (programme_id, competence_id, level, description)
  SELECT c.new, t.competence_id, t.level, t.description
  FROM copied c JOIN catalog_programmecompetence t ON t.programme_id = c.old;
INSERT INTO catalog_coursegroup (reference, code, programme_id, venue_id, state, starts_on, ends_on, schedule_kind,
                                 schedule, capacity, minimum, taken)
  SELECT gen_random_uuid(), g.code || '-' || c.n, c.new, g.venue_id, g.state, g.starts_on, g.ends_on, g.schedule_kind,
         g.schedule, g.capacity, g.minimum, 0
  FROM copied c JOIN catalog_coursegroup g ON g.programme_id = c.old;
DROP TABLE copied;
"""
OWN = {"id", "number", "code", "name"}


def grow(url: str, programmes: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'catalog_programme' AND is_generated = 'NEVER'"
        ).fetchall()
        columns = ", ".join(name for (name,) in names if name not in OWN)
        copies = max(0, -(-programmes // 110) - 1)
        for statement in COPY.format(columns=columns).split(";"):
            if statement.strip():
                connection.execute(statement.replace("%(copies)s", str(copies)).encode())
        connection.execute("UPDATE catalog_catalogueversion SET version = version + 1")
        connection.execute("VACUUM ANALYZE")


def mixed(seed: int = 7) -> list[str]:
    """Addresses as people filter: none, one or two filters, some pages deep."""
    kinds = ["", "veids=module", "veids=study_course", "veids=module_set"]
    sources = ["", "finansejums=imk", "finansejums=mn", "finansejums=varam"]
    modes = ["", "forma=onsite", "forma=remote"]
    pages = ["", "lapa=2"]
    every = ["/programmas?" + "&".join(filter(None, parts)) for parts in product(kinds, sources, modes, pages)]
    random.Random(seed).shuffle(every)
    return [path.rstrip("?") for path in every]


def statements(env: dict[str, str], path: str) -> int:
    """How many SQL statements one anonymous page costs once its facets are kept."""
    script = (
        "import django; django.setup()\n"
        "from django.db import connection; from django.test import Client; from django.test.utils import CaptureQueriesContext\n"
        f"client = Client(); client.get({path!r})\n"
        f"with CaptureQueriesContext(connection) as seen: client.get({path!r})\n"
        "print(len(seen))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def weight(server: Server, path: str) -> str:
    def size(encoding: str) -> int:
        request = urllib.request.Request(server.url(path), headers={"Accept-Encoding": encoding})
        with urllib.request.urlopen(request, timeout=20) as reply:
            return len(reply.read())

    return f"{size('identity') / 1000:.1f} kB, {size('gzip') / 1000:.1f} kB gzipped"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    asked = parser.parse_args()
    with room() as env:
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "load_demo")
        manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        grow(env["DATABASE_URL"], asked.programmes)
        figures: dict[str, Figures] = {}
        variants = {
            "hello": ["/hello"],
            "limit, unfiltered": ["/programmas"],
            "portal, unfiltered": ["/programmas"],
            "limit, mixed filters": mixed(),
            "portal, mixed filters": mixed(),
        }
        with (
            serving("limit", "benchmarks.limit:application", env, "/programmas") as limit,
            serving("portal", "stars.wsgi:application", env, "/programmas") as portal,
        ):
            for path in mixed():  # the kept facets of both are warm: the price of a miss is printed apart
                urllib.request.urlopen(limit.url(path)).read()
                urllib.request.urlopen(portal.url(path)).read()
            for _ in range(asked.rounds):
                for name, paths in variants.items():
                    server = portal if name.startswith("portal") else limit
                    press(server, paths, figures.setdefault(name, Figures()), env, seconds=asked.seconds)
            print(f"catalogue of {asked.programmes} programmes, {asked.rounds} rounds, {os.cpu_count()} cores")
            for name, found in figures.items():
                print(found.line(name))
            for kind in ("unfiltered", "mixed filters"):
                ours, best = figures[f"portal, {kind}"], figures[f"limit, {kind}"]
                ratio = sorted(mine / theirs for mine, theirs in zip(ours.rate, best.rate, strict=True))
                print(f"portal against the limit, {kind}: {100 * ratio[len(ratio) // 2]:.0f} %")
            hello = sorted(figures["hello"].cpu)[asked.rounds // 2]
            print(
                f"CPU against hello, mixed: {sorted(figures['portal, mixed filters'].cpu)[asked.rounds // 2] / hello:.1f} x"
            )
            print(f"SQL statements, anonymous: {statements(env, '/programmas?finansejums=imk')}")
            print(f"page: {weight(portal, '/programmas')}")


if __name__ == "__main__":
    main()
