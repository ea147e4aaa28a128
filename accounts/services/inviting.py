"""Invitations by e-mail: whoever holds the address accepts, once; the inviter learns nothing about the address (PWD-05)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import LinkSpent
from accounts.models import (
    Consent,
    Institution,
    Invitation,
    InvitationKind,
    Membership,
    Right,
    RightKind,
    User,
)
from accounts.passwords import check_password_rules
from accounts.selectors import current_policies, live_entry_link, open_invitation
from accounts.states import INVITATION, AccessState, InvitationAction, InvitationState
from stars.kernel import audit
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, require

from .entry_links import send_entry_link, use_entry_link

LIFE = timedelta(days=14)  # of the invitation; a link in a letter lives an hour and can be had anew
INVITING_DUTIES = [Duty.APPROVER.value, Duty.EVALUATOR.value, Duty.ADMINISTRATOR.value]
LIVE_RIGHTS = (AccessState.UNCONFIRMED, AccessState.WAITING, AccessState.APPROVED, AccessState.BLOCKED)


@transaction.atomic
def invite_member(*, name: str, email: str, role: Membership.MemberRole, by: Actor) -> Invitation:
    """Ask somebody into one's own institution. Asking the same address again sends another letter."""
    require(policies.may_invite_members(by))
    institution = Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=by.institution_id or 0)
    return _invite(kind=InvitationKind.MEMBER, name=name, email=email, by=by, institution=institution, role=role)


@transaction.atomic
def invite_commission_member(*, name: str, email: str, by: Actor, rights_until: datetime | None = None) -> Invitation:
    """Ask somebody into the evaluation commission; which calls they evaluate is said call by call."""
    require(policies.may_invite_commission(by))
    return _invite(kind=InvitationKind.COMMISSION, name=name, email=email, by=by, rights_until=rights_until)


@transaction.atomic
def invite_officer(
    *, name: str, email: str, duties: Sequence[Duty], by: Actor, rights_until: datetime | None = None
) -> Invitation:
    """Ask somebody to work for the agency with these duties (terms 30); only its administrators may."""
    require(policies.may_invite_officers(by))
    if not duties:
        raise DomainError(_("Choose at least one duty."), code="no_duties")
    named = sorted(duty.value for duty in duties)
    return _invite(kind=InvitationKind.OFFICER, name=name, email=email, by=by, duties=named, rights_until=rights_until)


def _invite(
    *,
    kind: InvitationKind,
    name: str,
    email: str,
    by: Actor,
    institution: Institution | None = None,
    rights_until: datetime | None = None,
    **fields: object,
) -> Invitation:
    address = email.strip().lower()
    if rights_until is not None and rights_until <= timezone.now():
        raise DomainError(_("The term ends in the past. Choose a later day."), code="term_over")
    open_now = Invitation.objects.select_for_update(of=("self",)).filter(
        email=address, kind=kind, institution=institution, state=InvitationState.OPEN
    )
    invitation = open_now.first() or Invitation(email=address, kind=kind)
    is_new = invitation.pk is None
    for field, value in (
        {"name": name, "invited_by_id": by.user_id, "institution": institution, "rights_until": rights_until} | fields
    ).items():
        setattr(invitation, field, value)
    invitation.invited_at, invitation.expires_at = timezone.now(), timezone.now() + LIFE
    invitation.save()
    data = {"kind": invitation.kind, "role": invitation.role, "duties": invitation.duties}
    audit.record(invitation, "invite", by=by, data=data, is_first=is_new)
    _send(invitation, by)
    return invitation


def _send(invitation: Invitation, by: Actor) -> None:
    send_entry_link(
        of=invitation,
        email=invitation.email,
        address="accounts:accept_invitation",
        subject=_("You are invited to work in STARS"),
        template="emails/accounts/invitation.txt",
        words={"name": invitation.name, "by": by.label, "where": where_of(invitation)},
    )


def where_of(invitation: Invitation) -> str:
    """Where the invitation leads, as people read it."""
    if invitation.institution is not None:
        return invitation.institution.name
    return invitation.get_kind_display()


