"""Who may decide about a learning account; when is in states.ACCOUNT."""

from collections.abc import Callable, Mapping

from stars.kernel.actor import Actor

from .models import LearningAccount
from .states import ACCOUNT, AccountAction

Rule = Callable[[Actor, LearningAccount], bool]


def agency(actor: Actor, account: LearningAccount) -> bool:
    return actor.is_agency


def job(actor: Actor, account: LearningAccount) -> bool:
    """Demo data and later the automatic check; a named job stands in the audit."""
    return actor.is_system


WHO: Mapping[AccountAction, tuple[Rule, ...]] = {
    AccountAction.APPROVE: (agency, job),
    AccountAction.REFUSE: (agency, job),
}


def may(actor: Actor, action: AccountAction, account: LearningAccount) -> bool:
    return any(rule(actor, account) for rule in WHO[action])


def open_actions(actor: Actor, account: LearningAccount) -> list[AccountAction]:
    """The buttons of the page: permitted and possible now."""
    return [
        action for action in AccountAction if may(actor, action, account) and ACCOUNT.allows(action, account.state)
    ]
