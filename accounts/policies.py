"""Who may do what to a person's own record, and who decides about rights to work in the portal."""

from collections.abc import Callable, Mapping
from uuid import UUID

from stars.kernel.actor import Actor, Duty, Role

from .models import (
    Denial,
    DenialReason,
    FactDispute,
    Institution,
    Invitation,
    InvitationKind,
    Mandate,
    Membership,
    Registration,
    Right,
    Scope,
    SecondFactorReset,
    StaffTie,
    User,
)
from .models.rights import DUTIES
from .states import (
    ACCESS,
    DISPUTE,
    MANDATE,
    AccessAction,
    DisputeAction,
    InvitationAction,
    MandateAction,
    ResetAction,
)


def may_keep_profile(by: Actor, person_id: UUID) -> bool:
    """Register, change the profile, ask for a confirmation link: clients for themselves, coordinators by their mandate."""
    return by.is_client and by.person_id == person_id and by.acts_within(Scope.PROFILE)


def may_accept_policies(by: Actor, user_id: int) -> bool:
    return by.user_id == user_id and by.acting_for_id is None


def may_employ(by: Actor) -> bool:
    """Give somebody a place in an institution: the agency, and the loading of demo data."""
    return by.is_agency or by.is_system


def may_keep_lists(by: Actor) -> bool:
    """Write institutions and versions of the terms."""
    return by.is_agency or by.is_system


def may_resolve_sign_on(by: Actor) -> bool:
    """Decide whose the personal codes are that the state's sign-on named (SSO-10)."""
    return by.has_duty(Duty.SECURITY, Duty.ADMINISTRATOR)


def may_keep_contacts(by: Actor, institution: Institution) -> bool:
    """Terms 17.2: the institution's own administrator, and the agency."""
    is_own = by.role is Role.PROVIDER_ADMIN and by.institution_id == institution.pk
    return is_own or by.has_duty(Duty.APPROVER, Duty.CONTENT, Duty.ADMINISTRATOR)


Asked = Right | Membership | Registration
Rule = Callable[[Actor, Asked], bool]


def not_own(actor: Actor, asked: Asked) -> bool:
    """Nobody decides about a right or a place of their own (X5)."""
    return actor.user_id is None or actor.user_id != asked.user_id


def officer(actor: Actor, asked: Asked) -> bool:
    """Terms 27 to 29.3: the agency's approvers; a duty of the agency's own only by its administrators."""
    if isinstance(asked, Right) and asked.kind in DUTIES:
        return actor.has_duty(Duty.ADMINISTRATOR) and not_own(actor, asked)
    return actor.has_duty(Duty.APPROVER, Duty.ADMINISTRATOR) and not_own(actor, asked)


def administrator(actor: Actor, asked: Asked) -> bool:
    """Terms 29.3: who works for an institution is approved by that institution's administrator."""
    is_theirs = asked.institution_id is not None and asked.institution_id == actor.institution_id
    return actor.role is Role.PROVIDER_ADMIN and is_theirs and not_own(actor, asked)


def holder(actor: Actor, asked: Asked) -> bool:
    return actor.user_id is not None and actor.user_id == asked.user_id and actor.acting_for_id is None


def bearer(actor: Actor, asked: Asked) -> bool:
    """Whoever shows the link that was sent to the address, and is nobody here yet."""
    return isinstance(asked, Registration) and actor.role is Role.ANONYMOUS


def named_job(actor: Actor, asked: Asked) -> bool:
    return actor.is_system


WHO: Mapping[AccessAction, tuple[Rule, ...]] = {
    AccessAction.CONFIRM: (holder, bearer, named_job),
    AccessAction.APPROVE: (officer, administrator, named_job),
    AccessAction.REFUSE: (officer, administrator),
    AccessAction.BLOCK: (officer, administrator, named_job),
    AccessAction.UNBLOCK: (officer, administrator),
    AccessAction.EXPIRE: (officer, administrator, named_job),
}


GIVES_A_ROLE = frozenset({AccessAction.APPROVE, AccessAction.UNBLOCK})


def needs_fresh_proof(action: AccessAction, asked: Asked) -> bool:
    """MFA-04: a right is given and given back by who has just shown who they are, on the page and in the admin alike."""
    return isinstance(asked, Right) and action in GIVES_A_ROLE


def may(actor: Actor, action: AccessAction, asked: Asked) -> bool:
    return any(rule(actor, asked) for rule in WHO[action])


def open_actions(actor: Actor, asked: Asked) -> list[AccessAction]:
    """The buttons of the page: permitted to this actor and possible in this state."""
    return [action for action in AccessAction if may(actor, action, asked) and ACCESS.allows(action, asked.state)]


