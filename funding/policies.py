"""Who may decide about a learning account, and whose decision moves reserved money; when is in states."""

from collections.abc import Callable, Mapping
from uuid import UUID

from accounts.policies import is_tied
from stars.kernel.actor import Actor, Duty

from .models import Correction, LearningAccount, Reservation, TargetGroupCheck
from .states import (
    ACCOUNT,
    CORRECTING,
    GRANTING,
    AccountAction,
    AccountState,
    CorrectionAction,
    GrantAction,
    ReservationAction,
)

Rule = Callable[[Actor, LearningAccount], bool]
MoneyRule = Callable[[Actor, Reservation], bool]


def approver(actor: Actor, account: LearningAccount) -> bool:
    """An officer charged with approving, never about themselves or a relative they have declared (ACC-08)."""
    return actor.has_duty(Duty.APPROVER, Duty.ADMINISTRATOR) and not is_tied(actor, account.person_id)


def job(actor: Actor, account: LearningAccount) -> bool:
    """The automatic check; a named job stands in the audit."""
    return actor.is_system


WHO: Mapping[AccountAction, tuple[Rule, ...]] = {
    AccountAction.APPROVE: (approver, job),
    AccountAction.REFUSE: (approver, job),
}

GrantRule = Callable[[Actor, TargetGroupCheck], bool]


def approver_of_grant(actor: Actor, check: TargetGroupCheck) -> bool:
    return approver(actor, check.account)


def job_for_grant(actor: Actor, check: TargetGroupCheck) -> bool:
    return actor.is_system


GRANTS: Mapping[GrantAction, tuple[GrantRule, ...]] = {
    GrantAction.GIVE: (approver_of_grant, job_for_grant),
    GrantAction.DENY: (approver_of_grant,),
}


CorrectionRule = Callable[[Actor, Correction], bool]


def may_propose_correction(actor: Actor, account: LearningAccount) -> bool:
    """An officer of finance or an administrator, never about themselves or a relative."""
    return actor.has_duty(Duty.FINANCE, Duty.ADMINISTRATOR) and not is_tied(actor, account.person_id)


def second_officer(actor: Actor, correction: Correction) -> bool:
    """ADM-03: somebody else of the same duty."""
    return may_propose_correction(actor, correction.grant.account) and actor.user_id != correction.proposed_by_id


def officer_of_finance(actor: Actor, correction: Correction) -> bool:
    """Whoever proposed it too may take it back."""
    return may_propose_correction(actor, correction.grant.account)


CORRECTIONS: Mapping[CorrectionAction, tuple[CorrectionRule, ...]] = {
    CorrectionAction.POST: (second_officer,),
    CorrectionAction.DECLINE: (officer_of_finance,),
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
    return [action for action in AccountAction if ACCOUNT.allows(action, account.state) and may(actor, action, account)]


def may_grant(actor: Actor, action: GrantAction, check: TargetGroupCheck) -> bool:
    return any(rule(actor, check) for rule in GRANTS[action])


def open_grant_actions(actor: Actor, check: TargetGroupCheck) -> list[GrantAction]:
    """The buttons of a check: the account comes first, then the money of a round."""
    if check.account.state != AccountState.APPROVED:
        return []
    return [
        action for action in GrantAction if GRANTING.allows(action, check.state) and may_grant(actor, action, check)
    ]


def may_correct(actor: Actor, action: CorrectionAction, correction: Correction) -> bool:
    return any(rule(actor, correction) for rule in CORRECTIONS[action])


def open_corrections(actor: Actor, correction: Correction) -> list[CorrectionAction]:
    """The buttons of a proposed correction."""
    return [
        action
        for action in CorrectionAction
        if CORRECTING.allows(action, correction.state) and may_correct(actor, action, correction)
    ]
