"""What others may ask about money: balances and movements, always summed from the ledger (I6)."""

from collections.abc import Iterable
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
    if account.state == AccountState.APPROVED and (found := _given(_grants_with_sums(account=account))):
        return found
    return _awaited(account, ((one, one) for one in grant_sources().annotate(**_last_check(account, "pk"))))


def _given(grants: Iterable[Any]) -> dict[int, Balance]:
    """`grants` are rows of `_grants_with_sums`: the newest round of each source comes first, and counts."""
    found: dict[int, Balance] = {}
    for grant in grants:
        found.setdefault(grant.source.pk, _balance(grant))
    return found


def _awaited(account: LearningAccount, checks: Iterable[tuple[FundingSource, Any]]) -> dict[int, Balance]:
    """Of an account without a grant: each source that gives one, with a row that carries `_last_check`."""
    state = AccountState(account.state)
    return {
        source.pk: Balance(
            source=source,
            state=state,
            refusal_reason=account.refusal_reason or _denial(check),
            is_waiting=state is AccountState.APPROVED and check.last_state == GrantState.OPEN,
        )
        for source, check in checks
    }


def money_annotations() -> dict[str, ArraySubquery]:
    """What a query of people brings along, so that a page asks for nothing more: grants, and newest checks, as JSON."""
    grants = _grants_with_sums(account__person=OuterRef("pk"))
    checks = grant_sources().annotate(**_last_check(OuterRef(OuterRef("learning_account")), "pk"))
    return {
        "grants": ArraySubquery(grants.values(row=JSONObject(**{name: name for name in _GRANT}))),
        "checks": ArraySubquery(checks.order_by("pk").values(row=JSONObject(**{name: name for name in _CHECK}))),
    }


_GRANT = (
    *("source_id", "amount_cents", "valid_to", "available", "reserved", "spent", "reserved_at"),
    *("last_state", "last_reason"),
)
_CHECK = ("id", "last_state", "last_reason")


def balances_read(person: Any, sources: Iterable[FundingSource]) -> dict[int, Balance]:
    """As `balances_of`, from a row that carries `money_annotations` and its account; sources not in use are left out."""
    account: LearningAccount | None = getattr(person, "learning_account", None)
    if account is None:
        return {}
    known = {source.pk: source for source in sources}
    if account.state == AccountState.APPROVED and person.grants:
        return _given(_read(row, known[row["source_id"]]) for row in person.grants if row["source_id"] in known)
    checks = (SimpleNamespace(**row) for row in person.checks if row["id"] in known)
    return _awaited(account, ((known[check.id], check) for check in checks))


def _read(row: dict[str, Any], source: FundingSource) -> SimpleNamespace:
    """A grant as JSON gave it, with its days and moments as Python knows them."""
    held_since = row["reserved_at"] and datetime.fromisoformat(row["reserved_at"])
    days = {"valid_to": date.fromisoformat(row["valid_to"]), "reserved_at": held_since}
    return SimpleNamespace(**row | days, source=source)


def _denial(row: Any) -> str:
    """Why there is no money in the round under way; `row` carries `_last_check`."""
    return str(row.last_reason) if row.last_state == GrantState.DENIED else ""


def _last_check(account: LearningAccount | OuterRef, source: str) -> dict[str, Subquery]:
    """State and reason of the account's newest check of the source named by this column."""
    checks = TargetGroupCheck.objects.filter(account=account, source=OuterRef(source))
    last = checks.order_by(F("allotment__opened_on").desc(nulls_last=True), "-pk")
    return {"last_state": Subquery(last.values("state")[:1]), "last_reason": Subquery(last.values("reason")[:1])}


def _grants_with_sums(**whose: LearningAccount | OuterRef) -> QuerySet[Grant]:
    """Of one account; the newest round of each source first."""

    def of(bucket: Bucket) -> Coalesce:
        return Coalesce(Sum("transactions__entries__amount_cents", filter=Q(transactions__entries__bucket=bucket)), 0)

    held = Reservation.objects.filter(grant=OuterRef("pk"), state=ReservationState.OPEN).order_by("-reserved_at")
    return (
        Grant.objects.filter(**whose)
        .select_related("source")
        .annotate(available=of(Bucket.AVAILABLE), reserved=of(Bucket.RESERVED), spent=of(Bucket.SPENT))
        .annotate(reserved_at=Subquery(held.values("reserved_at")[:1]))
        .annotate(**_last_check(OuterRef("account"), "source"))
        .order_by("source__position", "-allotment__opened_on", "-pk")
    )


def _balance(grant: Any) -> Balance:
    """`grant` is a row of `_grants_with_sums`."""
    is_usable = grant.valid_to >= timezone.localdate()
    return Balance(
        source=grant.source,
        state=AccountState.APPROVED,
        granted_cents=grant.amount_cents,
        available_cents=grant.available if is_usable else 0,
        reserved_cents=grant.reserved,
        reserved_at=grant.reserved_at if is_usable else None,
        spent_cents=grant.spent,
        valid_to=grant.valid_to,
        refusal_reason=_denial(grant),
        is_waiting=grant.last_state == GrantState.OPEN,
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
