"""What must be looked at by a person (reliability.md 9): asked of the data, so that an alarm nobody saw is still there later."""

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from . import health, jobs
from .models import JobRun

logger = logging.getLogger(__name__)

BACKUP = "backup"
BACKUP_AGE = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Alarm:
    """`name` is the event in the log, `count` how much of it there is, `what` one line without personal data."""

    name: str
    what: str
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# name -> (what it means, the statement that counts it); apps add theirs from `ready`.
COUNTED: dict[str, tuple[str, str]] = {}
# name -> (words for the list of looks, the statement that gives the numbers of its entries); an alarm of the same name counts them.
UNUSUAL_LOOKS: dict[str, tuple[Any, str]] = {}


def ringing() -> list[Alarm]:
    """Every alarm that rings now."""
    return [*_neighbours(), *_counted(), *_jobs(), *_backup()]


def ring() -> int:
    """One line at ERROR for each; gives how many. Whoever reads the log needs no other way to hear them."""
    found = ringing()
    for alarm in found:
        logger.error("alarm name=%s count=%s what=%s", alarm.name, alarm.count, alarm.what)
    return len(found)


def _neighbours() -> list[Alarm]:
    state = health.state()
    return [
        Alarm(f"not_well_{name}", f"the probe {name!r} of /readyz says no")
        for name, is_well in {**state.required, **state.degrading}.items()
        if not is_well
    ]


def _counted() -> list[Alarm]:
    found = []
    with connection.cursor() as cursor:
        for name, (what, statement) in sorted(COUNTED.items()):
            cursor.execute(statement)
            if count := cursor.fetchone()[0]:
                found.append(Alarm(name, what, count))
    return found


def _jobs() -> list[Alarm]:
    """Jobs of beat that have not succeeded for too long, or whose last run failed. One that never ran is not late yet."""
    now, found = timezone.now(), []
    newest = {run.job: run for run in JobRun.objects.order_by("job", "day")}
    succeeded = dict(JobRun.objects.values_list("job").annotate(Max("done_at")).order_by("job"))
    for job, seconds in sorted(jobs.periods().items()):
        run, done_at = newest.get(job), succeeded.get(job)
        if run is None:
            continue
        if run.last_error:
            found.append(Alarm("job_failed", f"{job}: {run.last_error}", run.failures))
        elif (done_at or run.started_at) < now - timedelta(seconds=seconds):
            found.append(
                Alarm("job_late", f"{job} has not succeeded since {done_at or run.started_at:%Y-%m-%d %H:%M} UTC")
            )
    return found


def _backup() -> list[Alarm]:
    if not settings.STARS_BACKUP_EXPECTED:
        return []
    last = JobRun.objects.filter(job=BACKUP, done_at__isnull=False).order_by("-done_at").first()
    if last is not None and last.done_at is not None and last.done_at > timezone.now() - BACKUP_AGE:
        return []
    return [Alarm("backup_old", "no backup has finished within 26 hours")]
