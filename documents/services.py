"""Receipts are issued once and looked up by anybody who holds their code."""

import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from documents.errors import NoSuchCode, TooManyChecks
from documents.models import ALPHABET, CODE_LENGTH, FailedCheck, Receipt, fingerprint_of
from documents.selectors import code_in
from documents.states import ReceiptKind
from stars.kernel.actor import Actor
from stars.kernel.compiled import insert
from stars.kernel.errors import require
from stars.kernel.models import JsonObject
from stars.kernel.secrets import blind_index

logger = logging.getLogger(__name__)

WINDOW, MOST_FAILURES = timedelta(minutes=10), 20
KEEP_COUNTERS = timedelta(days=1)


@transaction.atomic(savepoint=False)
def issue(
    *,
    kind: ReceiptKind,
    subject: UUID,
    number: str,
    content: JsonObject,
    moment: datetime,
    person_id: UUID | None = None,
    institution_id: int | None = None,
) -> Receipt:
    """Freeze what was done, in the transaction that does it; one statement. Issued once: the database refuses a second.

    It is a person's or an institution's. `content` is what was seen, in words; never a personal code.
    """
    receipt = receipt_for(
        person_id=person_id,
        institution_id=institution_id,
        kind=kind,
        subject=subject,
        number=number,
        content=content,
        moment=moment,
    )
    insert(receipt)
    return receipt


def receipt_for(
    *,
    kind: ReceiptKind,
    subject: UUID,
    number: str,
    content: JsonObject,
    moment: datetime,
    person_id: UUID | None = None,
    institution_id: int | None = None,
    code: str = "",
) -> Receipt:
    """An unsaved receipt with its code, fingerprint and seal; made-up rows of a test set bring a `code` of their own."""
    receipt = Receipt(
        person_id=person_id,
        institution_id=institution_id,
        kind=kind,
        subject=subject,
        number=number,
        code=code or "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
        content=content,
        fingerprint=fingerprint_of(content),
        issued_at=moment,
    )
    receipt.seal = receipt.true_seal()
    return receipt


def verify(*, typed: str, address: str) -> Receipt:
    """The receipt this code stands on. Raises NoSuchCode, and TooManyChecks once an address has guessed too often."""
    key = blind_index(f"documents.verify:{address}")
    _refuse_guessing(key)
    code = code_in(typed)
    receipt = Receipt.objects.filter(code=code).first() if code else None
    if receipt is not None and receipt.is_genuine:
        return receipt
    if receipt is not None:
        logger.error("receipt_broken receipt=%s", receipt.pk)
    _count(key)
    raise NoSuchCode


def sweep_checks(*, by: Actor) -> int:
    """Counters of yesterday go; gives how many."""
    require(by.is_system)
    return FailedCheck.objects.filter(window_start__lt=timezone.now() - KEEP_COUNTERS).delete()[0]


def _refuse_guessing(key: str) -> None:
    recent = FailedCheck.objects.filter(key=key, window_start__gt=timezone.now() - WINDOW)
    if (recent.aggregate(total=Sum("count"))["total"] or 0) >= MOST_FAILURES:
        logger.warning("verification_limited")
        raise TooManyChecks


def _count(key: str) -> None:
    """One more in this minute, in one statement: two at once are two."""
    minute = timezone.now().replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO "documents_failedcheck" AS kept (key, window_start, count) VALUES (%s, %s, 1)
            ON CONFLICT (key, window_start) DO UPDATE SET count = kept.count + 1
            """,
            [key, minute],
        )
