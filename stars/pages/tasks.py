"""What is asked of all data by the clock."""

import logging

from celery import shared_task

from stars.kernel import jobs
from stars.pages import invariants

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
