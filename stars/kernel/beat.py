"""Celery's beat, of which one at a time rings (O4): the leader holds a lock of the database and writes that it lives."""

import logging
import time
from pathlib import Path
from typing import Any

import psycopg
from celery.beat import PersistentScheduler

from . import direct
from .jobs import BEAT

logger = logging.getLogger(__name__)

LOCK = 7_822_771  # a number nobody else of this database uses
WAIT = 5.0  # seconds until one who does not lead looks again
ALIVE_EVERY = 30.0
# A leader that freezes says nothing any more: the server ends its session, and with it the lock.
FROZEN_AFTER = "60s"
LEAD = "SELECT pg_try_advisory_lock(%s)"
ALIVE = """
INSERT INTO kernel_jobrun (job, day, started_at, done_at, runs, failures, last_error)
VALUES (%s, (now() AT TIME ZONE 'Europe/Riga')::date, now(), now(), 1, 0, '')
ON CONFLICT (job, day) DO UPDATE SET done_at = now(), runs = kernel_jobrun.runs + 1
"""


class OneBeat(PersistentScheduler):
    """Two of these do no harm: one rings, the other waits until the first is gone."""

    schedule_filename: str
    _link: psycopg.Connection[Any] | None = None
    _told_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Ring for what is due, if we lead; gives the seconds until the next look."""
        Path(f"{self.schedule_filename}.alive").touch()  # for the container's health check, whoever leads
        if not self.leads():
            return WAIT
        return min(float(super().tick(*args, **kwargs)), ALIVE_EVERY)

    def leads(self) -> bool:
        """Whether the lock is ours now, said to the database and not remembered."""
        try:
            if self._link is None:
                return self._begin()
            self._tell_alive(self._link)
        except psycopg.Error as error:
            logger.warning("beat_lost_its_lock error=%s", type(error).__name__)
            self._drop()
            return False
        return True

    def _begin(self) -> bool:
        link = direct.connect(seconds=5)
        try:
            link.execute(f"SET idle_session_timeout = '{FROZEN_AFTER}'")
            row = link.execute(LEAD, [LOCK]).fetchone()
            if row is None or not row[0]:
                link.close()
                return False
            self._tell_alive(link)
        except psycopg.Error:
            link.close()
            raise
        self._link = link
        logger.info("beat_leads")
        return True

    def _tell_alive(self, link: psycopg.Connection[Any]) -> None:
        now = time.monotonic()
        if self._link is None or now - self._told_at >= ALIVE_EVERY:
            link.execute(ALIVE, [BEAT])
            self._told_at = now
        else:
            link.execute("SELECT 1")

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def close(self) -> None:
        self._drop()
        super().close()
