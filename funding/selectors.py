"""What others may ask about money: balances and movements, always summed from the ledger (I6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from .models import (
    Allotment,
    Bucket,
    FundingSource,
    Grant,
    LearningAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Reservation,
    TargetGroupCheck,
)
from .rules import EarlierMoney
from .states import AccountState, GrantState, ReservationState


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
    reserved_at: datetime | None = None  # when what is reserved was; None where nothing is
    refusal_reason: str = ""  # of the account, or of the grant in the round now under way
    is_waiting: bool = False  # approved, and the grant of the round now under way is not decided yet

    @property
    def is_approved(self) -> bool:
        return self.state is AccountState.APPROVED

    @property
    def is_refused(self) -> bool:
        """The account, or its money of the round under way, is refused, and nothing of an earlier round is left."""
        return self.state is AccountState.REFUSED or (bool(self.refusal_reason) and not self.available_cents)

    @property
    def usable_cents(self) -> int | None:
        """What a new application can count on; None while the account or its grant waits for the check."""
        return self.available_cents if self.is_approved and not self.is_waiting else None


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


def held_cents(grant: Grant) -> int:
    """What of the grant is still with the person: available, reserved or spent."""
    total = LedgerEntry.objects.filter(transaction__grant=grant).exclude(bucket=Bucket.OUTSIDE)
    return int(total.aggregate(total=Coalesce(Sum("amount_cents"), 0))["total"])


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
    found: dict[int, Balance] = {}
    if state is AccountState.APPROVED:
        for grant in _grants_with_sums(account):  # the newest round of each source first
            found.setdefault(grant.source_id, _balance(grant, state))
        if found:
            return found
    return {
        source.pk: Balance(
            source=source,
            state=state,
            refusal_reason=account.refusal_reason or _denial(source),
            is_waiting=state is AccountState.APPROVED and source.last_state == GrantState.OPEN,  # type: ignore[attr-defined]
        )
        for source in grant_sources().annotate(**_last_check(account, "pk"))
    }


def _denial(row: Any) -> str:
    """Why there is no money in the round under way; `row` carries `_last_check`."""
    return str(row.last_reason) if row.last_state == GrantState.DENIED else ""


def _last_check(account: LearningAccount | OuterRef, source: str) -> dict[str, Subquery]:
    """State and reason of the account's newest check of the source named by this column."""
    checks = TargetGroupCheck.objects.filter(account=account, source=OuterRef(source))
    last = checks.order_by(F("allotment__opened_on").desc(nulls_last=True), "-pk")
    return {"last_state": Subquery(last.values("state")[:1]), "last_reason": Subquery(last.values("reason")[:1])}


def _grants_with_sums(account: LearningAccount) -> QuerySet[Grant]:
    return _summed(Grant.objects.filter(account=account), account).select_related("source")


def _summed(grants: QuerySet[Grant], account: LearningAccount | OuterRef) -> QuerySet[Grant]:
    """Each with the sums of its ledger and the account's newest check; the newest round of each source first."""

    def of(bucket: Bucket) -> Coalesce:
        return Coalesce(Sum("transactions__entries__amount_cents", filter=Q(transactions__entries__bucket=bucket)), 0)

    held = Reservation.objects.filter(grant=OuterRef("pk"), state=ReservationState.OPEN).order_by("-reserved_at")
    return (
        grants.annotate(available=of(Bucket.AVAILABLE), reserved=of(Bucket.RESERVED), spent=of(Bucket.SPENT))
        .annotate(reserved_at=Subquery(held.values("reserved_at")[:1]))
        .annotate(**_last_check(account, "source"))
        .order_by("source__position", "-allotment__opened_on", "-pk")
    )


def _balance(grant: Any, state: AccountState) -> Balance:
    """`grant` is a row of `_grants_with_sums`."""
    is_usable = grant.valid_to >= timezone.localdate()
    return Balance(
        source=grant.source,
        state=state,
        granted_cents=grant.amount_cents,
        available_cents=grant.available if is_usable else 0,
        reserved_cents=grant.reserved,
        reserved_at=grant.reserved_at if is_usable else None,
        spent_cents=grant.spent,
        valid_to=grant.valid_to,
        refusal_reason=_denial(grant),
        is_waiting=grant.last_state == GrantState.OPEN,
    )