# What each duty writes in the admin beside the decisions of its own: whole apps, or single models of one.
# An administrator writes everything the lists let anybody write; nobody writes what only services change (ADM-01).
WRITES: Mapping[Duty, frozenset[str]] = {
    Duty.APPROVER: frozenset({"accounts.institution", "catalog"}),
    Duty.EVALUATOR: frozenset({"calls"}),
    Duty.FINANCE: frozenset({"funding"}),
    Duty.CONTENT: frozenset({"pages", "classifiers", "catalog", "accounts.policyversion", "accounts.institution"}),
    Duty.SECURITY: frozenset({"accounts.stafftie"}),
}
# Who has looked at whose data is read by those who guard it (security.md 1); everything else every officer may look up.
GUARDED = frozenset({"kernel.accessentry", "admin.logentry"})


def may_in_admin(duties: frozenset[Duty], verb: str, app: str, model: str) -> bool:
    """Django's "view", "add", "change" and "delete" of a model, by an officer with these duties."""
    name = f"{app}.{model}"
    if Duty.ADMINISTRATOR in duties:
        return True
    if verb == "view":
        return Duty.SECURITY in duties or (bool(duties) and name not in GUARDED)
    return any({app, name} & WRITES.get(duty, frozenset()) for duty in duties)


def may_ask_right(by: Actor, user: User) -> bool:
    """PWD-07: somebody the state has signed on, for themselves."""
    return by.user_id == user.pk and by.acting_for_id is None and user.person_id is not None


def may_invite_members(by: Actor) -> bool:
    """The institution's administrator, into their own institution (ACC: never above administrator)."""
    return by.role is Role.PROVIDER_ADMIN and by.institution_id is not None


def may_name_assessors(by: Actor) -> bool:
    return may_invite_members(by)


def may_invite_commission(by: Actor) -> bool:
    return by.has_duty(Duty.APPROVER, Duty.EVALUATOR, Duty.ADMINISTRATOR)


def may_invite_officers(by: Actor) -> bool:
    """Duties of the agency are given by its administrators only; the first one by a command of the operator."""
    return by.has_duty(Duty.ADMINISTRATOR) or by.is_system


def inviter(actor: Actor, invitation: Invitation) -> bool:
    """Whoever may send such an invitation may take it back."""
    if invitation.kind == InvitationKind.MEMBER:
        return may_invite_members(actor) and actor.institution_id == invitation.institution_id
    if invitation.kind == InvitationKind.COMMISSION:
        return may_invite_commission(actor)
    return actor.has_duty(Duty.ADMINISTRATOR)


def invited(actor: Actor, invitation: Invitation) -> bool:
    """The service has seen the link, so the address is theirs."""
    return actor.user_id is not None and actor.role is Role.ANONYMOUS


def sweeper(actor: Actor, invitation: Invitation) -> bool:
    return actor.is_system


InvitationRule = Callable[[Actor, Invitation], bool]
WHO_CLOSES: Mapping[InvitationAction, tuple[InvitationRule, ...]] = {
    InvitationAction.ACCEPT: (invited,),
    InvitationAction.WITHDRAW: (inviter, sweeper),
}


def may_close_invitation(actor: Actor, action: InvitationAction, invitation: Invitation) -> bool:
    return any(rule(actor, invitation) for rule in WHO_CLOSES[action])


MandateRule = Callable[[Actor, Mandate], bool]


def the_client(actor: Actor, mandate: Mandate) -> bool:
    """The client themselves, never somebody who acts for them (ACT-03)."""
    return actor.role is Role.CLIENT and actor.person_id == mandate.client_id and actor.acting_for_id is None


def the_coordinator(actor: Actor, mandate: Mandate) -> bool:
    return actor.role is Role.COORDINATOR and actor.user_id == mandate.right.user_id


def the_agency(actor: Actor, mandate: Mandate) -> bool:
    return actor.has_duty(Duty.APPROVER, Duty.SECURITY, Duty.ADMINISTRATOR)


def the_register(actor: Actor, mandate: Mandate) -> bool:
    """The job that keeps what a register has said (ACC-09)."""
    return actor.is_system


WHO_MANDATES: Mapping[MandateAction, tuple[MandateRule, ...]] = {
    MandateAction.ACCEPT: (the_client,),
    MandateAction.DECLINE: (the_client,),
    MandateAction.END: (the_client, the_coordinator, the_agency, the_register),
    MandateAction.CONTEST: (the_client,),
}


def may_mandate(actor: Actor, action: MandateAction, mandate: Mandate) -> bool:
    return any(rule(actor, mandate) for rule in WHO_MANDATES[action])


