"""The run log of what beat rings for: one row a job and local day, so that a day's work is done once and silence is seen.

T3: beat counts in UTC and the key of a run is (job, day in Riga), so a night with an hour too many or too few runs once.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from .logs import words_of
from .models import JobRun

logger = logging.getLogger(__name__)
Task = TypeVar("Task", bound=Callable[..., Any])

BEAT = "beat"
AGAIN_AFTER = timedelta(hours=1)  # a day's work that was cut short may be begun again
NOTED_EVERY = 30.0  # seconds: a job that runs every five writes its row no more often
KEPT = timedelta(days=400)
DAY = 26 * 3600.0  # a day's job is late after this

# Written in one statement each: two workers that run one job at once meet in the database.
STARTED = """
INSERT INTO kernel_jobrun (job, day, started_at, done_at, runs, failures, last_error)
VALUES (%(job)s, %(day)s, %(now)s, NULL, 1, 0, '')
ON CONFLICT (job, day) DO UPDATE SET started_at = %(now)s, runs = kernel_jobrun.runs + 1
WHERE kernel_jobrun.done_at IS NULL AND kernel_jobrun.started_at < %(before)s
RETURNING id
"""
DONE = """
INSERT INTO kernel_jobrun (job, day, started_at, done_at, runs, failures, last_error)
VALUES (%(job)s, %(day)s, %(now)s, %(now)s, 1, 0, '')
ON CONFLICT (job, day) DO UPDATE SET done_at = %(now)s, runs = kernel_jobrun.runs + %(more)s, last_error = ''
"""
FAILED = """
INSERT INTO kernel_jobrun (job, day, started_at, done_at, runs, failures, last_error)
VALUES (%(job)s, %(day)s, %(now)s, NULL, 1, 1, %(error)s)
ON CONFLICT (job, day) DO UPDATE
SET failures = kernel_jobrun.failures + 1, last_error = %(error)s
"""
_noted: dict[str, float] = {}


def logged(job: str) -> Callable[[Task], Task]:
    """Stands under `@shared_task`: the job's row of today tells when it last succeeded, or why it did not."""

    def decorate(task: Task) -> Task:
        @wraps(task)
        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                result = task(*args, **kwargs)
            except Exception as error:
                note_failure(job, error)
                raise
            _note_success(job)
            return result

        run.logged_as = job  # type: ignore[attr-defined]
        return cast("Task", run)

    return decorate


def once_a_day(job: str) -> Callable[[Task], Task]:
    """Stands under `@shared_task`: whoever comes second on one local day does nothing (O4, T3)."""

    def decorate(task: Task) -> Task:
        @wraps(task)
        def run(*args: Any, **kwargs: Any) -> Any:
            if not _claim(job):
                return None
            try:
                result = task(*args, **kwargs)
            except Exception as error:
                note_failure(job, error)
                raise
            note_done(job, more=0)
            return result

        run.logged_as = job  # type: ignore[attr-defined]
        return cast("Task", run)

    return decorate


def note_done(job: str, *, more: int = 1) -> None:
    """The job has succeeded now. Commands that a timer of the host starts (the backup) call it themselves."""
    _write(DONE, job, more=more)


def note_failure(job: str, error: BaseException) -> None:
    _noted.pop(job, None)
    logger.error("job_failed job=%s error=%s", job, type(error).__name__)
    _write(FAILED, job, error=words_of(error)[:200])


def _note_success(job: str) -> None:
    now = time.monotonic()
    if now - _noted.get(job, -NOTED_EVERY) >= NOTED_EVERY:
        note_done(job)
        _noted[job] = now


def _claim(job: str) -> bool:
    return bool(_write(STARTED, job, before=timezone.now() - AGAIN_AFTER))


def _write(statement: str, job: str, **more: Any) -> int:
    """Gives the number of rows written; a log that cannot be written stops nobody."""
    now = timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"job": job, "day": timezone.localdate(now), "now": now, **more})
            return int(cursor.rowcount)
    except Error as error:
        logger.warning("run_not_noted job=%s error=%s", job, type(error).__name__)
        return 0


def forget_old() -> int:
    """Rows past their time go."""
    return JobRun.objects.filter(day__lt=timezone.localdate() - KEPT).delete()[0]


def periods() -> dict[str, float]:
    """How many seconds each job of beat may be silent before it counts as late."""
    found: dict[str, float] = {}
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        schedule = entry["schedule"]
        found[entry["task"]] = max(3 * schedule, schedule + 180) if isinstance(schedule, float | int) else DAY
    return found
