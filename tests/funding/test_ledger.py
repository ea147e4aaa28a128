"""The ledger: every movement sums to nought, nothing is lost or made, and doing a thing twice changes nothing (I6)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.selectors import actor_of
from funding import selectors, services
from funding.models import (
    Bucket,
    FundingSource,
    Grant,
    LearningAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Reservation,
)
from funding.services import ledger
from funding.states import AccountState
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.factories.accounts import AgencyUserFactory, ClientFactory
from tests.factories.funding import SYSTEM, AccountFactory, approved_account, imk, mn

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create()
    return user


def account_of(user: User) -> LearningAccount:
    return LearningAccount.objects.get(person=user.person)


def reserve(user: User, price: int = 42743, purpose: uuid.UUID | None = None, by: Actor = SYSTEM) -> Reservation | None:
    return services.reserve(
        person_id=user.person.pk,
        source=imk(),
        purpose=purpose or uuid.uuid4(),
        programme_name="Datu analīze",
        price_cents=price,
        by=by,
    )


def sums(user: User) -> tuple[int, int, int]:
    balance = selectors.balance_of(user.person.pk, imk())
    assert balance is not None
    return balance.available_cents, balance.reserved_cents, balance.spent_cents


def assert_double_entry() -> None:
    """I6: each movement sums to nought, each bucket of each grant stays at or above nought."""
    unbalanced = LedgerTransaction.objects.annotate(total=Sum("entries__amount_cents")).exclude(total=0)
    assert not unbalanced.exists()
    for grant in Grant.objects.all():
        for bucket in (Bucket.AVAILABLE, Bucket.RESERVED, Bucket.SPENT):
            total = LedgerEntry.objects.filter(transaction__grant=grant, bucket=bucket).aggregate(
                all=Sum("amount_cents")
            )
            assert (total["all"] or 0) >= 0


# --- accounts ------------------------------------------------------------------


def test_registration_opens_the_account(client: User) -> None:
    account = account_of(client)
    assert account.state == AccountState.PENDING
    assert services.open_account(person_id=client.person.pk, by=SYSTEM) == account
    entry = AuditEntry.objects.get(object_type="funding.learningaccount", object_id=str(account.pk))
    assert (entry.action, entry.to_state) == ("open", "pending")


def test_approval_gives_the_grant_and_tells(client: User) -> None:
    imk()
    services.approve_account(account_id=account_of(client).pk, by=actor_of(AgencyUserFactory.create()))
    assert sums(client) == (50000, 0, 0)
    assert Notice.objects.get(recipient=client).title == "Individuālais mācību konts ir apstiprināts"
    assert_double_entry()


def test_a_source_past_its_last_day_gives_nothing(client: User) -> None:
    FundingSource.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() - timedelta(days=1))
    services.approve_account(account_id=account_of(client).pk, by=SYSTEM)
    assert not Grant.objects.exists()


def test_refusal_needs_a_reason_and_tells_it(client: User) -> None:
    account = account_of(client)
    with pytest.raises(ValidationError):
        services.refuse_account(account_id=account.pk, reason="", by=SYSTEM)
    services.refuse_account(account_id=account.pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    notice = Notice.objects.get(recipient=client)
    assert notice.title == "Par Jūsu IMK pieteikumu"
    assert "Mācības jau ir pārtrauktas." in notice.body
    assert not Grant.objects.exists()


def test_an_approved_account_is_not_refused(client: User) -> None:
    account = approved_account(client.person)
    with pytest.raises(DomainError):
        services.refuse_account(account_id=account.pk, reason="Vēlāk.", by=SYSTEM)
    with pytest.raises(DomainError):
        services.approve_account(account_id=account.pk, by=SYSTEM)
    assert sums(client) == (50000, 0, 0)


def test_a_refused_account_may_be_approved_later(client: User) -> None:
    imk()
    account = account_of(client)
    services.refuse_account(account_id=account.pk, reason="Kļūda.", by=SYSTEM)
    services.approve_account(account_id=account.pk, by=SYSTEM)
    account.refresh_from_db()
    assert (account.state, account.refusal_reason) == ("approved", "")


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.CLIENT, Role.PROVIDER, Role.PROVIDER_ADMIN])
def test_only_the_agency_decides(client: User, role: Role) -> None:
    by = Actor(role=role, person_id=client.person.pk)
    with pytest.raises(NotPermitted):
        services.approve_account(account_id=account_of(client).pk, by=by)
    with pytest.raises(NotPermitted):
        services.refuse_account(account_id=account_of(client).pk, reason="Nē.", by=by)


# --- movements -------------------------------------------------------------------


def test_reserve_and_release(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    assert held.amount_cents == 42743
    assert sums(client) == (7257, 42743, 0)
    services.release(purpose=held.purpose, by=SYSTEM)
    assert sums(client) == (50000, 0, 0)
    assert_double_entry()


def test_reserve_and_capture(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    services.capture(purpose=held.purpose, by=SYSTEM)
    assert sums(client) == (7257, 0, 42743)
    assert_double_entry()


def test_no_more_than_the_balance(client: User) -> None:
    approved_account(client.person)
    held = reserve(client, price=60899)
    assert held is not None
    assert held.amount_cents == 50000
    assert reserve(client) is None
    assert sums(client) == (0, 50000, 0)


def test_twice_changes_nothing(client: User) -> None:
    approved_account(client.person)
    purpose = uuid.uuid4()
    first, second = reserve(client, purpose=purpose), reserve(client, purpose=purpose)
    assert first == second
    assert sums(client) == (7257, 42743, 0)
    services.release(purpose=purpose, by=SYSTEM)
    assert services.release(purpose=purpose, by=SYSTEM) is None
    assert services.capture(purpose=purpose, by=SYSTEM) is None
    assert sums(client) == (50000, 0, 0)
    assert_double_entry()


def test_nothing_is_held_before_approval_or_without_a_grant(client: User) -> None:
    assert reserve(client) is None
    approved_account(client.person)
    person = client.person.pk
    assert (
        services.reserve(
            person_id=person, source=mn(), purpose=uuid.uuid4(), programme_name="X", price_cents=100, by=SYSTEM
        )
        is None
    )
    Grant.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    assert reserve(client) is None


def test_release_and_capture_of_nothing() -> None:
    assert services.release(purpose=uuid.uuid4(), by=SYSTEM) is None
    assert services.capture(purpose=uuid.uuid4(), by=SYSTEM) is None


def test_who_moves_money(client: User) -> None:
    approved_account(client.person)
    stranger = actor_of(ClientFactory.create())
    with pytest.raises(NotPermitted):
        reserve(client, by=stranger)
    held = reserve(client)
    assert held is not None
    with pytest.raises(NotPermitted):
        services.release(purpose=held.purpose, by=stranger)
    with pytest.raises(NotPermitted):
        services.capture(purpose=held.purpose, by=actor_of(client))
    assert sums(client) == (7257, 42743, 0)
    services.release(purpose=held.purpose, by=actor_of(client))
    assert sums(client) == (50000, 0, 0)


def test_the_account_s_lock_names_one_account(client: User) -> None:
    with transaction.atomic():
        assert services.lock_account(person_id=client.person.pk) == account_of(client)
        assert services.lock_account(person_id=uuid.uuid4()) is None


def test_what_is_left_expires_once(client: User) -> None:
    approved_account(client.person)
    reserve(client)
    last_day = Grant.objects.get().valid_to
    assert services.expire_grants(by=SYSTEM, today=last_day) == 0  # through 23:59:59 of the last day
    assert services.expire_grants(by=SYSTEM, today=last_day + timedelta(days=1)) == 1
    assert services.expire_grants(by=SYSTEM, today=last_day + timedelta(days=1)) == 0
    assert sums(client) == (0, 42743, 0)
    assert_double_entry()


def test_the_last_cent_expires_and_it_is_written_down(client: User) -> None:
    approved_account(client.person)
    reserve(client, price=49999)
    assert services.expire_grants(by=SYSTEM, today=Grant.objects.get().valid_to + timedelta(days=1)) == 1
    assert sums(client) == (0, 49999, 0)
    entry = AuditEntry.objects.filter(object_id=str(account_of(client).pk)).latest("sequence")
    assert (entry.action, entry.data) == ("expire", {"cents": 1})


def test_money_given_back_after_the_last_day_expires_too(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    after = Grant.objects.get().valid_to + timedelta(days=1)
    services.expire_grants(by=SYSTEM, today=after)
    services.release(purpose=held.purpose, by=actor_of(client))
    assert services.expire_grants(by=SYSTEM, today=after) == 1
    assert services.expire_grants(by=SYSTEM, today=after) == 0
    assert sums(client) == (0, 0, 0)
    assert_double_entry()


def test_the_database_refuses_a_second_grant_and_a_second_way_out(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerTransaction.objects.create(grant=held.grant, movement=Movement.RESERVE, reservation=held)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerTransaction.objects.create(grant=held.grant, movement=Movement.GRANT)


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "release", "capture", "expire"]), st.integers(0, 3), st.integers(1, 70000)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_h5_any_order_of_steps_keeps_the_sum(client: User, steps: list[tuple[str, int, int]]) -> None:
    """Whatever happens in whatever order: nothing below nought, never more than was granted."""
    with transaction.atomic():
        approved_account(client.person)
        purposes = [uuid.uuid4() for _ in range(4)]
        for what, which, price in steps:
            if what == "reserve":
                reserve(client, price=price, purpose=purposes[which])
            elif what == "expire":
                services.expire_grants(by=SYSTEM, today=Grant.objects.get().valid_to + timedelta(days=1))
            else:
                getattr(services, what)(purpose=purposes[which], by=SYSTEM)
        assert_double_entry()
        available, reserved, spent = sums(client)
        assert reserved + spent <= 50000
        assert available + reserved + spent <= 50000
        transaction.set_rollback(True)


# --- what pages read ---------------------------------------------------------------


def test_history_tells_each_movement_with_the_balance_after_it(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    services.release(purpose=held.purpose, by=SYSTEM)
    rows = selectors.movements_of(client.person.pk)
    assert [(row.movement, row.amount_cents, row.balance_cents) for row in rows] == [
        (Movement.RELEASE, 42743, 50000),
        (Movement.RESERVE, -42743, 7257),
        (Movement.GRANT, 50000, 50000),
    ]
    assert [row.programme_name for row in rows] == ["Datu analīze", "Datu analīze", ""]


def test_spending_moves_no_available_money(client: User) -> None:
    approved_account(client.person)
    held = reserve(client)
    assert held is not None
    services.capture(purpose=held.purpose, by=SYSTEM)
    spent = selectors.movements_of(client.person.pk)[0]
    assert (spent.movement, spent.amount_cents, spent.balance_cents) == (Movement.SPEND, -42743, 7257)


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_two_queries_whatever_its_length(
    client: User, count: int, django_assert_num_queries: Any
) -> None:
    approved_account(client.person)
    for _ in range(count):
        held = reserve(client, price=1000)
        assert held is not None
    with django_assert_num_queries(2):
        assert len(selectors.movements_of(client.person.pk)) == count + 1


def test_balances_before_approval_and_without_an_account(client: User) -> None:
    balance = selectors.balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.state, balance.available_cents, balance.usable_cents) == (AccountState.PENDING, 0, None)
    assert selectors.balance_of(client.person.pk, mn()) is None
    assert selectors.balance_of(uuid.uuid4(), imk()) is None
    assert selectors.balances_of(uuid.uuid4()) == {}


def test_expired_money_is_not_available(client: User) -> None:
    approved_account(client.person)
    Grant.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    balance = selectors.balance_of(client.person.pk, imk())
    assert balance is not None
    assert balance.usable_cents == 0


def test_a_decision_about_somebody_without_a_user() -> None:
    imk()
    approved, refused = AccountFactory.create(), AccountFactory.create()
    services.approve_account(account_id=approved.pk, by=SYSTEM)
    services.refuse_account(account_id=refused.pk, reason="Kļūda.", by=SYSTEM)
    assert not Notice.objects.exists()


def test_a_grant_is_given_once(client: User) -> None:
    """A refusal taken back by the agency does not give the money twice."""
    account = approved_account(client.person)
    LearningAccount.objects.filter(pk=account.pk).update(state=AccountState.REFUSED, refusal_reason="Kļūda.")
    services.approve_account(account_id=account.pk, by=SYSTEM)
    assert sums(client) == (50000, 0, 0)


def test_money_used_while_the_sweep_waits_for_the_account(client: User, monkeypatch: pytest.MonkeyPatch) -> None:
    approved_account(client.person)
    last_day = Grant.objects.get().valid_to
    monkeypatch.setattr(ledger, "available_cents", lambda _: 0)
    assert services.expire_grants(by=SYSTEM, today=last_day + timedelta(days=1)) == 0
    assert sums(client) == (50000, 0, 0)
