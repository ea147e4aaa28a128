"""What others may ask about money: balances and movements, always summed from the ledger (I6)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Bucket, FundingSource, Grant, LearningAccount, LedgerEntry, LedgerTransaction, Movement
from .states import AccountState


@dataclass(frozen=True, slots=True)
class Balance:
    """One person's money of one source, in cents. `state` is the account's; before approval all sums are nought."""

    source: FundingSource
    state: AccountState
    granted_cents: int = 0
    available_cents: int = 0
    reserved_cents: int = 0
    spent_cents: int = 0
    valid_to: date | None = None
    refusal_reason: str = ""

    @property
    def is_approved(self) -> bool:
        return self.state is AccountState.APPROVED

    @property
    def usable_cents(self) -> int | None:
        """What a new application can count on; None while the account waits for its check."""
        return self.available_cents if self.is_approved else None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of "Finansējuma vēsture"; `balance_cents` is what was available after it."""

    at: datetime
    movement: Movement
    programme_name: str
    amount_cents: int  # what the available balance gained, or, negative, lost; for "spent" the sum spent
    balance_cents: int
    source_label: str


def available_cents(grant: Grant) -> int:
    """What the ledger says the grant still holds; exact only under the account's lock."""
    total = LedgerEntry.objects.filter(transaction__grant=grant, bucket=Bucket.AVAILABLE).aggregate(
        total=Coalesce(Sum("amount_cents"), 0)
    )["total"]
    return int(total)


def grant_sources() -> QuerySet[FundingSource]:
    """Sources that give a grant to the learning account: today IMK."""
    return FundingSource.objects.filter(is_active=True, co_payment=FundingSource.CoPayment.ABOVE_GRANT)


def balances_of(person_id: UUID) -> dict[int, Balance]:
    """The person's balance under each source with a grant, by source id. Two queries, whatever the sources."""
    account = LearningAccount.objects.filter(person_id=person_id).first()
    if account is None:
        return {}
    return _balances(account)


def _balances(account: LearningAccount) -> dict[int, Balance]:
    state = AccountState(account.state)
    grants = {grant.source_id: grant for grant in _grants_with_sums(account)} if state is AccountState.APPROVED else {}
    if grants:
        return {source_id: _balance(grant, state) for source_id, grant in grants.items()}
    return {
        source.pk: Balance(source=source, state=state, refusal_reason=account.refusal_reason)
        for source in grant_sources()
    }


def _grants_with_sums(account: LearningAccount) -> QuerySet[Grant]:
    def of(bucket: Bucket) -> Coalesce:
        return Coalesce(Sum("transactions__entries__amount_cents", filter=Q(transactions__entries__bucket=bucket)), 0)

    return (
        Grant.objects.filter(account=account)
        .select_related("source")
        .annotate(available=of(Bucket.AVAILABLE), reserved=of(Bucket.RESERVED), spent=of(Bucket.SPENT))
        .order_by("source__position")
    )


def _balance(grant: Grant, state: AccountState) -> Balance:
    is_usable = grant.valid_to >= timezone.localdate()
    return Balance(
        source=grant.source,
        state=state,
        granted_cents=grant.amount_cents,
        available_cents=grant.available if is_usable else 0,  # type: ignore[attr-defined]
        reserved_cents=grant.reserved,  # type: ignore[attr-defined]
        spent_cents=grant.spent,  # type: ignore[attr-defined]
        valid_to=grant.valid_to,
    )


def balance_of(person_id: UUID, source: FundingSource) -> Balance | None:
    """The person's balance under one source; None where there is no account or the source gives no grant."""
    if source.co_payment != FundingSource.CoPayment.ABOVE_GRANT:
        return None
    account = LearningAccount.objects.filter(person_id=person_id).first()
    if account is None:
        return None
    return _balances(account).get(source.pk, Balance(source=source, state=AccountState(account.state)))


def movements_of(person_id: UUID) -> list[HistoryRow]:
    """Every movement of the person's money, newest first, with the balance after it. Two queries."""
    moved = (
        LedgerTransaction.objects.filter(grant__account__person_id=person_id)
        .select_related("reservation", "grant__source")
        .prefetch_related("entries")
        .order_by("at", "pk")
    )
    rows, left = [], dict[int, int]()
    for transaction in moved:
        legs = {entry.bucket: entry.amount_cents for entry in transaction.entries.all()}
        gained = legs.get(Bucket.AVAILABLE, 0)
        left[transaction.grant_id] = left.get(transaction.grant_id, 0) + gained
        rows.append(
            HistoryRow(
                at=transaction.at,
                movement=Movement(transaction.movement),
                programme_name=transaction.reservation.programme_name if transaction.reservation else "",
                amount_cents=gained or -legs.get(Bucket.SPENT, 0),
                balance_cents=left[transaction.grant_id],
                source_label=transaction.grant.source.label,
            )
        )
    return rows[::-1]
