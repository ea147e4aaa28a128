"""Rights to work in the portal: confirmed, approved with a term, refused, blocked, ended (terms 27 to 29, 32)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Denial, DenialReason, Right, RightKind
from accounts.selectors import contexts_of
from accounts.states import ACCESS, AccessAction
from stars.classifiers.selectors import due_after
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.security import Event, happened
from stars.notices.services import notify

from .ending_sessions import drop_sessions
from .telling_administrators import tell_administrators

WORKING_DAYS = 1  # the agency's promise [003]
WORKPLACES = {
    RightKind.COORDINATOR: "accounts:coordinator_home",
    RightKind.CONSULTANT: "accounts:consultant_home",
    RightKind.ASSESSOR: "accounts:assessor_home",
    RightKind.COMMISSION_MEMBER: "calls:commission",
}  # of other rights: the agency's own


@transaction.atomic
def confirm_right(*, right_id: int, by: Actor) -> Right:
    """The holder has opened the link that was sent to them; the right now waits for approval."""
    right = _locked(right_id, AccessAction.CONFIRM, by)
    right.due_at = due_after(timezone.now(), WORKING_DAYS)
    _move(right, AccessAction.CONFIRM, by=by)
    if right.institution:
        tell_administrators(
            institution=right.institution,
            key=f"right:{right.pk}:{right.due_at:%Y%m%d%H%M%S}",
            title=_("A career consultant waits for your approval"),
            body=_("Somebody asks to work for %(institution)s as a career consultant. Approve or refuse them.")
            % {"institution": right.institution.name},
            path=reverse("accounts:members"),
        )
    return right


@transaction.atomic
def approve_right(*, right_id: int, by: Actor, valid_until: datetime | None = None) -> Right:
    """The holder may work in the role from now until `valid_until` (aware, half-open), or until it is ended."""
    right = _locked(right_id, AccessAction.APPROVE, by)
    now = timezone.now()
    if valid_until is not None and valid_until <= now:
        raise DomainError(_("The term ends in the past. Choose a later day."), code="term_over")
    right.valid_from, right.valid_until, right.decided_at = now, valid_until, now
    _move(right, AccessAction.APPROVE, by=by)
    _tell(right, _("Your rights have been approved"), _("You can now work in the portal as: %(role)s."))
    return right


@transaction.atomic
def refuse_right(*, right_id: int, explanation: str, by: Actor) -> Right:
    """`explanation` is what the person reads."""
    right = _locked(right_id, AccessAction.REFUSE, by)
    right.decided_at = timezone.now()
    _move(right, AccessAction.REFUSE, by=by, explanation=explanation)
    _tell(right, _("Your rights have not been approved"), _("You asked to work in the portal as: %(role)s."))
    return right


@transaction.atomic
def block_right(
    *, right_id: int, explanation: str, by: Actor, reason: DenialReason = DenialReason.COMPROMISED
) -> Right:
    """The role stops at the holder's next request, for one of the reasons of terms 32; it can be given back."""
    right = _locked(right_id, AccessAction.BLOCK, by)
    _move(right, AccessAction.BLOCK, by=by, explanation=explanation)
    _close_door(right, reason, by=by)
    _tell(right, _("Your rights have been blocked"), _("You can no longer work in the portal as: %(role)s."))
    return right


@transaction.atomic
def unblock_right(*, right_id: int, by: Actor) -> Right:
    """A blocked role works again, within its term."""
    right = _locked(right_id, AccessAction.UNBLOCK, by)
    _move(right, AccessAction.UNBLOCK, by=by)
    now = timezone.now()
    Denial.objects.filter(right=right, lifted_at=None).update(lifted_at=now, lifted_by_id=by.user_id)
    happened(Event.DENIAL_LIFTED, right=right.pk, by=by.user_id)
    _tell(right, _("Your rights are in force again"), _("You can now work in the portal as: %(role)s."))
    return right


@transaction.atomic
def expire_right(*, right_id: int, by: Actor) -> Right:
    """The term is over (32.1), or the role is no longer needed. Only this role ends."""
    right = _locked(right_id, AccessAction.EXPIRE, by)
    right.valid_until = min(right.valid_until or timezone.now(), timezone.now())
    _move(right, AccessAction.EXPIRE, by=by)
    _close_door(right, DenialReason.TERM_OVER, by=by)
    _tell(right, _("The term of your rights is over"), _("You can no longer work in the portal as: %(role)s."))
    return right


def _close_door(right: Right, reason: DenialReason, *, by: Actor) -> None:
    """The reason stands coded beside the right; whoever has no other role left is signed out at once (I16)."""
    if not Denial.objects.filter(right=right, lifted_at=None).exists():
        Denial.objects.create(right=right, reason=reason, words=right.explanation, decided_by_id=by.user_id)
    happened(Event.DENIED, user=right.user_id, right=right.pk, reason=reason.value, by=by.user_id)
    if right.user.person_id is None and not contexts_of(right.user):
        drop_sessions(user_id=right.user_id)


def _locked(right_id: int, action: AccessAction, by: Actor) -> Right:
    right = Right.objects.select_for_update(of=("self",), no_key=True).get(pk=right_id)
    require(policies.may(by, action, right))
    return right


def _move(right: Right, action: AccessAction, *, by: Actor, explanation: str = "") -> None:
    before = right.state
    right.state = ACCESS.after(action, before, refusal=_("Somebody has decided about these rights already."))
    right.explanation = explanation
    right.save(update_fields=["state", "explanation", "valid_from", "valid_until", "decided_at", "due_at"])
    data = {"kind": right.kind} | ({"explanation": explanation} if explanation else {})
    audit.record(right, action.value, by=by, from_state=before, to_state=right.state, data=data)


def _tell(right: Right, title: str, sentence: str) -> None:
    lines = [sentence % {"role": right.get_kind_display()}]
    if right.explanation:
        lines.append(_("Reason: %(reason)s") % {"reason": right.explanation})
    if right.state != "approved":
        lines.append(_("If you disagree, write to stars@viaa.gov.lv or call +371 67359075."))
    moment = f"{timezone.now():%Y%m%d%H%M%S%f}"
    notify(
        recipient=right.user,
        key=f"right:{right.pk}:{right.state}:{moment}",
        title=title,
        body="\n".join(lines),
        path=reverse(WORKPLACES.get(RightKind(right.kind), "admin:index")) if right.state == "approved" else "",
    )
