"""MFA-05: taking somebody's second factor away needs two administrators, a reason, and the owner is told."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import services
from accounts.models import SecondFactor, SecondFactorReset, Session, User
from accounts.selectors import actor_of
from accounts.states import RESET, ResetAction, ResetState
from stars.kernel.errors import DomainError, NotPermitted
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    AgencyUserFactory,
    ProviderFactory,
    RecoveryCodeFactory,
    SecondFactorFactory,
    SecondFactorResetFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
CALLS = {
    ResetAction.REMOVE: services.remove_second_factor,
    ResetAction.KEEP: services.keep_second_factor,
}


@pytest.fixture
def user(db: None) -> User:
    found: User = SecondFactorFactory.create(user=ProviderFactory.create(membership__role="administrator")).user
    RecoveryCodeFactory.create(user=found)
    return found


def asked(user: User) -> SecondFactorReset:
    return services.ask_removal(user_id=user.pk, words="Tālrunis pazaudēts.", by=actor_of(AgencyUserFactory.create()))


@pytest.mark.parametrize("action", ResetAction)
@pytest.mark.parametrize("state", ResetState)
def test_every_move_is_made_or_refused_as_the_table_says(action: ResetAction, state: ResetState, user: User) -> None:
    other = AgencyUserFactory.create()
    decided = {} if state == ResetState.ASKED else {"decided_by": other, "decided_at": user.created_at}
    reset = SecondFactorResetFactory.create(user=user, state=state, **decided)
    by = actor_of(AgencyUserFactory.create())
    if RESET.allows(action, state):
        assert CALLS[action](reset_id=reset.pk, by=by).state == RESET.moves[action].to
    else:
        with pytest.raises(DomainError):
            CALLS[action](reset_id=reset.pk, by=by)


def test_mfa_05_the_second_administrator_agrees_and_the_factor_is_gone(user: User) -> None:
    reset = asked(user)
    assert SecondFactor.objects.exists()
    SessionFactory.create(user=user)
    services.remove_second_factor(reset_id=reset.pk, by=actor_of(AgencyOfficerFactory.create(duties=["security"])))
    assert not SecondFactor.objects.exists()
    assert not user.recovery_codes.exists()
    assert not Session.objects.filter(user=user).exists()
    assert Notice.objects.filter(recipient=user).count() == 2


def test_mfa_05_nobody_takes_both_steps(user: User) -> None:
    first = AgencyUserFactory.create()
    reset = services.ask_removal(user_id=user.pk, words="Pazaudēts.", by=actor_of(first))
    for call in CALLS.values():
        with pytest.raises(NotPermitted):
            call(reset_id=reset.pk, by=actor_of(first))
    assert SecondFactor.objects.exists()


def test_mfa_05_nobody_decides_about_their_own() -> None:
    officer = SecondFactorFactory.create(user=AgencyUserFactory.create()).user
    with pytest.raises(NotPermitted):
        services.ask_removal(user_id=officer.pk, words="Man vajag.", by=actor_of(officer))
    reset = asked(officer)
    with pytest.raises(NotPermitted):
        services.remove_second_factor(reset_id=reset.pk, by=actor_of(officer))


def test_mfa_05_the_database_itself_refuses_one_person_twice(user: User) -> None:
    reset = asked(user)
    for who in (reset.asked_by_id, user.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondFactorReset.objects.filter(pk=reset.pk).update(
                state="removed", decided_by_id=who, decided_at=user.created_at
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.filter(pk=reset.pk).update(words="")


def test_mfa_05_others_do_not_ask(user: User) -> None:
    for by in (AgencyOfficerFactory.create(duties=["approver"]), ProviderFactory.create()):
        with pytest.raises(NotPermitted):
            services.ask_removal(user_id=user.pk, words="x", by=actor_of(by))


def test_ask_removal_once_and_only_where_there_is_one(user: User) -> None:
    asked(user)
    with pytest.raises(DomainError):
        asked(user)
    with pytest.raises(DomainError):
        asked(ProviderFactory.create())


def test_mfa_05_by_the_buttons_of_the_admin(user: User) -> None:
    first, second = AgencyUserFactory.create(), AgencyUserFactory.create()
    address = f"/admin/accounts/user/{user.pk}/decide/remove_factor/"
    assert signed_in(Client(), first).post(address, {"words": ""}).status_code == 422
    assert signed_in(Client(), first).post(address, {"words": "Pazaudēts."}).status_code == 302
    reset = SecondFactorReset.objects.get()
    address = f"/admin/accounts/secondfactorreset/{reset.pk}/decide/remove/"
    signed_in(Client(), first).post(address)
    assert SecondFactor.objects.exists()
    signed_in(Client(), second).post(address)
    assert not SecondFactor.objects.exists()