def money_of_person() -> dict[str, Any]:
    """What a query over people adds to know their money in the same statement; `balances_in` reads it."""
    grants = _summed(Grant.objects.filter(account__person=OuterRef("pk")), OuterRef("account"))
    kept = JSONObject(
        source="source_id",
        granted="amount_cents",
        available="available",
        reserved="reserved",
        reserved_at="reserved_at",
        spent="spent",
        valid_to="valid_to",
        last_state="last_state",
        last_reason="last_reason",
    )
    accounts = LearningAccount.objects.filter(person=OuterRef("pk")).order_by()
    return {"account_state": Subquery(accounts.values("state")[:1]), "grants": ArraySubquery(grants.values(json=kept))}


def balances_in(
    account_state: str | None, grants: Iterable[Mapping[str, Any]], sources: Mapping[int, FundingSource]
) -> dict[int, Balance]:
    """`balances_of` from what `money_of_person` has read, for whoever has the sources (by id); no query.

    Before approval, and where no grant is given yet, nothing can be counted on, and no source is in the answer.
    """
    found: dict[int, Balance] = {}
    if account_state != AccountState.APPROVED:
        return found
    for kept in grants:
        if (source := sources.get(kept["source"])) is not None and source.pk not in found:
            found[source.pk] = _balance(_as_grant(kept, source), AccountState.APPROVED)
    return found


def _as_grant(kept: Mapping[str, Any], source: FundingSource) -> SimpleNamespace:
    """A row of `_grants_with_sums` out of its JSON."""
    reserved_at = kept["reserved_at"]
    return SimpleNamespace(
        **{name: kept[name] for name in ("available", "reserved", "spent", "last_state", "last_reason")},
        source=source,
        amount_cents=kept["granted"],
        valid_to=date.fromisoformat(kept["valid_to"]),
        reserved_at=datetime.fromisoformat(reserved_at) if reserved_at else None,
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


def money_under_way(today: date | None = None) -> list[tuple[FundingSource, Allotment | None]]:
    """Each source that gives grants, with the round its money is given in now; None where nothing can be given. Two queries."""
    today = today or timezone.localdate()
    sources = list(grant_sources().order_by("position", "pk"))
    rounds = Allotment.objects.filter(source__in=sources, opened_on__lte=today)
    newest = {one.source_id: one for one in rounds.order_by("source_id", "-opened_on", "-pk").distinct("source_id")}
    return [(source, newest.get(source.pk) if _gives(source, today) else None) for source in sources]


def _gives(source: FundingSource, today: date) -> bool:
    return source.grant_valid_to is not None and source.grant_valid_to >= today


def earlier_money(*, account_id: int, source: FundingSource, but: Allotment | None) -> EarlierMoney:
    """What became of the account's grants of other rounds of this source (news [004]). One query."""
    held = Count("reservations", filter=Q(reservations__state__in=(ReservationState.OPEN, ReservationState.CAPTURED)))
    learning = Count("reservations", filter=Q(reservations__state=ReservationState.OPEN))
    broken_off = Count("reservations", filter=Q(reservations__was_broken_off=True))
    earlier = Grant.objects.filter(account_id=account_id, source=source)
    if but is not None:
        earlier = earlier.exclude(allotment=but)
    rows = list(earlier.order_by("pk").annotate(held=held, learning=learning, broken_off=broken_off))
    return EarlierMoney(
        is_unused=any(row.held == 0 for row in rows),
        is_learning=any(row.learning for row in rows),
        has_broken_off=any(row.broken_off for row in rows),
    )


def standing(*, person_id: UUID, source_id: int) -> bool | None:
    """Whether the person's account is approved and its money of this source given; None while that is not decided."""
    account = LearningAccount.objects.filter(person_id=person_id).first()
    if account is None or account.state == AccountState.PENDING:
        return None
    if account.state == AccountState.REFUSED:
        return False
    last = last_check(account.pk, source_id)
    known = {GrantState.OPEN.value: None, GrantState.DENIED.value: False}
    return known.get(last.state, True) if last else True


def last_check(account_id: int, source_id: int) -> TargetGroupCheck | None:
    """The check of the newest round of a source."""
    checks = TargetGroupCheck.objects.filter(account_id=account_id, source_id=source_id)
    return checks.select_related("allotment").order_by(F("allotment__opened_on").desc(nulls_last=True), "-pk").first()


def checks_of(person_id: UUID) -> list[TargetGroupCheck]:
    """The newest check of each source, for the person's own page. One query."""
    checks = TargetGroupCheck.objects.filter(account__person_id=person_id).select_related("source", "allotment")
    newest = checks.order_by("source_id", F("allotment__opened_on").desc(nulls_last=True), "-pk").distinct("source_id")
    return list(newest)
