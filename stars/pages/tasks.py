"""What is asked of all data by the clock, and files of own data."""

import logging

from celery import shared_task

from stars.kernel import jobs
from stars.kernel.actor import Actor
from stars.pages import invariants, services

logger = logging.getLogger(__name__)


class InvariantsBrokenError(Exception):
    """Something that must always be true is not; the log has a line for each rule."""


@shared_task(name="pages.check_invariants")
@jobs.once_a_day("pages.check_invariants")
def check_invariants() -> None:
    """Every night: the audit chains and everything else of reliability.md 3; what is broken rings until it is mended."""
    with invariants.snapshot():
        found = invariants.check()
    for breach in found:
        logger.error("invariant_broken rule=%s count=%s says=%s", breach.rule, breach.count, breach.says)
    if found:
        raise InvariantsBrokenError(", ".join(sorted({breach.rule for breach in found})))


@shared_task(name="pages.apply_retention")
@jobs.once_a_day("pages.apply_retention")
def apply_retention() -> None:
    """Every night: who is to be erased in a month is told, what is past its time goes (GDP-02); the log says how much."""
    job = Actor.system("pages.apply_retention")
    if told := services.warn_of_erasure(by=job):
        logger.info("erasure_warned people=%s", told)
    for line in services.apply_retention(by=job):
        if line.number:
            logger.info("retention subject=%s rows=%s days=%s", line.subject, line.number, line.days)


@shared_task(name="pages.make_export")
def make_export(pk: int) -> None:
    """Rung for each person who asks for the file of their data."""
    services.make_export(export_id=pk)


@shared_task(name="pages.exports_due")
@jobs.logged("pages.exports_due")
def exports_due() -> None:
    """Every minute: files no bell rang for are made, files past their day go."""
    for pk in services.exports_to_make():
        services.make_export(export_id=pk)
    services.drop_expired_exports()
