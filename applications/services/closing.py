"""Many applications closed by one event, one after another: each in its own transaction, from a worklist (K4)."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from applications.errors import AlreadyDecided
from applications.models import Application, Closing
from applications.services.deciding import declare_ineligible, lose_group
from applications.services.withdrawing import withdraw
from applications.states import State
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.tasks import enqueue

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
BATCH = 200
DEATH = "32.8"  # the reason in the trail; nothing is said of it to anybody


def note_closings(applications: Iterable[Application], why: Closing.Why, *, explanation: str = "") -> None:
    """Puts applications on the worklist within the change that ends them. Noting twice changes nothing."""
    ids = [application.pk for application in applications]
    rows = [Closing(application_id=pk, why=why, explanation=explanation) for pk in ids]
    Closing.objects.bulk_create(rows, ignore_conflicts=True)
    due = Closing.objects.filter(application_id__in=ids, why=why, done_at=None)
    for closing_id in due.order_by("pk").values_list("pk", flat=True):
        enqueue("applications.close_application", closing_id)


@transaction.atomic
def group_was_cancelled(*, group_id: int, reason: str, by: Actor) -> None:
    """Everybody in a cancelled group is put on the worklist, within the change itself. Noting twice changes nothing."""
    require(by.is_system or by.is_provider or by.is_agency)
    live = Application.objects.live().filter(group_id=group_id).order_by("pk")
    note_closings(live, Closing.Why.GROUP, explanation=reason)


def close_application(*, closing_id: int, by: Actor) -> bool:
    """Closes one application of the worklist: place and money are free, who is to be told is told. Twice changes nothing."""
    require(by.is_system)
    closing = _claim(closing_id)
    if closing is None:
        return False
    with transaction.atomic():
        try:
            with transaction.atomic():
                _close(closing, by)
        except AlreadyDecided:
            logger.info("closing_not_needed application=%s why=%s", closing.application_id, closing.why)
        Closing.objects.filter(pk=closing.pk).update(done_at=timezone.now())
    return True


def close_due(*, by: Actor) -> int:
    """Whatever the doorbell missed; gives how many were closed."""
    due = Closing.objects.filter(done_at=None, due_at__lte=timezone.now()).order_by("due_at", "pk")
    return sum(close_application(closing_id=pk, by=by) for pk in due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _claim(closing_id: int) -> Closing | None:
    now = timezone.now()
    closing = (
        Closing.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=closing_id, done_at=None, due_at__lte=now)
        .select_related("application")
        .first()
    )
    if closing is not None:
        closing.due_at, closing.attempts = now + LEASE, closing.attempts + 1
        closing.save(update_fields=["due_at", "attempts"])
    return closing


def _close(closing: Closing, by: Actor) -> None:
    application = closing.application
    if closing.why == Closing.Why.DIED:
        withdraw(application_id=application.pk, by=by, moment=timezone.now(), reason=DEATH)
    elif closing.why == Closing.Why.GROUP:
        lose_group(application_id=application.pk, by=by, explanation=closing.explanation)
    elif application.state == State.SUBMITTED:
        declare_ineligible(application_id=application.pk, by=by, explanation=closing.explanation)
