"""Approval against withdrawal, admission and another officer, on committed transactions; each with its control (F18, I9, H1)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts import services as people
from accounts.models import FactDispute, User
from accounts.selectors import actor_of
from applications import services as applications
from applications.errors import WaitsForApproval
from applications.models import Application, Closing, EligibilityCheck
from applications.services import funded, moving
from applications.states import State
from funding import services
from funding.models import Grant, LearningAccount, LedgerTransaction, Reservation, TargetGroupCheck
from funding.services import accounts
from funding.states import AccountState, GrantState
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError
from stars.kernel.models import AuditEntry
from stars.pages import invariants
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyOfficerFactory, ClientFactory
from tests.factories.applications import ClosingFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, imk
from tests.factories.registries import known
from tests.races.test_submit_last_place import ROUNDS, together

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> tuple[User, LearningAccount, Application]:
    """Somebody has applied while the account is still being checked."""
    imk()
    RoundFactory.create(source=imk())
    user = ClientFactory.create()
    application = send(DraftFactory.create(client=user.person, source=imk()), user)
    return user, LearningAccount.objects.get(person=user.person), application


def officer() -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=["approver"]))


def approving(account: LearningAccount, by: Actor = SYSTEM) -> Callable[[], Any]:
    return lambda: services.approve_account(account_id=account.pk, reason="Pārbaudīts.", by=by)


def assert_sound() -> None:
    assert invariants.check(only=["I1", "I5", "I6", "I7", "I9", "I15"]) == []


# --- approve against withdraw (K4) ---------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f18_approval_and_withdrawal_leave_no_money_held(attempt: int) -> None:
    user, account, application = waiting()
    by, now = actor_of(user), timezone.now()
    outcomes = together(
        approving(account), lambda: applications.withdraw(application_id=application.pk, by=by, moment=now)
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["LearningAccount", "Application"]
    assert not Reservation.objects.filter(state="open").exists()
    assert_sound()


def test_f18_control_without_the_account_s_lock_money_stays_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The approval has looked at the application before the withdrawal commits, and holds money for nobody."""
    user, account, application = waiting()
    by, now = actor_of(user), timezone.now()
    looked, gone = threading.Event(), threading.Event()
    real = funded._reserve

    def look_then_wait(found: Application, actor: Actor) -> None:
        looked.set()
        gone.wait(10)
        real(found, actor)

    def fetch_without_lock(account_id: int) -> LearningAccount:
        return LearningAccount.objects.get(pk=account_id)

    monkeypatch.setattr(accounts, "_locked", fetch_without_lock)
    monkeypatch.setattr(moving, "lock_account", lambda *, person_id: None)
    monkeypatch.setattr(type(Application.objects.all()), "locked", lambda self, pk: self.get(pk=pk))
    monkeypatch.setattr(funded, "_reserve", look_then_wait)

    def withdraw() -> Application:
        looked.wait(10)
        done = applications.withdraw(application_id=application.pk, by=by, moment=now)
        gone.set()
        return done

    together(approving(account), withdraw)
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert Reservation.objects.get().state == "open"


# --- approve against admit ------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f18_admission_is_told_to_wait_or_comes_after_the_approval(attempt: int) -> None:
    _user, account, application = waiting()
    outcomes = together(approving(account), lambda: applications.admit(application_id=application.pk, by=SYSTEM))
    application.refresh_from_db()
    assert isinstance(outcomes[1], Application | WaitsForApproval)
    assert application.state == (State.ADMITTED if isinstance(outcomes[1], Application) else State.SUBMITTED)
    assert Reservation.objects.get().state == "open"
    assert_sound()


def test_f18_control_without_the_obstacle_somebody_is_admitted_before_the_approval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _user, account, application = waiting()
    monkeypatch.setattr(applications.checking, "obstacle", lambda *, check: None)
    applications.admit(application_id=application.pk, by=SYSTEM)
    services.refuse_account(account_id=account.pk, reason="Nē.", by=SYSTEM)
    application.refresh_from_db()
    assert application.state == State.ADMITTED  # learns on money nobody gives
    assert EligibilityCheck.objects.get().verdict == "not_met"


# --- two officers, officer against the job ----------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i9_two_officers_one_decision(attempt: int) -> None:
    _user, account, _application = waiting()
    outcomes = together(
        approving(account, officer()),
        lambda: services.refuse_account(account_id=account.pk, reason="Nav 18 gadu.", by=officer()),
    )
    account.refresh_from_db()
    decided = AuditEntry.objects.filter(object_type="funding.learningaccount", action__in=("approve", "refuse"))
    if account.state == AccountState.APPROVED and isinstance(outcomes[1], LearningAccount):
        assert decided.count() == 2  # refused first; an approval may take a refusal back
    else:
        assert decided.count() == 1
        assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert Grant.objects.count() == (account.state == AccountState.APPROVED)
    assert_sound()


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i9_an_officer_and_the_job_give_the_grant_once(attempt: int) -> None:
    user, account, _application = waiting()
    known(user.person, birth_date="1984-03-12")
    outcomes = together(
        approving(account, officer()),
        lambda: services.check_account(account_id=account.pk, by=Actor.system("funding.check_account")),
    )
    assert Grant.objects.count() == LedgerTransaction.objects.filter(movement="grant").count() == 1
    assert TargetGroupCheck.objects.get().state == GrantState.GIVEN
    assert sum(isinstance(outcome, LearningAccount) for outcome in outcomes) <= 1
    assert_sound()


def test_i9_control_without_the_lock_both_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    _user, account, _application = waiting()
    both = threading.Barrier(2, timeout=20)
    seen: list[str] = []

    def fetch_without_lock(account_id: int) -> LearningAccount:
        found = LearningAccount.objects.get(pk=account_id)
        both.wait()
        seen.append(found.state)
        return found

    monkeypatch.setattr(accounts, "_locked", fetch_without_lock)
    outcomes = together(approving(account, officer()), approving(account, officer()))
    assert seen == ["pending", "pending"]  # both believe that the decision is theirs
    assert any(isinstance(outcome, IntegrityError | LearningAccount) for outcome in outcomes)


# --- answers and disputes ---------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i9_a_dispute_is_answered_once(attempt: int) -> None:
    user = ClientFactory.create()
    fact = known(user.person, birth_date="2012-01-01")["birth_date"]
    dispute = people.open_dispute(fact_id=fact.pk, reason="Nē.", by=actor_of(user))
    first, second = officer(), officer()
    outcomes = together(
        lambda: people.uphold_dispute(dispute_id=dispute.pk, explanation="Jā.", by=first),
        lambda: people.correct_dispute(dispute_id=dispute.pk, value="1984-03-12", explanation="Nē.", by=second),
    )
    assert sum(isinstance(outcome, FactDispute) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert_sound()


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_k4_a_closing_is_done_once(attempt: int) -> None:
    closing = ClosingFactory.create()
    close = lambda: applications.close_application(closing_id=closing.pk, by=SYSTEM)  # noqa: E731
    assert sorted(together(close, close, close)) == [False, False, True]
    closing.application.refresh_from_db()
    assert closing.application.state == State.INELIGIBLE
    assert Closing.objects.filter(done_at=None).count() == 0
