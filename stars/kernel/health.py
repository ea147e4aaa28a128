"""What the portal needs and how it is (reliability.md 9): probes of at most a second, all at once, their answer kept five.

The kernel knows the database, keys, disk, queue and clock; an app adds what it needs itself from its `ready`.
"""

import logging
import shutil
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db.migrations.loader import MigrationLoader
from redis import Redis
from redis.exceptions import RedisError

from . import direct, keys

logger = logging.getLogger(__name__)

Probe = Callable[[], bool]
EACH = 1.0  # seconds a probe may take
TOGETHER = (
    2.5  # until the answer goes out, whoever is still asked: a machine short of breath is not a portal that is away
)
KEPT = 5.0
LEAST_FREE = 0.05  # of the disk
MOST_DRIFT = 1.0  # seconds between our clock and the database's

MIGRATED = "SELECT app, name FROM django_migrations"
# The real thing, undone at once: a right that is gone, a full disk and a read-only server are all found.
AUDIT = """
INSERT INTO kernel_auditentry (object_type, object_id, sequence, action, from_state, to_state, actor_role, actor_label, data,
                               request_id, at, seal)
VALUES ('readyz', 'readyz', 0, 'probe', '', '', 'system', 'readyz', '{}', '', now(), '')
"""
ACCESS = """
INSERT INTO kernel_accessentry (person_id, actor_role, actor_label, what, purpose, request_id, at)
VALUES (gen_random_uuid(), 'system', 'readyz', 'probe', 'probe', '', now())
"""
# Statements that tell whether all is well; apps add theirs.
STATEMENTS: dict[str, str] = {
    "beat": "SELECT coalesce(max(done_at) > now() - interval '3 minutes', false) FROM kernel_jobrun WHERE job = 'beat'",
}
NEIGHBOURS: dict[str, Probe] = {}


@dataclass
class State:
    """Each probe's answer; `required` ones decide whether the portal can serve."""

    required: dict[str, bool] = field(default_factory=dict)
    degrading: dict[str, bool] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return all(self.required.values())

    @property
    def word(self) -> str:
        if not self.is_ready:
            return "unavailable"
        return "ready" if all(self.degrading.values()) else "degraded"


def state() -> State:
    """How everything is, at most five seconds old; while one request looks, others wait for its answer."""
    with _looking:
        known: State | None = cache.get("health")
        if known is None:
            known = look()
            cache.set("health", known, KEPT)
    return known


_looking = threading.Lock()


def look() -> State:
    """Ask everything at once. Whoever has not answered when the time is up is not well."""
    answers: dict[str, bool] = {}
    groups: list[tuple[tuple[str, ...], Callable[[], Mapping[str, bool]]]] = [
        (("database", "migrations", "keys", "audit", "clock", *STATEMENTS), _ask_database),
        (("disk",), lambda: {"disk": _has_room()}),
        *(((name,), _one(name, probe)) for name, probe in {"queue": _queue_answers, **NEIGHBOURS}.items()),
    ]
    threads = [threading.Thread(target=_into, args=(answers, *group), daemon=True) for group in groups]
    for thread in threads:
        thread.start()
    last = time.monotonic() + TOGETHER
    for thread in threads:
        thread.join(max(0.0, last - time.monotonic()))
    found = dict(answers)  # a thread that comes too late changes nothing any more
    names = [name for group, _ in groups for name in group]
    required = ("database", "migrations", "keys", "audit", "disk")
    return State(
        {name: found.get(name, False) for name in required},
        {name: found.get(name, False) for name in names if name not in required},
    )


def _one(name: str, probe: Probe) -> Callable[[], Mapping[str, bool]]:
    return lambda: {name: probe()}


def _into(answers: dict[str, bool], names: tuple[str, ...], ask: Callable[[], Mapping[str, bool]]) -> None:
    try:
        answers.update(ask())
    except (psycopg.Error, RedisError, smtplib.SMTPException, OSError) as error:
        logger.warning("probe_failed probe=%s error=%s", names[0], type(error).__name__)


# --- the database ---------------------------------------------------------------------------------


def _ask_database() -> dict[str, bool]:
    """One connection for all its questions; an answer that is missing counts as no."""
    found: dict[str, bool] = {}
    with direct.asked(seconds=EACH) as cursor:
        found["database"] = True
        found["clock"] = _clocks_agree(cursor)
        for name, ask in (("migrations", _is_migrated), ("keys", _keys_fit), ("audit", _audit_is_writable)):
            found[name] = _asked(name, ask, cursor)
        for name, statement in STATEMENTS.items():
            found[name] = _asked(name, partial(_says_yes, statement), cursor)
    return found


def _asked(name: str, ask: Callable[[psycopg.Cursor[Any]], bool], cursor: psycopg.Cursor[Any]) -> bool:
    try:
        return ask(cursor)
    except psycopg.Error as error:
        logger.warning("probe_failed probe=%s error=%s", name, type(error).__name__)
        return False


def _says_yes(statement: str, cursor: psycopg.Cursor[Any]) -> bool:
    row = cursor.execute(statement).fetchone()
    return row is not None and bool(row[0])


def _clocks_agree(cursor: psycopg.Cursor[Any]) -> bool:
    """T5: the time there against ours half-way through the question."""
    before = datetime.now(UTC)
    row = cursor.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    ours = before + (datetime.now(UTC) - before) / 2
    return bool(abs((row[0] - ours).total_seconds()) <= MOST_DRIFT)


def _is_migrated(cursor: psycopg.Cursor[Any]) -> bool:
    return _on_disk() <= set(cursor.execute(MIGRATED).fetchall())


def _on_disk() -> set[tuple[str, str]]:
    """The migrations this code was started with; read once, so that a newer release beside us changes nothing."""
    if not _migrations:
        _migrations.update(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)
    return _migrations


_migrations: set[tuple[str, str]] = set()


def _keys_fit(cursor: psycopg.Cursor[Any]) -> bool:
    return not list(keys.problems_with(dict(cursor.execute(keys.KNOWN).fetchall())))


def _audit_is_writable(cursor: psycopg.Cursor[Any]) -> bool:
    """F23: without a trail there is no change, and without a note nobody is shown."""
    with cursor.connection.transaction(force_rollback=True):
        cursor.execute(AUDIT)
        cursor.execute(ACCESS)
    return True


# --- around the portal -----------------------------------------------------------------------------


def _has_room() -> bool:
    folders = (Path(settings.MEDIA_ROOT), settings.VAR_DIR, settings.BASE_DIR)
    return all(_free_share(folder) >= LEAST_FREE for folder in folders if folder.exists())


def _free_share(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def _queue_answers() -> bool:
    url = settings.REDIS_URL.replace("redis+socket://", "unix://")
    with Redis.from_url(url, socket_timeout=EACH / 2, socket_connect_timeout=EACH / 2) as queue:
        return bool(queue.ping())


def takes_mail() -> bool:
    """Whether the mail server greets."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=EACH / 2) as server:
        return server.noop()[0] == 250


def listens(address: str) -> bool:
    """Whether somebody takes connections at the host and port of this address."""
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    with socket.create_connection((parts.hostname or "", port), timeout=EACH):
        return True


def replies(host: str, port: int, ask: bytes, reply: bytes) -> bool:
    """Whether a small question gets its answer."""
    with socket.create_connection((host, port), timeout=EACH / 2) as link:
        link.settimeout(EACH / 2)
        link.sendall(ask)
        return link.recv(len(reply)) == reply
