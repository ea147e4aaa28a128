"""The doorbell: a row says what is to do, the task only wakes the worker (architecture.md, how things travel).

Under it what the kernel itself does by the clock.
"""

import logging
import time
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

from . import alarms, jobs, logs

logger = logging.getLogger(__name__)
SILENCE_SECONDS = 5.0  # after a failure nobody waits for the broker again so soon
_silent_until = 0.0
WAIT_SECONDS = 0.5  # D1: the web waits for the broker no longer; the worker's own connections block by design


def enqueue(name: str, *args: int | str) -> None:
    """Sends the task by its registered name after commit. A broken broker delays work and never loses it."""
    transaction.on_commit(partial(_send, name, args), robust=True)


@cache
def _bell() -> Connection:
    """A connection of its own kind: kombu's pools tell it from the worker's by its options."""
    patience = {"socket_timeout": WAIT_SECONDS, "socket_connect_timeout": WAIT_SECONDS}
    return current_app.connection_for_write(transport_options=patience)


def _send(name: str, args: tuple[int | str, ...]) -> None:
    global _silent_until  # noqa: PLW0603 - one breaker a process
    if time.monotonic() < _silent_until:
        return
    try:
        with producers[_bell()].acquire(block=True, timeout=WAIT_SECONDS) as producer:
            current_app.send_task(name, args=args, retry=False, producer=producer)
    except Exception:  # noqa: BLE001 - whatever the broker's client raises: the periodic sweep picks the row up
        _silent_until = time.monotonic() + SILENCE_SECONDS
        logger.warning("task_not_sent task=%s", name)


@shared_task(name="kernel.ring_alarms")
@jobs.logged("kernel.ring_alarms")
def ring_alarms() -> int:
    """Every five minutes: a line at ERROR for each thing a person must look at."""
    return alarms.ring()


@shared_task(name="kernel.forget_runs")
@jobs.once_a_day("kernel.forget_runs")
def forget_runs() -> int:
    """Rows of the run log older than thirteen months go."""
    return jobs.forget_old()


@shared_task(name="kernel.forget_security_log")
@jobs.once_a_day("kernel.forget_security_log")
def forget_security_log() -> int:
    """Days of the security log past their time go (LOG-04)."""
    if not settings.STARS_SECURITY_LOG_FOLDER:
        return 0
    oldest = datetime.now(UTC).date() - timedelta(days=settings.STARS_SECURITY_LOG_DAYS)
    return logs.forget_files(Path(settings.STARS_SECURITY_LOG_FOLDER), oldest)
