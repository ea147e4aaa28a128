"""Double entry in whole cents: a movement takes from one bucket of a grant and gives to another; nothing is edited."""

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from funding import policies
from funding.models import (
    Allotment,
    Bucket,
    FundingSource,
    Grant,
    LearningAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Reservation,
)
from funding.selectors import available_cents
from funding.states import RESERVATION, ReservationAction
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.compiled import Statement, columns
from stars.kernel.errors import require

LEGS: dict[Movement, tuple[Bucket, Bucket]] = {
    Movement.GRANT: (Bucket.OUTSIDE, Bucket.AVAILABLE),
    Movement.RESERVE: (Bucket.AVAILABLE, Bucket.RESERVED),
    Movement.RELEASE: (Bucket.RESERVED, Bucket.AVAILABLE),
    Movement.SPEND: (Bucket.RESERVED, Bucket.SPENT),
    Movement.EXPIRE: (Bucket.AVAILABLE, Bucket.OUTSIDE),
}

# One statement, because it runs while people queue for a place: what the newest grant still holds, the reservation, both legs.
# The caller holds the account's lock, so the balance read here is the balance.
RESERVE = Statement(
    "reserve",
    f"""
WITH purse AS (
  SELECT g.id, COALESCE(SUM(e.amount_cents) FILTER (WHERE e.bucket = 'available'), 0) AS available
  FROM (
    SELECT g.id, g.valid_to FROM funding_grant g
    JOIN funding_learningaccount a ON a.id = g.account_id AND a.state = 'approved'
    JOIN funding_allotment r ON r.id = g.allotment_id
    WHERE a.person_id = %(person)s AND g.source_id = %(source)s AND NOT EXISTS (
      SELECT FROM funding_targetgroupcheck c WHERE c.account_id = a.id AND c.source_id = g.source_id AND c.state = 'open'
    )
    ORDER BY r.opened_on DESC, g.id DESC LIMIT 1
  ) g
  LEFT JOIN funding_ledgertransaction t ON t.grant_id = g.id
  LEFT JOIN funding_ledgerentry e ON e.transaction_id = t.id
  WHERE g.valid_to >= %(today)s
  GROUP BY g.id
), held AS (
  INSERT INTO funding_reservation (grant_id, purpose, programme_name, amount_cents, state, reserved_at)
  SELECT id, %(purpose)s, %(programme)s, LEAST(available, %(price)s), 'open', %(now)s
  FROM purse WHERE LEAST(available, %(price)s) > 0
  ON CONFLICT (purpose) DO NOTHING
  RETURNING *
), posted AS (
  INSERT INTO funding_ledgertransaction (id, grant_id, movement, reservation_id, at)
  SELECT %(transaction)s, grant_id, 'reserve', id, %(now)s FROM held
), legs AS (
  INSERT INTO funding_ledgerentry (transaction_id, bucket, amount_cents)
  SELECT %(transaction)s, bucket, sign * amount_cents FROM held, (VALUES ('available', -1), ('reserved', 1)) AS leg (bucket, sign)
)
SELECT {columns(Reservation)} FROM held
UNION ALL
SELECT {columns(Reservation)}
FROM funding_reservation WHERE purpose = %(purpose)s
""",  # noqa: S608 - names of columns
)


def reserve(
    *, person_id: UUID, source: FundingSource, purpose: UUID, programme_name: str, price_cents: int, by: Actor
) -> Reservation | None:
    """Holds min(price, balance) cents for one application; None where nothing can be held (no grant, not decided, used up).

    The caller holds the account's lock (K4). Doing it twice for one purpose changes nothing.
    """
    require(policies.may_reserve(by, person_id))
    if source.co_payment != FundingSource.CoPayment.ABOVE_GRANT:
        return None
    return RESERVE.row(
        Reservation,
        {
            "person": person_id,
            "source": source.pk,
            "today": timezone.localdate(),
            "purpose": purpose,
            "programme": programme_name,
            "price": price_cents,
            "now": timezone.now(),
            "transaction": uuid4(),
        },
    )


@transaction.atomic
def release(*, purpose: UUID, by: Actor) -> Reservation | None:
    """Gives reserved money back to the grant. Doing it twice, or without a reservation, changes nothing."""
    return _close(purpose, ReservationAction.RELEASE, Movement.RELEASE, by=by)


