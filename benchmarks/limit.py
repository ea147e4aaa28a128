"""The limit: the catalogue page built by hand, without a framework, doing the whole job and always fresh (performance.md 1).

Two statements a request: the catalogue's version, and the rows with their live free places. The facets' HTML and the total are kept
under the version and the filters, and counted in one pass on a miss.
"""

import os
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import psycopg

START = Callable[[str, list[tuple[str, str]]], object]
PER_PAGE = 10
FILTERS = {
    "veids": "k.code = ANY(%s)",
    "finansejums": "EXISTS (SELECT 1 FROM catalog_programmeoffer f JOIN funding_fundingsource fs ON fs.id = f.source_id"
    " WHERE f.programme_id = p.id AND fs.code = ANY(%s))",
    "forma": "p.mode = ANY(%s)",
    "nozare": "sec.number::text = ANY(%s)",
    "digcomp-limenis": "EXISTS (SELECT 1 FROM catalog_programmecompetence c WHERE c.programme_id = p.id AND c.level::text = ANY(%s))",
}
TABLES = """
FROM catalog_programme p
JOIN accounts_institution i ON i.id = p.institution_id AND i.is_active
JOIN classifiers_programmekind k ON k.id = p.kind_id
JOIN classifiers_sector sec ON sec.id = p.sector_id
"""
ROWS = """
SELECT p.number, p.name, i.name, k.label, p.hours_total, p.mode, o.label, o.price_cents, g.free, g.places, v.label
{tables}
JOIN LATERAL (SELECT s.label, f.price_cents FROM catalog_programmeoffer f JOIN funding_fundingsource s ON s.id = f.source_id
              WHERE f.programme_id = p.id ORDER BY s.position LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT sum(capacity - taken) AS free, sum(capacity) AS places FROM catalog_coursegroup
                   WHERE programme_id = p.id AND state = 'forming' AND starts_on > current_date) g ON true
LEFT JOIN LATERAL (SELECT string_agg(CASE WHEN a.is_remote THEN a.name ELSE a.address END, ', ') AS label
                   FROM catalog_programme_venues t JOIN catalog_venue a ON a.id = t.venue_id WHERE t.programme_id = p.id) v ON true
WHERE p.state = 'published' {where} ORDER BY p.name, p.id LIMIT {limit} OFFSET {offset}
"""
FACETS = """
WITH base AS MATERIALIZED (SELECT p.id, p.kind_id, p.mode, p.sector_id, p.institution_id, p.qualification_id {tables}
                           WHERE p.state = 'published' {where})
SELECT 'veids', kind_id::text, count(*) FROM base GROUP BY 2
UNION ALL SELECT 'forma', mode, count(*) FROM base GROUP BY 2
UNION ALL SELECT 'nozare', sector_id::text, count(*) FROM base GROUP BY 2
UNION ALL SELECT 'iestade', institution_id::text, count(*) FROM base GROUP BY 2
UNION ALL SELECT 'kvalifikacija', qualification_id::text, count(*) FROM base GROUP BY 2
UNION ALL SELECT 'finansejums', o.source_id::text, count(*) FROM base JOIN catalog_programmeoffer o ON o.programme_id = base.id GROUP BY 2
UNION ALL SELECT 'digcomp-limenis', c.level::text, count(DISTINCT base.id) FROM base
  JOIN catalog_programmecompetence c ON c.programme_id = base.id GROUP BY 2
UNION ALL SELECT 'vieta', v.venue_id::text, count(*) FROM base JOIN catalog_programme_venues v ON v.programme_id = base.id GROUP BY 2
UNION ALL SELECT '', '', count(*) FROM base
"""

_connection: psycopg.Connection[tuple[Any, ...]] | None = None
_kept: dict[tuple[int, str], tuple[int, str]] = {}


def connection() -> psycopg.Connection[tuple[Any, ...]]:
    global _connection  # noqa: PLW0603 - one connection a worker, as the limit demands
    if _connection is None:
        _connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1)
    return _connection


def facets(version: int, query: str, where: str, values: list[list[str]]) -> tuple[int, str]:
    if (version, query) not in _kept:
        found = connection().execute(FACETS.format(tables=TABLES, where=where), values).fetchall()
        total = next(count for facet, _, count in found if not facet)
        parts = [
            f'<label><input type="checkbox" name="{facet}" value="{escape(value or "")}">{escape(value or "")} <span>{count}</span></label>'
            for facet, value, count in found
            if facet
        ]
        _kept[(version, query)] = (total, "".join(parts))
    return _kept[(version, query)]


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}\u00a0€"


def card(row: tuple[Any, ...]) -> str:
    number, name, institution, kind, hours, mode, source, price, free, places, venue = row
    return (
        f'<article class="card prog"><div class="prog-main"><p><span class="src">{escape(source)}</span><span>{escape(kind)}</span></p>'
        f'<h3><a href="/programma/{number}">{escape(name)}</a></h3><p>{escape(institution)}</p>'
        f"<ul><li>{escape(venue or '')}</li><li>{hours} stundas</li><li>{mode}</li></ul></div>"
        f'<div class="prog-side"><dl><dt>Mācību maksa</dt><dd>{euros(price)}</dd><dt>Personas līdzfinansējums</dt>'
        f"<dd>{euros(max(0, price - 50000))}</dd></dl><p>Brīvo vietu skaits <b>{free or 0}/{places or 0}</b></p>"
        f'<progress max="{places or 0}" value="{free or 0}"></progress></div></article>'
    )


def application(environ: dict[str, Any], start_response: START) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/hello":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]
    query = environ["QUERY_STRING"]
    chosen: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        chosen.setdefault(name, []).append(value)
    names = [name for name in FILTERS if name in chosen]
    where = "".join(f" AND {FILTERS[name]}" for name in names)
    values = [chosen[name] for name in names]
    page = int(chosen.get("lapa", ["1"])[0])
    version = connection().execute("SELECT version FROM catalog_catalogueversion").fetchone()
    total, facet_html = facets(version[0] if version else 0, query, where, values)
    statement = ROWS.format(tables=TABLES, where=where, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    rows = connection().execute(statement, values).fetchall()
    body = (
        '<!doctype html><html lang="lv"><head><meta charset="utf-8"><title>Izglītības programmas – STARS</title></head><body><main>'
        f'<h1>Izglītības programmas</h1><form><input name="q" type="search"><button>Meklēt</button>{facet_html}</form>'
        f"<h2>Atrastas {total} programmas</h2>{''.join(card(row) for row in rows)}</main></body></html>"
    ).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
