"""Outbox to mail server: claim a row under a lease, send, mark. A crash between costs one repeat at most (I8, O2)."""

import logging
import random
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum, auto

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from stars.kernel import place
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.tasks import enqueue
from stars.notices.models import Delivery, Notice
from stars.notices.states import DeliveryState

from .letters import letter_of

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=110)  # longer than one letter can take (EMAIL_TIMEOUT a step), shorter than two minutes (O2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=30)
MOST_ATTEMPTS = 24  # about eight hours of a mail server that is away
BATCH = 100


class Outcome(Enum):
    """What became of one attempt; `AWAY` says that the next letter would fare no better now."""

    SENT = auto()
    REFUSED = auto()
    AWAY = auto()


def deliver_due() -> int:
    """Send what is due, lapsed leases among it; gives how many went. Stops early when the mail server is away.

    A restored copy sends nothing until somebody releases it by hand: the letters may have gone long ago (B2).
    """
    if not place.is_known():
        logger.error("mail_held reason=restored_copy")
        return 0
    sent = 0
    with _mail_server() as server:
        for _turn in range(BATCH):
            row = _claim()
            if row is None:
                break
            outcome = _send(row, server)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.AWAY:
                break
    return sent


@transaction.atomic
def send_again(*, delivery_id: int, by: Actor) -> bool:
    """The agency gives a letter that could not be sent another round of attempts; tells whether there was one."""
    require(by.is_agency)
    raised = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
        state=DeliveryState.DUE, attempts=0, due_at=timezone.now(), last_error=""
    )
    if raised:
        enqueue("notices.deliver_due")
    return raised == 1


def delay_before(attempt: int) -> timedelta:
    """The pause before attempt number `attempt`: it doubles, ends at half an hour, and differs between letters."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(attempt - 2, 10), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing


@contextmanager
def _mail_server() -> Iterator[BaseEmailBackend]:
    """One connection for all letters of a run; it opens with the first of them."""
    server: BaseEmailBackend = get_connection()
    try:
        yield server
    finally:
        server.close()


@transaction.atomic
def _claim() -> Delivery | None:
    """Take one due letter for the length of a lease; what another worker holds is passed over."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    row = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(free, state=DeliveryState.DUE, due_at__lte=now)
        .order_by("due_at", "pk")
        .first()
    )
    if row is None:
        return None
    row.leased_until = now + LEASE
    row.attempts += 1
    row.save(update_fields=["leased_until", "attempts"])
    return row


def _send(row: Delivery, server: BaseEmailBackend) -> Outcome:
    """Hand the letter over; no transaction is open while the mail server thinks."""
    try:
        server.send_messages([letter_of(row)])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        code = _code(error)
        _put_back(row, f"{type(error).__name__} {code}", is_final=code >= 500)
        return Outcome.REFUSED
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        _put_back(row, type(error).__name__, is_final=False)
        return Outcome.AWAY
    _mark_sent(row)
    return Outcome.SENT


def _code(error: smtplib.SMTPException) -> int:
    """The mail server's number: from 500 on it will never take this letter."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _words in error.recipients.values())
    return int(getattr(error, "smtp_code", 400))


def _mark_sent(row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk, state=DeliveryState.DUE).update(
        state=DeliveryState.SENT, sent_at=timezone.now(), leased_until=None, last_error=""
    )


@transaction.atomic
def _put_back(row: Delivery, kind: str, *, is_final: bool) -> None:
    """Try again later, or give up with an alarm and a word in the portal (O5); the server's words may name people."""
    held = Delivery.objects.filter(pk=row.pk, state=DeliveryState.DUE, leased_until=row.leased_until)
    if not is_final and row.attempts < MOST_ATTEMPTS:
        held.update(due_at=timezone.now() + delay_before(row.attempts + 1), leased_until=None, last_error=kind)
        logger.warning("mail_not_sent delivery=%s attempt=%s error=%s", row.pk, row.attempts, kind)
    elif held.update(state=DeliveryState.DEAD, leased_until=None, last_error=kind):
        logger.error("mail_given_up delivery=%s attempts=%s error=%s", row.pk, row.attempts, kind)
        _tell_undelivered(row)


def _tell_undelivered(row: Delivery) -> None:
    if row.recipient_id is None:
        return
    notice = Notice(
        recipient_id=row.recipient_id,
        key=f"delivery:{row.pk}:given_up",
        title=_("We could not deliver an e-mail to you"),
        body=_("The letter “%(subject)s” did not reach your mailbox. Check your e-mail address.")
        % {"subject": row.subject},
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