@transaction.atomic
def capture(*, purpose: UUID, by: Actor, is_broken_off: bool = False) -> Reservation | None:
    """Spends reserved money for good. Doing it twice, or without a reservation, changes nothing.

    `is_broken_off`: learning was not finished, so the person gets no grant in further rounds (news [004]).
    """
    reservation = _close(purpose, ReservationAction.CAPTURE, Movement.SPEND, by=by)
    if reservation is not None and is_broken_off:
        Reservation.objects.filter(pk=reservation.pk).update(was_broken_off=True)
    return reservation


def _close(purpose: UUID, action: ReservationAction, movement: Movement, *, by: Actor) -> Reservation | None:
    """Compare-and-set on the open reservation, then the two legs: of two closers only one posts (I6)."""
    move = RESERVATION.moves[action]
    changed = Reservation.objects.filter(purpose=purpose, state__in=move.sources).update(
        state=move.to, closed_at=timezone.now()
    )
    if not changed:
        return None
    reservation = Reservation.objects.select_related("grant__account").get(purpose=purpose)
    require(policies.may_move(by, action, reservation))
    _post(reservation.grant, movement, reservation.amount_cents, reservation=reservation)
    return reservation


def post_grant(*, account: LearningAccount, source: FundingSource, allotment: Allotment) -> Grant:
    """Gives the account the money of one round once; the caller holds the account's lock. Doing it twice changes nothing.

    What is left of the source's earlier rounds expires then: one purse of a source at a time.
    """
    assert source.grant_cents is not None and source.grant_valid_to is not None
    grant, is_new = Grant.objects.get_or_create(
        account=account,
        allotment=allotment,
        defaults={"source": source, "amount_cents": source.grant_cents, "valid_to": source.grant_valid_to},
    )
    if is_new:
        for earlier in Grant.objects.filter(account=account, source=source).exclude(pk=grant.pk).order_by("pk"):
            if left := available_cents(earlier):
                _post(earlier, Movement.EXPIRE, left)
        _post(grant, Movement.GRANT, grant.amount_cents)
    return grant


def post_correction(*, grant: Grant, cents: int) -> LedgerTransaction:
    """More money or, with negative cents, less; the caller holds the account's lock and has asked two officers (ADM-03)."""
    movement = LedgerTransaction.objects.create(grant=grant, movement=Movement.CORRECT)
    _legs(movement, Bucket.OUTSIDE, Bucket.AVAILABLE, cents)
    return movement


def expire_grants(*, by: Actor, today: date | None = None) -> int:
    """What is left of grants past their last day goes back to the project; returns how many. A second run does nothing.

    Money released after the last day, or into the grant of an earlier round, goes back too, in the next run.
    """
    today = today or timezone.localdate()
    left = Sum("transactions__entries__amount_cents", filter=Q(transactions__entries__bucket=Bucket.AVAILABLE))
    newer = Grant.objects.filter(
        account=OuterRef("account"),
        source=OuterRef("source"),
        allotment__opened_on__gt=OuterRef("allotment__opened_on"),
    )
    past = Grant.objects.filter(Q(valid_to__lt=today) | Exists(newer))
    due = past.annotate(left=left).filter(left__gt=0).order_by("pk")
    return sum(_expire(grant_id, by=by) for grant_id in due.values_list("pk", flat=True))


@transaction.atomic
def _expire(grant_id: int, *, by: Actor) -> bool:
    grant = Grant.objects.get(pk=grant_id)
    account = LearningAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=grant.account_id)
    left = available_cents(grant)
    if left <= 0:
        return False
    _post(grant, Movement.EXPIRE, left)
    audit.record(account, "expire", by=by, from_state=account.state, to_state=account.state, data={"cents": left})
    return True


def _post(grant: Grant, movement: Movement, cents: int, *, reservation: Reservation | None = None) -> None:
    taken_from, given_to = LEGS[movement]
    _legs(
        LedgerTransaction.objects.create(grant=grant, movement=movement, reservation=reservation),
        taken_from,
        given_to,
        cents,
    )


def _legs(movement: LedgerTransaction, taken_from: Bucket, given_to: Bucket, cents: int) -> None:
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(transaction=movement, bucket=taken_from, amount_cents=-cents),
            LedgerEntry(transaction=movement, bucket=given_to, amount_cents=cents),
        ]
    )
