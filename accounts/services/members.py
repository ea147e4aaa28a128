"""People of an institution: blocked, let in again, ended, given another role; one administrator always stays (X75)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Denial, Membership, Right, RightKind, User
from accounts.states import ACCESS, AccessAction, AccessState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.notices.services import notify

from .ending_sessions import drop_sessions
from .rights import WORKPLACES, block_right, expire_right

ADMINISTRATOR, EMPLOYEE = Membership.MemberRole.ADMINISTRATOR, Membership.MemberRole.EMPLOYEE


@transaction.atomic
def block_member(*, membership_id: int, explanation: str, by: Actor) -> Membership:
    """The employee can no longer work for the institution, from the next request on; it can be given back."""
    membership = _locked(membership_id, AccessAction.BLOCK, by)
    _keep_an_administrator(membership, by)
    _move(membership, AccessAction.BLOCK, by=by, explanation=explanation)
    for right in _rights_there(membership, AccessState.APPROVED):
        block_right(right_id=right.pk, explanation=explanation, by=by)
    _tell(membership, _("Your place in an institution is blocked"), _("You can no longer work for: %(institution)s."))
    return membership


@transaction.atomic
def unblock_member(*, membership_id: int, by: Actor) -> Membership:
    """A blocked employee works again; roles given beside are given back one by one."""
    membership = _locked(membership_id, AccessAction.UNBLOCK, by)
    _move(membership, AccessAction.UNBLOCK, by=by)
    _tell(membership, _("Your place in an institution is open again"), _("You can work again for: %(institution)s."))
    return membership


@transaction.atomic
def end_member(*, membership_id: int, by: Actor) -> Membership:
    """The employee no longer works for the institution; what they have done stays."""
    membership = _locked(membership_id, AccessAction.EXPIRE, by)
    _keep_an_administrator(membership, by)
    return _end(membership, by)


@transaction.atomic
def leave_institution(*, by: Actor) -> Membership:
    """Whoever works for an institution may stop; the last administrator hands over first (X75)."""
    membership = _own(by)
    if membership.role == ADMINISTRATOR and not _others(membership):
        raise DomainError(
            _("You are the only administrator. First hand the role over to a colleague."), code="last_administrator"
        )
    return _end(membership, by)


def _end(membership: Membership, by: Actor) -> Membership:
    _move(membership, AccessAction.EXPIRE, by=by)
    for right in _rights_there(membership, AccessState.APPROVED, AccessState.BLOCKED):
        expire_right(right_id=right.pk, by=Actor.system("end_member"))
    _tell(membership, _("Your place in an institution has ended"), _("You no longer work for: %(institution)s."))
    return membership


@transaction.atomic
def change_member_role(*, membership_id: int, role: Membership.MemberRole, by: Actor) -> Membership:
    """Employee or administrator; nobody changes their own (X5), and nobody is raised above an administrator."""
    membership = _locked(membership_id, AccessAction.APPROVE, by)
    if membership.state != AccessState.APPROVED:
        raise DomainError(_("This person does not work for the institution now."), code="wrong_state")
    if membership.role == role:
        return membership
    _keep_an_administrator(membership, by)
    _give_role(membership, role, by)
    return membership


@transaction.atomic
def hand_over(*, membership_id: int, by: Actor) -> Membership:
    """A colleague becomes the administrator and oneself an employee, in one step: there is one at any moment (X75)."""
    own = _own(by)
    require(own.role == ADMINISTRATOR)
    rows = Membership.objects.select_related("institution", "user__person")
    membership = rows.filter(pk=membership_id, institution_id=own.institution_id).first()
    if membership is None or membership.pk == own.pk or membership.state != AccessState.APPROVED:
        raise DomainError(_("Choose a colleague who works for the institution now."), code="wrong_state")
    if not membership.user.is_active or _denied().filter(user=membership.user).exists():
        raise DomainError(_("This colleague cannot sign in now. Choose another."), code="wrong_state")
    if membership.role != ADMINISTRATOR:
        _give_role(membership, ADMINISTRATOR, by)
    _give_role(own, EMPLOYEE, by)
    return membership


@transaction.atomic
def give_assessor(*, user_id: int, valid_until: datetime | None, by: Actor) -> Right:
    """The institution's administrator makes an employee or a consultant of theirs a skills assessor [001 3.10]."""
    institution_id = by.institution_id or 0
    require(policies.may_name_assessors(by))
    _lock_people(institution_id)
    require(_is_administrator_still(by, institution_id))
    works_here = Membership.objects.filter(user_id=user_id, institution_id=institution_id, is_active=True).exists()
    consults = Right.objects.in_force().filter(
        user_id=user_id, institution_id=institution_id, kind=RightKind.CONSULTANT
    )
    if not works_here and not consults.exists():
        raise DomainError(_("This person does not work for the institution now."), code="wrong_state")
    now = timezone.now()
    if valid_until is not None and valid_until <= now:
        raise DomainError(_("The term ends in the past. Choose a later day."), code="term_over")
    live = Right.objects.filter(
        user_id=user_id,
        institution_id=institution_id,
        kind=RightKind.ASSESSOR,
        state__in=(AccessState.APPROVED, AccessState.BLOCKED),
    )
    if live.exists():
        raise DomainError(_("This person is a skills assessor already."), code="given_already")
    right = Right.objects.create(
        user_id=user_id,
        institution_id=institution_id,
        kind=RightKind.ASSESSOR,
        state=AccessState.APPROVED,
        valid_from=now,
        valid_until=valid_until,
        decided_at=now,
    )
    audit.record(right, "approve", by=by, to_state=right.state, data={"kind": right.kind}, is_first=True)
    notify(
        recipient=User.objects.select_related("person").get(pk=user_id),
        key=f"right:{right.pk}:given",
        title=_("Your rights have been approved"),
        body=_("You can now work in the portal as: %(role)s.") % {"role": right.get_kind_display()},
        path=reverse(WORKPLACES[RightKind.ASSESSOR]),
    )
    return right


