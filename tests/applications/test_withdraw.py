"""Leaving an application: place and money free at once, both sides told, and only until the round ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import services, tasks
from applications.errors import AlreadyDecided, TooLateToWithdraw
from applications.models import Application
from applications.states import LIFECYCLE, Action, State
from funding.selectors import balance_of
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create()
    return user


@pytest.fixture
def application(client: User) -> Application:
    """Sent by the portal itself, with 427,43 € reserved."""
    approved_account(client.person)
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


def leave(application: Application, by: Actor, **changes: Any) -> Application:
    return services.withdraw(application_id=application.pk, by=by, **{"moment": timezone.now()} | changes)


def test_place_and_money_are_free_at_once(application: Application, client: User) -> None:
    leave(application, actor_of(client), reason="Mainījās darba laiks.")
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert application.closed_at is not None
    assert application.withdrawal_reason == "Mainījās darba laiks."
    assert application.group.taken == 0
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (50000, 0)


def test_both_sides_are_told(application: Application, client: User) -> None:
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    leave(application, actor_of(client))
    assert tasks.tell_due() == 1
    assert tasks.tell_due() == 0
    key = f"application:{application.pk}:withdrawn"
    assert set(Notice.objects.filter(key=key).values_list("recipient", flat=True)) == {client.pk, employee.pk}
    told = Notice.objects.get(key=key, recipient=employee)
    assert told.title == f"Klients atteicies no programmas «{application.programme.name}»"
    assert client.person.last_name not in told.title + told.body
    addresses = set(Delivery.objects.filter(key=key).values_list("address", flat=True))
    assert addresses == {client.mail_address, application.programme.institution.email}


@pytest.mark.parametrize("employees", [1, 3])
def test_k3_nobody_waits_for_the_group_while_employees_are_told(
    application: Application, client: User, employees: int
) -> None:
    for _ in range(employees):
        ProviderFactory.create(membership__institution=application.programme.institution)
    services.tell(application_id=application.pk, by=SYSTEM)
    with CaptureQueriesContext(connection) as asked:
        leave(application, actor_of(client))
    statements = [one["sql"] for one in asked]
    assert sum('INSERT INTO "notices_notice"' in one for one in statements) == 1  # the client's own copy
    assert not any("accounts_membership" in one for one in statements)
    application.refresh_from_db()
    assert application.told_at is None  # the row is the outbox
    assert tasks.tell_due() == 1
    assert Notice.objects.filter(key__endswith=":withdrawn").count() == 1 + employees


def test_who_withdraws_before_the_task_has_told_them_hears_of_both_in_order(
    application: Application, client: User
) -> None:
    leave(application, actor_of(client))
    assert tasks.tell_due() == 1
    heard = Notice.objects.filter(recipient=client, key__startswith="application:").order_by("pk")
    assert [one.key.rsplit(":", 1)[1] for one in heard] == ["submitted", "withdrawn"]


def test_k3_a_withdrawal_long_after_the_application_is_told_too(application: Application, client: User) -> None:
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    long_ago = timezone.now() - timedelta(days=90)
    Application.objects.filter(pk=application.pk).update(submitted_at=long_ago, told_at=long_ago)
    assert tasks.tell_due() == 0
    leave(application, actor_of(client))
    assert tasks.tell_due() == 1
    assert Notice.objects.filter(recipient=employee).exists()
    assert not Delivery.objects.filter(recipient=client, key__endswith=":submitted").exists()  # that was long ago


def test_one_entry_follows_in_the_audit(application: Application, client: User) -> None:
    leave(application, actor_of(client))
    chain = AuditEntry.objects.filter(object_type="applications.application", object_id=str(application.pk))
    assert list(chain.order_by("sequence").values_list("action", "from_state", "to_state")) == [
        ("submit", "", "submitted"),
        ("withdraw", "submitted", "withdrawn"),
    ]


def test_an_admitted_client_may_leave_too(application: Application, client: User) -> None:
    services.admit(application_id=application.pk, by=Actor.system("test"))
    assert leave(application, actor_of(client)).state == State.WITHDRAWN


def test_until_the_round_ends(application: Application, client: User) -> None:
    closes_at = application.round.closes_at
    with pytest.raises(TooLateToWithdraw) as refusal:
        leave(application, actor_of(client), moment=closes_at)
    assert "stars@viaa.gov.lv" in refusal.value.message
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    assert leave(application, actor_of(client), moment=closes_at - timedelta(microseconds=1)).state == State.WITHDRAWN


def test_the_agency_may_later(application: Application) -> None:
    officer = actor_of(AgencyUserFactory.create())
    assert leave(application, officer, moment=application.round.closes_at).state == State.WITHDRAWN


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.PROVIDER, Role.PROVIDER_ADMIN])
def test_others_may_not(application: Application, role: Role) -> None:
    with pytest.raises(NotPermitted):
        leave(application, Actor(role=role, institution_id=application.programme.institution_id))


def test_a_stranger_may_not(application: Application) -> None:
    with pytest.raises(NotPermitted):
        leave(application, actor_of(ClientFactory.create()))


def test_x35_a_second_press_is_told_who_and_when(application: Application, client: User) -> None:
    leave(application, actor_of(client))
    with pytest.raises(AlreadyDecided) as refusal:
        leave(application, actor_of(client))
    assert "Klients" in refusal.value.message  # trails name roles of people, not their names (GDP-03)
    assert "Atteicies" in refusal.value.message
    application.group.refresh_from_db()
    assert application.group.taken == 0


@pytest.mark.parametrize("state", [state for state in State if not LIFECYCLE.allows(Action.WITHDRAW, state)])
def test_not_from_a_closed_state(client: User, state: State) -> None:
    traits = {} if state == State.INELIGIBLE else {state.value: True}
    application = ApplicationFactory.create(client=client.person, **traits)
    if state == State.INELIGIBLE:
        now = timezone.now()
        Application.objects.filter(pk=application.pk).update(state=state, decided_at=now, closed_at=now)
    with pytest.raises(AlreadyDecided):
        leave(application, actor_of(client))