def may_act_by(actor: Actor, mandate: Mandate) -> bool:
    """Take the client's place: the mandate's own coordinator, who stands in nobody's place yet."""
    return the_coordinator(actor, mandate) and actor.acting_for_id is None


def open_mandate_actions(actor: Actor, mandate: Mandate) -> list[MandateAction]:
    """The buttons of the page: permitted to this actor and possible in this state."""
    return [
        action
        for action in MandateAction
        if may_mandate(actor, action, mandate) and MANDATE.allows(action, mandate.state)
    ]


def is_self(by: Actor, user: User) -> bool:
    """The user, pressing the buttons themselves (ACT-03)."""
    return by.user_id == user.pk and by.acting_for_id is None


def guards_the_door(by: Actor) -> bool:
    """Officers charged with security, and administrators."""
    return by.has_duty(Duty.SECURITY, Duty.ADMINISTRATOR)


def may_deny(by: Actor, user: User, reason: DenialReason) -> bool:
    """Terms 24 and 32: the agency, about others; the person for 32.4; a named job for a death or what a rule says."""
    if reason is DenialReason.OWN_WISH and is_self(by, user):
        return True
    return by.is_system or (guards_the_door(by) and not is_self(by, user))


def may_lift(by: Actor, denial: Denial) -> bool:
    """Nobody opens their own door (X5)."""
    return guards_the_door(by) and by.user_id != denial.user_id


def may_end_cooperation(by: Actor) -> bool:
    return by.has_duty(Duty.APPROVER, Duty.SECURITY, Duty.ADMINISTRATOR)


def may_keep_sign_in(by: Actor, user: User) -> bool:
    """Password, address and second factor: one's own, of those who have them (terms 14)."""
    return is_self(by, user) and user.person_id is None


def may_end_sessions(by: Actor, user: User) -> bool:
    return is_self(by, user) or guards_the_door(by)


def may_start_reset(by: Actor, user: User) -> bool:
    """Terms 31.3: the agency starts it on request; people of the state's sign-on have no password (14)."""
    return by.has_duty(Duty.APPROVER, Duty.SECURITY, Duty.ADMINISTRATOR) and user.person_id is None


def may_ask_removal(by: Actor, user: User) -> bool:
    """MFA-05: the first of two administrators, about somebody else."""
    return guards_the_door(by) and not is_self(by, user) and user.person_id is None


def second_guard(by: Actor, reset: SecondFactorReset) -> bool:
    """MFA-05: neither who asked nor whose factor it is."""
    return guards_the_door(by) and by.user_id not in {reset.asked_by_id, reset.user_id}


RemovalRule = Callable[[Actor, SecondFactorReset], bool]
WHO_REMOVES: Mapping[ResetAction, tuple[RemovalRule, ...]] = {
    ResetAction.REMOVE: (second_guard,),
    ResetAction.KEEP: (second_guard,),
}


def may_decide_removal(by: Actor, action: ResetAction, reset: SecondFactorReset) -> bool:
    return any(rule(by, reset) for rule in WHO_REMOVES[action])


def may_ask_registries(by: Actor, person_id: UUID) -> bool:
    """Terms 26.1: the client who registers or applies, the agency that looks into something, a named job."""
    return may_keep_profile(by, person_id) or by.has_duty(Duty.APPROVER, Duty.ADMINISTRATOR) or by.is_system


def is_tied(actor: Actor, person_id: UUID) -> bool:
    """An officer who has declared that this is themselves or a relative (ACC-08). One query, for officers only."""
    return actor.is_agency and StaffTie.objects.between(actor.user_id, person_id)


DisputeRule = Callable[[Actor, FactDispute], bool]


def untied_officer(actor: Actor, dispute: FactDispute) -> bool:
    return actor.has_duty(Duty.APPROVER, Duty.ADMINISTRATOR) and not is_tied(actor, dispute.fact.person_id)


ANSWERS: Mapping[DisputeAction, tuple[DisputeRule, ...]] = {
    DisputeAction.UPHOLD: (untied_officer,),
    DisputeAction.CORRECT: (untied_officer,),
}


def may_answer(actor: Actor, action: DisputeAction, dispute: FactDispute) -> bool:
    return any(rule(actor, dispute) for rule in ANSWERS[action])


def open_answers(actor: Actor, dispute: FactDispute) -> list[DisputeAction]:
    """The buttons of a disputed entry: permitted to this officer and still open."""
    return [
        action
        for action in DisputeAction
        if DISPUTE.allows(action, dispute.state) and may_answer(actor, action, dispute)
    ]