# --- what the actions share --------------------------------------------------------


def _locked(membership_id: int, action: AccessAction, by: Actor) -> Membership:
    """All people of the institution are locked in one order: two who block each other come one after the other.

    Whether `by` still is its administrator is asked of what is locked, not of what was true when the page was opened.
    """
    institution_id = Membership.objects.values_list("institution_id", flat=True).get(pk=membership_id)
    _lock_people(institution_id)
    membership = Membership.objects.select_related("institution", "user__person").get(pk=membership_id)
    require(policies.may(by, action, membership))
    if not by.is_agency:
        require(by.is_system or _is_administrator_still(by, institution_id))
    return membership


def _is_administrator_still(by: Actor, institution_id: int) -> bool:
    own = Membership.objects.filter(user_id=by.user_id or 0, institution_id=institution_id, is_active=True)
    return own.filter(role=ADMINISTRATOR).exists()


def _lock_people(institution_id: int) -> None:
    list(Membership.objects.select_for_update(of=("self",)).filter(institution_id=institution_id).order_by("pk"))


def _own(by: Actor) -> Membership:
    """The place `by` works in now, under the lock of everybody there."""
    require(by.is_provider and by.acting_for_id is None)
    _lock_people(by.institution_id or 0)
    own = Membership.objects.select_related("institution", "user__person").filter(
        user_id=by.user_id or 0, institution_id=by.institution_id or 0, is_active=True
    )
    found = own.first()
    require(found is not None)
    assert found is not None
    return found


def _others(membership: Membership) -> bool:
    """Whether the institution has another administrator who can sign in."""
    others = Membership.objects.filter(
        institution_id=membership.institution_id, role=ADMINISTRATOR, is_active=True, user__is_active=True
    )
    return others.exclude(pk=membership.pk).exclude(user__in=_denied()).exists()


def _denied() -> QuerySet[Denial, Any]:
    return Denial.objects.in_force().of_users().values("user")


def leave_an_administrator(user: User) -> None:
    """Who suspends themselves (32.4) leaves every institution they lead, and the agency, one who can sign in (X75).

    Locks whoever counts before it asks, so that two who go at once do not both go; called within a transaction.
    """
    here = Membership.objects.filter(user=user, is_active=True, institution__is_active=True).order_by("institution")
    for institution_id in here.values_list("institution", flat=True):
        _lock_people(institution_id)
    for membership in here.filter(role=ADMINISTRATOR):
        if not _others(membership):
            raise DomainError(
                _("You are the only administrator. First hand the role over to a colleague."), code="last_administrator"
            )
    if user.is_staff:
        _leave_the_agency_one(user)


def _leave_the_agency_one(user: User) -> None:
    duties = Right.objects.in_force().filter(kind=RightKind.ADMINISTRATOR)
    officers = User.objects.filter(Q(pk__in=duties.values("user")) | Q(is_superuser=True), is_staff=True).order_by("pk")
    _lock_officers(officers)
    left = set(officers.filter(is_active=True).exclude(pk__in=_denied()).values_list("pk", flat=True))
    if left == {user.pk}:
        raise DomainError(
            _("You are the only administrator of the agency. First give a colleague the duty."),
            code="last_administrator",
        )


def _lock_officers(officers: QuerySet[User]) -> None:
    list(officers.select_for_update(of=("self",), no_key=True))


def _keep_an_administrator(membership: Membership, by: Actor) -> None:
    """X75; the agency alone may leave an institution without one, for the reasons of terms 32."""
    if membership.role == ADMINISTRATOR and not by.is_agency and not _others(membership):
        raise DomainError(_("This is the only administrator of the institution."), code="last_administrator")


def _give_role(membership: Membership, role: Membership.MemberRole, by: Actor) -> None:
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    audit.record(membership, "change_role", by=by, data={"from": before, "to": role.value})
    drop_sessions(user_id=membership.user_id)
    _tell(
        membership,
        _("Your role in an institution has changed"),
        _("Your role is now: %(role)s. Institution: %(institution)s."),
    )


def _rights_there(membership: Membership, *states: AccessState) -> list[Right]:
    """Roles given beside the place and resting on it."""
    rights = Right.objects.filter(
        user_id=membership.user_id, institution_id=membership.institution_id, kind=RightKind.ASSESSOR, state__in=states
    )
    return list(rights.order_by("pk"))


def _move(membership: Membership, action: AccessAction, *, by: Actor, explanation: str = "") -> None:
    before = membership.state
    membership.state = ACCESS.after(action, before, refusal=_("Somebody has decided about this person already."))
    membership.explanation = explanation
    membership.save(update_fields=["state", "explanation"])
    data = {"explanation": explanation} if explanation else {}
    audit.record(membership, action.value, by=by, from_state=before, to_state=membership.state, data=data)


def _tell(membership: Membership, title: str, sentence: str) -> None:
    words = {"institution": membership.institution.name, "role": membership.get_role_display()}
    lines = [sentence % words]
    if membership.explanation:
        lines.append(_("Reason: %(reason)s") % {"reason": membership.explanation})
    lines.append(_("If you disagree, write to stars@viaa.gov.lv or call +371 67359075."))
    moment = f"{timezone.now():%Y%m%d%H%M%S%f}"
    notify(recipient=membership.user, key=f"membership:{membership.pk}:{moment}", title=title, body="\n".join(lines))
