"""Admit, reject, declare ineligible, complete, expel: one decider, one outcome, money and place follow."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Consent, User
from accounts.selectors import actor_of
from applications import policies, services
from applications.errors import AlreadyDecided, NotEligible
from applications.models import Application, EligibilityCheck
from applications.states import LIFECYCLE, Action, State, Verdict
from funding.models import LearningAccount, Reservation
from funding.selectors import balance_of
from funding.services import approve_account, refuse_account
from stars.classifiers.models import RejectionReason
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Notice
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
Decide = Callable[[Application, Actor], Application]


def reason() -> RejectionReason:
    return RejectionReason.objects.order_by("position")[0]


DECISIONS: dict[Action, Decide] = {
    Action.ADMIT: lambda one, by: services.admit(application_id=one.pk, by=by),
    Action.REJECT: lambda one, by: services.reject(
        application_id=one.pk, by=by, reason_id=reason().pk, explanation="Grupa jau sākusi mācīties."
    ),
    Action.DECLARE_INELIGIBLE: lambda one, by: services.declare_ineligible(
        application_id=one.pk, by=by, explanation="Mācības jau ir pārtrauktas."
    ),
    Action.COMPLETE: lambda one, by: services.complete(application_id=one.pk, by=by),
    Action.EXPEL: lambda one, by: services.expel(application_id=one.pk, by=by, explanation="Neapmeklēja mācības."),
}


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(person__gender="f")
    return user


@pytest.fixture
def application(client: User) -> Application:
    approved_account(client.person)
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


@pytest.fixture
def employee(application: Application) -> Actor:
    return actor_of(ProviderFactory.create(membership__institution=application.programme.institution))


def in_state(state: State, client: User) -> Application:
    application: Application = ApplicationFactory.create(
        client=client.person, **({} if state in {State.SUBMITTED, State.INELIGIBLE} else {state.value: True})
    )
    if state == State.INELIGIBLE:
        services.declare_ineligible(application_id=application.pk, by=SYSTEM, explanation="Nē.")
    return application


FORBIDDEN = [(action, state) for action in DECISIONS for state in State if not LIFECYCLE.allows(action, state)]


@pytest.mark.parametrize(("action", "state"), FORBIDDEN)
def test_no_action_outside_its_states(client: User, action: Action, state: State) -> None:
    application = in_state(state, client)
    taken = application.group.taken
    with pytest.raises(AlreadyDecided):
        DECISIONS[action](application, SYSTEM)
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert application.state == state
    assert application.group.taken in {taken, 0}


@pytest.mark.parametrize("action", list(DECISIONS))
@pytest.mark.parametrize("role", list(Role))
def test_only_those_in_the_table(application: Application, action: Action, role: Role) -> None:
    """Every role against every action, as the table says and the service enforces."""
    if action in {Action.COMPLETE, Action.EXPEL}:
        services.admit(application_id=application.pk, by=SYSTEM)
    client_id = application.client_id if role == Role.CLIENT else None
    by = Actor(role=role, person_id=client_id, institution_id=application.programme.institution_id)
    if policies.may(by, action, application):
        assert DECISIONS[action](application, by).state == LIFECYCLE.moves[action].to
    else:
        with pytest.raises(NotPermitted):
            DECISIONS[action](application, by)


@pytest.mark.parametrize("action", [Action.ADMIT, Action.REJECT, Action.COMPLETE, Action.EXPEL])
def test_x73_another_institution_may_not(application: Application, action: Action) -> None:
    stranger = actor_of(ProviderFactory.create())
    with pytest.raises(NotPermitted):
        DECISIONS[action](application, stranger)


def test_admitted(application: Application, employee: Actor) -> None:
    services.admit(application_id=application.pk, by=employee)
    application.refresh_from_db()
    assert application.state == State.ADMITTED
    assert application.decided_at is not None
    assert application.closed_at is None
    assert application.group.taken == 1
    notice = Notice.objects.get(key=f"application:{application.pk}:admitted")
    assert notice.title == f"Jūs esat uzņemta programmā «{application.programme.name}»"


@pytest.mark.parametrize("gender", ["m", ""])
def test_a_man_and_somebody_unknown_are_uznemts(application: Application, employee: Actor, gender: str) -> None:
    application.client.gender = gender
    application.client.save()
    services.admit(application_id=application.pk, by=employee)
    title = Notice.objects.get(key=f"application:{application.pk}:admitted").title
    assert title.startswith("Jūs esat uzņemts programmā")


def test_i9_the_second_decider_is_told_by_whom_and_when(application: Application, employee: Actor) -> None:
    services.admit(application_id=application.pk, by=employee)
    with pytest.raises(AlreadyDecided) as refusal:
        DECISIONS[Action.REJECT](application, actor_of(AgencyUserFactory.create()))
    assert employee.label in refusal.value.message
    assert not Notice.objects.filter(key=f"application:{application.pk}:rejected").exists()
    application.group.refresh_from_db()
    assert application.group.taken == 1


def test_x41_rejected_with_reason_text_and_next_step(application: Application, client: User, employee: Actor) -> None:
    DECISIONS[Action.REJECT](application, employee)
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert application.state == State.REJECTED
    assert application.rejection_reason == reason()
    assert application.group.taken == 0
    assert Reservation.objects.get(purpose=application.reference).state == "released"
    body = Notice.objects.get(key=f"application:{application.pk}:rejected").body
    assert reason().label in body
    assert "Grupa jau sākusi mācīties." in body
    assert reason().next_step in body


def test_a_rejection_needs_a_reason_in_use(application: Application, employee: Actor) -> None:
    RejectionReason.objects.filter(pk=reason().pk).update(is_active=False)
    unused = RejectionReason.objects.get(is_active=False)
    with pytest.raises(DomainError) as refusal:
        services.reject(application_id=application.pk, by=employee, reason_id=unused.pk)
    assert refusal.value.code == "no_reason"


def test_x30_ineligible_leaves_nothing_usable(application: Application, client: User) -> None:
    DECISIONS[Action.DECLARE_INELIGIBLE](application, actor_of(AgencyUserFactory.create()))
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert application.state == State.INELIGIBLE
    assert application.group.taken == 0
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (50000, 0)


def test_not_met_is_never_admitted(application: Application, employee: Actor) -> None:
    EligibilityCheck.objects.filter(application=application).update(verdict=Verdict.NOT_MET)
    with pytest.raises(NotEligible):
        services.admit(application_id=application.pk, by=employee)


def test_completed_spends_the_money_and_keeps_the_place(
    application: Application, client: User, employee: Actor
) -> None:
    services.admit(application_id=application.pk, by=employee)
    services.complete(application_id=application.pk, by=employee)
    application.group.refresh_from_db()
    assert application.group.taken == 1
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents, balance.spent_cents) == (7257, 0, 42743)
    title = Notice.objects.get(key=f"application:{application.pk}:completed").title
    assert title == "Apsveicam ar mācību pabeigšanu!"


def test_expelled_frees_the_place_and_gets_no_money_back(
    application: Application, client: User, employee: Actor
) -> None:
    """News [004]: people who break off learning are granted nothing again."""
    services.admit(application_id=application.pk, by=employee)
    services.expel(application_id=application.pk, by=employee, explanation="Neapmeklēja mācības.")
    application.group.refresh_from_db()
    assert application.group.taken == 0
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.spent_cents) == (7257, 42743)


# --- the account is decided while an application waits -----------------------------------


@pytest.fixture
def waiting(client: User) -> Application:
    """Sent while the account still waits for its check."""
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


def account_of(client: User) -> LearningAccount:
    return LearningAccount.objects.get(person=client.person)


def test_approval_reserves_the_money(waiting: Application, client: User) -> None:
    approve_account(account_id=account_of(client).pk, by=SYSTEM)
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (7257, 42743)
    check = EligibilityCheck.objects.get(application=waiting)
    assert check.verdict == Verdict.MET
    assert {one["rule"]: one["verdict"] for one in check.findings}["account"] == "met"


def test_refusal_makes_it_ineligible(waiting: Application, client: User) -> None:
    refuse_account(account_id=account_of(client).pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    assert EligibilityCheck.objects.get(application=waiting).verdict == Verdict.NOT_MET
    assert services.close_due(by=SYSTEM) == 1
    waiting.refresh_from_db()
    waiting.group.refresh_from_db()
    assert waiting.state == State.INELIGIBLE
    assert waiting.group.taken == 0
    assert EligibilityCheck.objects.get(application=waiting).verdict == Verdict.NOT_MET
    assert not Reservation.objects.exists()


def test_refusal_does_not_undo_an_admission(waiting: Application, client: User) -> None:
    """Admitted before the agency's check had to come first: such an application stays as it was decided."""
    Application.objects.filter(pk=waiting.pk).update(state=State.ADMITTED, decided_at=timezone.now())
    refuse_account(account_id=account_of(client).pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    waiting.refresh_from_db()
    assert waiting.state == State.ADMITTED
    assert EligibilityCheck.objects.get(application=waiting).verdict == Verdict.NOT_MET


def test_hearing_of_the_account_twice_changes_nothing(waiting: Application, client: User) -> None:
    approve_account(account_id=account_of(client).pk, by=SYSTEM)
    services.account_was_approved(person_id=client.person.pk, by=SYSTEM)
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (7257, 42743)


def test_a_refusal_without_an_application_changes_nothing(client: User) -> None:
    services.account_was_refused(person_id=client.person.pk, source_ids=[imk().pk], reason="Pārtrauktas.", by=SYSTEM)
    assert not Application.objects.exists()


# --- people who can no longer be told --------------------------------------------------------


@pytest.mark.parametrize("how", ["no user", "inactive"])
def test_a_decision_about_somebody_who_cannot_sign_in(how: str, client: User) -> None:
    """The decision stands; nobody is written to."""
    application = ApplicationFactory.create(client=client.person)
    if how == "inactive":
        User.objects.filter(pk=client.pk).update(is_active=False)
    else:
        Consent.objects.filter(user=client).delete()
        client.delete()
    assert services.admit(application_id=application.pk, by=SYSTEM).state == State.ADMITTED
    assert not Notice.objects.exists()


def test_an_application_without_a_check_is_left_as_it_is(client: User) -> None:
    ApplicationFactory.create(client=client.person, source=imk())
    approve_account(account_id=account_of(client).pk, by=SYSTEM)
    assert not EligibilityCheck.objects.exists()
