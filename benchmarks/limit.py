"""The limit: the catalogue page built by hand, without a framework, doing the whole job and always fresh (performance.md 1).

Two statements a request: the catalogue's version, and the rows with their live free places. The facets' HTML and the total
are kept under the version and the filters, and counted in one pass on a miss. What the rows show stands in one table with its
values as an array under a GIN index. The frame around it is the portal's own, as a constant.
"""

import os
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import psycopg

START = Callable[[str, list[tuple[str, str]]], object]
PER_PAGE = 10
HEAD, FOOT = "LIMIT_HEAD", "LIMIT_FOOT"  # the environment names the files that hold the frame

# What a careful hand would prepare: one row a programme, every value of every facet a number in `tags`.
PREPARE = """
CREATE TABLE limit_tag (id serial PRIMARY KEY, facet text, code text, label text, UNIQUE (facet, code));
CREATE TEMP TABLE limit_carried AS
  SELECT p.id, 'iestade' AS facet, i.code, i.name AS label FROM catalog_programme p JOIN accounts_institution i ON i.id = p.institution_id
  UNION SELECT p.id, 'veids', k.code, k.label FROM catalog_programme p JOIN classifiers_programmekind k ON k.id = p.kind_id
  UNION SELECT o.programme_id, 'finansejums', s.code, s.label
        FROM catalog_programmeoffer o JOIN funding_fundingsource s ON s.id = o.source_id AND s.is_active
  UNION SELECT t.programme_id, 'vieta', m.code, m.name FROM catalog_programme_venues t JOIN catalog_venue v ON v.id = t.venue_id
        JOIN classifiers_municipality m ON m.id = v.municipality_id
  UNION SELECT p.id, 'nozare', s.number::text, s.name FROM catalog_programme p JOIN classifiers_sector s ON s.id = p.sector_id
  UNION SELECT p.id, 'kvalifikacija', q.code, q.label FROM catalog_programme p
        JOIN classifiers_qualification q ON q.id = p.qualification_id
  UNION SELECT c.programme_id, 'digcomp-limenis', c.level::text, c.level::text FROM catalog_programmecompetence c
  UNION SELECT c.programme_id, 'digcomp-joma', a.number::text, a.label FROM catalog_programmecompetence c
        JOIN classifiers_digcompcompetence d ON d.id = c.competence_id JOIN classifiers_digcomparea a ON a.id = d.area_id
  UNION SELECT p.id, 'prasibas', e.code, e.label FROM catalog_programme p JOIN classifiers_prioreducation e ON e.id = p.prior_education_id
  UNION SELECT p.id, 'forma', p.mode, p.mode FROM catalog_programme p
  UNION SELECT p.id, 'laiks', k, k FROM catalog_programme p, unnest(p.schedule_kinds) k;
INSERT INTO limit_tag (facet, code, label) SELECT DISTINCT facet, code, label FROM limit_carried;
CREATE TABLE limit_programme AS
  SELECT p.id, p.number, p.name, i.name AS institution, k.label AS kind, p.hours_total AS hours, p.mode, o.label AS source,
    o.price_cents AS price, coalesce(v.label, '') AS venue,
    w.tags
  FROM catalog_programme p
  JOIN (SELECT c.id, array_agg(t.id) AS tags FROM limit_carried c JOIN limit_tag t USING (facet, code) GROUP BY c.id) w ON w.id = p.id
  JOIN accounts_institution i ON i.id = p.institution_id AND i.is_active
  JOIN classifiers_programmekind k ON k.id = p.kind_id
  JOIN LATERAL (SELECT s.label, f.price_cents FROM catalog_programmeoffer f JOIN funding_fundingsource s ON s.id = f.source_id
                WHERE f.programme_id = p.id ORDER BY s.position LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT string_agg(CASE WHEN a.is_remote THEN a.name ELSE a.address END, ', ') AS label
                     FROM catalog_programme_venues t JOIN catalog_venue a ON a.id = t.venue_id WHERE t.programme_id = p.id) v ON true
  WHERE p.state = 'published';
ALTER TABLE limit_programme ADD PRIMARY KEY (id);
CREATE INDEX ON limit_programme USING gin (tags);
CREATE INDEX ON limit_programme (name, id);
ANALYZE limit_programme;
"""
ROWS = """
SELECT p.number, p.name, p.institution, p.kind, p.hours, p.mode, p.source, p.price, g.free, g.places, p.venue
FROM (SELECT * FROM limit_programme {where} ORDER BY name, id LIMIT {limit} OFFSET {offset}) p
LEFT JOIN LATERAL (SELECT sum(capacity - taken) AS free, sum(capacity) AS places FROM catalog_coursegroup
                   WHERE programme_id = p.id AND state = 'forming' AND starts_on > current_date) g ON true
ORDER BY p.name, p.id
"""
FACETS = """
SELECT t.facet, t.code, t.label, count(*) FILTER (WHERE {others}) FROM limit_programme p CROSS JOIN LATERAL unnest(p.tags) u (tag)
JOIN limit_tag t ON t.id = u.tag GROUP BY t.id
UNION ALL SELECT '', '', '', count(*) FROM limit_programme {where}
"""
PAGE = (
    '<div class="shell page with-side catalogue"><form class="card filters"><h2>Filtri</h2>{facets}<button>Lietot filtrus</button></form>'
    '<section><h2>Atrastas {total} programmas</h2><div class="list results-list">{rows}</div></section></div>'
)

