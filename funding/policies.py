"""Who may decide about a learning account, and whose decision moves reserved money; when is in states."""

from collections.abc import Callable, Mapping
from uuid import UUID

from stars.kernel.actor import Actor

from .models import LearningAccount, Reservation
from .states import ACCOUNT, AccountAction, ReservationAction

Rule = Callable[[Actor, LearningAccount], bool]
MoneyRule = Callable[[Actor, Reservation], bool]


def agency(actor: Actor, account: LearningAccount) -> bool:
    return actor.is_agency


def job(actor: Actor, account: LearningAccount) -> bool:
    """Demo data and later the automatic check; a named job stands in the audit."""
    return actor.is_system


WHO: Mapping[AccountAction, tuple[Rule, ...]] = {
    AccountAction.APPROVE: (agency, job),
    AccountAction.REFUSE: (agency, job),
}


def owner(actor: Actor, reservation: Reservation) -> bool:
    return actor.is_client and reservation.grant.account.person_id == actor.person_id


def institution(actor: Actor, reservation: Reservation) -> bool:
    """Which institution may decide about the application is asked above, where the application is known."""
    return actor.is_provider


def officer(actor: Actor, reservation: Reservation) -> bool:
    return actor.is_agency or actor.is_system


MONEY: Mapping[ReservationAction, tuple[MoneyRule, ...]] = {
    ReservationAction.RELEASE: (owner, institution, officer),
    ReservationAction.CAPTURE: (institution, officer),
}


def may_reserve(actor: Actor, person_id: UUID) -> bool:
    """One's own money, or whoever decides about the account."""
    return (actor.is_client and actor.person_id == person_id) or actor.is_agency or actor.is_system


def may_move(actor: Actor, action: ReservationAction, reservation: Reservation) -> bool:
    return any(rule(actor, reservation) for rule in MONEY[action])


def may(actor: Actor, action: AccountAction, account: LearningAccount) -> bool:
    return any(rule(actor, account) for rule in WHO[action])


def open_actions(actor: Actor, account: LearningAccount) -> list[AccountAction]:
    """The buttons of the page: permitted and possible now."""
    return [action for action in AccountAction if may(actor, action, account) and ACCOUNT.allows(action, account.state)]