@transaction.atomic
def resend_invitation(*, token: str) -> Invitation | None:
    """For a link that has lapsed: another one to the same address, while the invitation is open."""
    seen = open_invitation(token)
    if seen is None:
        return None
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("institution").get(pk=seen.pk)
    _send(invitation, Actor(label=invitation.invited_by.label if invitation.invited_by else ""))
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """The invitation and its links work no more."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    require(policies.may_close_invitation(by, InvitationAction.WITHDRAW, invitation))
    _move(invitation, InvitationAction.WITHDRAW, by)
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", password: str = "", shown: Collection[int] = ()) -> User:
    """Whoever holds the address takes the place they were asked into; a new user with name, password and consent.

    Somebody who signs in with this address already needs none of them. Raises LinkSpent, ValidationError for a password
    the terms refuse, and DomainError where the inviter may no longer invite, or the address belongs to another door.
    """
    seen = live_entry_link(token, "invitation")
    if seen is None or seen.invitation is None:
        raise LinkSpent
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("institution").get(pk=seen.invitation.pk)
    )
    if invitation.state != InvitationState.OPEN or invitation.expires_at <= timezone.now():
        raise LinkSpent
    _refuse_unless_still_meant(invitation)
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(email=invitation.email).first()
    user = _known(user, invitation) if user else _new(invitation, name, password, shown)
    require(
        policies.may_close_invitation(Actor(user_id=user.pk, label=user.label), InvitationAction.ACCEPT, invitation)
    )
    use_entry_link(token=token, kind="invitation")
    by = _seated(user, invitation)
    _seat(user, invitation, by)
    _move(invitation, InvitationAction.ACCEPT, by)
    return user


def _seated(user: User, invitation: Invitation) -> Actor:
    """Whoever accepts, in the role they come into: the trail names somebody and the work they were let in for (I5)."""
    if invitation.kind == InvitationKind.MEMBER:
        is_boss = invitation.role == Membership.MemberRole.ADMINISTRATOR
        role = Role.PROVIDER_ADMIN if is_boss else Role.PROVIDER
    else:
        role = Role.COMMISSION if invitation.kind == InvitationKind.COMMISSION else Role.AGENCY
    return Actor(role=role, user_id=user.pk, institution_id=invitation.institution_id, label=user.label)


def _refuse_unless_still_meant(invitation: Invitation) -> None:
    """An invitation lives no longer than the right to invite: who has left leaves no open doors behind (X73)."""
    inviter = invitation.invited_by
    if inviter is None:
        return
    if invitation.kind == InvitationKind.MEMBER:
        holds = Membership.objects.filter(
            user=inviter,
            institution=invitation.institution,
            role=Membership.MemberRole.ADMINISTRATOR,
            is_active=True,
            institution__is_active=True,
        ).exists()
    else:
        duties = [Duty.ADMINISTRATOR.value] if invitation.kind == InvitationKind.OFFICER else INVITING_DUTIES
        holds = inviter.is_staff and Right.objects.in_force().filter(user=inviter, kind__in=duties).exists()
    if not holds or not inviter.is_active:
        raise DomainError(
            _("Whoever invited you can no longer do so. Ask the institution or the agency for a new invitation."),
            code="inviter_gone",
        )


def _known(user: User, invitation: Invitation) -> User:
    """The agency's door and the others' are never one (ACC-08)."""
    if user.is_staff != (invitation.kind == InvitationKind.OFFICER):
        raise DomainError(
            _("This address signs in elsewhere already. Ask for an invitation to another address."), code="other_door"
        )
    return user


def _new(invitation: Invitation, name: str, password: str, shown: Collection[int]) -> User:
    wanted = list(current_policies())
    if any(policy.pk not in shown for policy in wanted):
        raise DomainError(_("The terms have just changed. Read the new version and confirm it."), code="terms_changed")
    is_officer = invitation.kind == InvitationKind.OFFICER
    user = User(email=invitation.email, name=name or invitation.name, is_staff=is_officer)
    check_password_rules(password, user)
    user.password = make_password(password)
    user.save()
    Consent.objects.bulk_create(Consent(user=user, policy=policy, channel="invitation") for policy in wanted)
    invited = {"invitation": str(invitation.reference)}
    audit.record(user, "create", by=_seated(user, invitation), data=invited, is_first=True)
    return user


def _seat(user: User, invitation: Invitation, by: Actor) -> None:
    if invitation.kind == InvitationKind.MEMBER:
        _seat_member(user, invitation, by)
    elif invitation.kind == InvitationKind.COMMISSION:
        _seat_holder(user, RightKind.COMMISSION_MEMBER, invitation, by)
    else:
        for duty in invitation.duties:
            _seat_holder(user, RightKind(duty), invitation, by)


def _seat_member(user: User, invitation: Invitation, by: Actor) -> None:
    institution = invitation.institution
    found = Membership.objects.select_for_update(of=("self",)).filter(user=user, institution=institution).first()
    if found is not None and found.state == AccessState.BLOCKED:
        raise DomainError(
            _("Your place in this institution is blocked. Its administrator can open it again."), code="blocked"
        )
    membership = found or Membership(user=user, institution=institution)
    was_administrator = found is not None and found.is_active and found.role == Membership.MemberRole.ADMINISTRATOR
    if not was_administrator:  # an invitation never takes a role away (X74)
        membership.role = invitation.role
    membership.state, membership.explanation = AccessState.APPROVED, ""
    membership.save()
    audit.record(membership, "join", by=by, to_state=membership.state, data=_told(invitation, role=membership.role))


def _seat_holder(user: User, kind: RightKind, invitation: Invitation, by: Actor) -> None:
    """A right given by the invitation, unless one of the kind lives already."""
    if Right.objects.filter(user=user, kind=kind, state__in=LIVE_RIGHTS).exists():
        return
    now = timezone.now()
    right = Right.objects.create(
        user=user,
        kind=kind,
        state=AccessState.APPROVED,
        valid_from=now,
        valid_until=invitation.rights_until,
        decided_at=now,
    )
    audit.record(right, "approve", by=by, to_state=right.state, data=_told(invitation, kind=kind.value), is_first=True)


def _told(invitation: Invitation, **facts: str) -> dict[str, object]:
    """Who gave what was taken: the trail names the inviter beside whoever accepted."""
    return {"invitation": str(invitation.reference), "invited_by": invitation.invited_by_id, **facts}


def _move(invitation: Invitation, action: InvitationAction, by: Actor) -> None:
    before = invitation.state
    invitation.state = INVITATION.after(action, before, refusal=_("This invitation is closed already."))
    invitation.closed_at = timezone.now()
    invitation.save(update_fields=["state", "closed_at"])
    audit.record(invitation, action.value, by=by, from_state=before, to_state=invitation.state)


def sweep_invitations(*, by: Actor) -> int:
    """Invitations nobody has answered in their fortnight are withdrawn; gives how many."""
    require(by.is_system)
    lapsed = Invitation.objects.filter(state=InvitationState.OPEN, expires_at__lte=timezone.now())
    numbers = list(lapsed.values_list("pk", flat=True))
    for pk in numbers:
        withdraw_invitation(invitation_id=pk, by=by)
    return len(numbers)