_connection: psycopg.Connection[tuple[Any, ...]] | None = None
_kept: dict[tuple[int, str], tuple[int, str]] = {}
_tags: dict[tuple[str, str], int] = {}
_head, _foot = (Path(os.environ[name]).read_text() if name in os.environ else "" for name in (HEAD, FOOT))


def connection() -> psycopg.Connection[tuple[Any, ...]]:
    global _connection  # noqa: PLW0603 - one connection a worker, as the limit demands
    if _connection is None:
        _connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1)
        _tags.update(
            {(facet, code): tag for tag, facet, code in _connection.execute("SELECT id, facet, code FROM limit_tag")}
        )
    return _connection


def facets(version: int, key: str, chosen: dict[str, list[int]]) -> tuple[int, str]:
    """The total and the filters as HTML: every value with its count under the other filters."""
    if (version, key) not in _kept:
        others = " AND ".join(f"(t.facet = '{name}' OR p.tags && %({name})s::int[])" for name in chosen) or "true"
        found = connection().execute(FACETS.format(others=others, where=_where(chosen)), chosen).fetchall()
        total = next(count for facet, _, _, count in found if not facet)
        parts = [
            f'<label class="choice" for="f-{facet}-{escape(code)}"><input type="checkbox" name="{facet}" value="{escape(code)}"'
            f' id="f-{facet}-{escape(code)}"><span>{escape(label)}</span><span class="count num">{count}</span></label>'
            for facet, code, label, count in found
            if facet
        ]
        _kept[(version, key)] = (total, "".join(parts))
    return _kept[(version, key)]


def _where(chosen: dict[str, list[int]]) -> str:
    return "WHERE " + " AND ".join(f"tags && %({name})s::int[]" for name in chosen) if chosen else ""


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}\u00a0€"


def card(row: tuple[Any, ...]) -> str:
    number, name, institution, kind, hours, mode, source, price, free, places, venue = row
    return (
        f'<article class="card prog"><div class="prog-main"><p class="prog-kind"><span class="src">{escape(source)}</span>'
        f'<span>{escape(kind)}</span></p><h3 class="prog-title"><a href="/programma/{number}">{escape(name)}</a></h3>'
        f'<p class="prog-by">{escape(institution)}</p><ul class="meta"><li>{escape(venue)}</li><li>{hours} stundas</li><li>{mode}</li></ul>'
        f'</div><dl class="prog-side"><div class="pair"><dt>Mācību maksa</dt><dd class="num">{euros(price)}</dd></div>'
        f'<div><dt>Personas līdzfinansējums</dt><dd class="own num">{euros(max(0, price - 50000))}</dd></div>'
        f'<div class="full"><dt class="vh">Brīvās vietas</dt><dd>Brīvo vietu skaits <strong>{free or 0}/{places or 0}</strong>'
        f'<progress class="bar" max="{places or 0}" value="{free or 0}"></progress></dd></div></dl></article>'
    )


def application(environ: dict[str, Any], start_response: START) -> Iterable[bytes]:
    chosen: dict[str, list[int]] = {}
    page = 1
    database = connection()
    for name, value in parse_qsl(environ["QUERY_STRING"]):
        if name == "lapa":
            page = int(value)
        else:
            chosen.setdefault(name, []).append(_tags.get((name, value), 0))
    (version,) = database.execute("SELECT version FROM catalog_catalogueversion").fetchone() or (0,)
    total, html = facets(version, repr(sorted(chosen.items())), chosen)
    offset = (min(page, max(1, -(-total // PER_PAGE))) - 1) * PER_PAGE
    rows = database.execute(ROWS.format(where=_where(chosen), limit=PER_PAGE, offset=offset), chosen).fetchall()
    middle = PAGE.format(facets=html, total=total, rows="".join(card(row) for row in rows))
    body = f"{_head}{middle}{_foot}".encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
