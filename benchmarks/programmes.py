"""As many programmes as a measurement wants: copies of the demo's, with all that belongs to them."""

import csv
import random
from itertools import product
from urllib.parse import quote

import psycopg

from local.install import ROOT

from .harness import Env

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
         g.schedule, g.capacity, g.minimum, CASE WHEN c.new % 50 = 0 THEN g.capacity ELSE 0 END
  FROM copied c JOIN catalog_coursegroup g ON g.programme_id = c.old;
DROP TABLE copied;
UPDATE catalog_catalogueversion SET version = version + 1;
"""
OWN = {"id", "number", "code", "name"}
MANY = 100_000  # from here on the indexes are built afterwards, and triggers and foreign keys sleep
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public'
AND tablename IN ('catalog_programme', 'catalog_coursegroup', 'catalog_programmeoffer', 'catalog_programme_venues',
                  'catalog_programme_extra_sectors', 'catalog_programmecompetence')
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""


def grow(env: Env, programmes: int) -> int:
    """Copies until there are about so many; every fiftieth is full. Gives how many there are."""
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        names = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'catalog_programme' AND is_generated = 'NEVER'"
        ).fetchall()
        columns = ", ".join(name for (name,) in names if name not in OWN)
        (present,) = connection.execute("SELECT count(*) FROM catalog_programme").fetchone() or (1,)
        copies = max(0, round(programmes / present) - 1)
        indexes = connection.execute(INDEXES).fetchall() if programmes >= MANY else []
        if indexes:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET maintenance_work_mem = '1GB'")
        for name, _definition in indexes:
            connection.execute(f'DROP INDEX "{name}"'.encode())
        for statement in COPY.format(columns=columns).split(";"):
            if statement.strip():
                connection.execute(statement.replace("%(copies)s", str(copies)).encode())
        for _name, definition in indexes:
            connection.execute(definition.encode())
        connection.execute("VACUUM ANALYZE")
        (number,) = connection.execute("SELECT count(*) FROM catalog_programme").fetchone() or (0,)
    return int(number)


def mixed(seed: int = 7) -> list[str]:
    """Addresses as people filter: none, one, two or three filters, some pages deep; 72 of them."""
    kinds = ["", "veids=module", "veids=study_course", "veids=module_set"]
    sources = ["", "finansejums=imk", "finansejums=mn"]
    modes = ["", "forma=onsite", "forma=remote"]
    pages = ["", "lapa=2"]
    every = ["/programmas?" + "&".join(filter(None, parts)) for parts in product(kinds, sources, modes, pages)]
    random.Random(seed).shuffle(every)
    return [path.rstrip("?") for path in every]


def unseen(number: int, seed: int = 11) -> list[str]:
    """Filter combinations that `mixed` does not ask for, as a crawler walks them."""
    sectors = [f"nozare={sector}" for sector in range(1, 21)]
    levels = [f"digcomp-limenis={level}" for level in range(1, 9)]
    times = ["laiks=weekday_evenings", "laiks=days_off", "laiks=working_hours", "laiks=mixed"]
    ticks = ["", "atverta=1", "vietas=1"]
    every = ["/programmas?" + "&".join(filter(None, parts)) for parts in product(sectors, levels, times, ticks)]
    return random.Random(seed).sample(every, number)


def searched() -> list[str]:
    """The words people look for, as the tests of the search have them."""
    with (ROOT / "tests" / "catalog" / "queries.csv").open(encoding="utf-8") as file:
        return list(dict.fromkeys(row[0] for row in list(csv.reader(file))[1:]))


def typed() -> list[str]:
    """The same words while they are still being typed: every beginning from three letters on."""
    return list(dict.fromkeys(words[:end] for words in searched() for end in range(3, len(words) + 1)))


def asked(path: str, words: list[str]) -> list[str]:
    return [f"{path}?q={quote(one)}" for one in words]
