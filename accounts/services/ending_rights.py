"""The clock of rights: reminders before the end, the end itself, and what nobody has approved in thirty days."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Right
from accounts.states import AccessState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.templatetags.stars import last_day
from stars.notices.services import notify

from .asking_rights import forget_right
from .rights import expire_right

WARNINGS = (30, 7)  # days before the end
KEEP = timedelta(days=30)  # of what nobody has approved (GDP-02)


def end_rights(*, by: Actor) -> int:
    """Rights past their term end (32.1: only those), holders are told before and at the end; gives how many ended."""
    require(by.is_system)
    now = timezone.now()
    over = Right.objects.filter(state__in=(AccessState.APPROVED, AccessState.BLOCKED), valid_until__lte=now)
    ended = sum(_end(pk, by) for pk in list(over.order_by("pk").values_list("pk", flat=True)))
    for days in sorted(WARNINGS):
        soon = Right.objects.filter(
            state=AccessState.APPROVED, valid_until__gt=now, valid_until__lte=now + timedelta(days=days)
        )
        for right in soon.select_related("user__person").order_by("pk"):
            _warn(right, days)
    return ended


@transaction.atomic
def _end(pk: int, by: Actor) -> bool:
    right = Right.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    is_over = right is not None and right.state in {AccessState.APPROVED, AccessState.BLOCKED}
    if right is None or not is_over or right.valid_until is None or right.valid_until > timezone.now():
        return False
    expire_right(right_id=pk, by=by)
    return True


def _warn(right: Right, days: int) -> None:
    """Once for each warning and each end: a prolonged right is warned of anew."""
    until = right.valid_until
    assert until is not None
    if days == max(WARNINGS) and until - timezone.now() <= timedelta(days=min(WARNINGS)):
        return  # it was approved for a short time: the nearer warning is the one that counts
    notify(
        recipient=right.user,
        key=f"right:{right.pk}:ends:{until:%Y%m%d}:{days}",
        title=_("Your rights end on %(day)s") % {"day": last_day(until)},
        body=_("You work in the portal as: %(role)s. To go on after %(day)s, ask whoever approved you to prolong it.")
        % {"role": right.get_kind_display(), "day": last_day(until)},
        path=reverse("accounts:rights"),
    )


def sweep_rights(*, by: Actor) -> int:
    """Rights nobody has confirmed or approved in thirty days, and refused ones, go with their papers (GDP-02)."""
    require(by.is_system)
    old = timezone.now() - KEEP
    lapsed = Right.objects.filter(
        state__in=(AccessState.UNCONFIRMED, AccessState.WAITING, AccessState.REFUSED), asked_at__lte=old
    ).exclude(decided_at__gt=old)
    return sum(_sweep(pk, by) for pk in list(lapsed.values_list("pk", flat=True)))


@transaction.atomic
def _sweep(pk: int, by: Actor) -> bool:
    right = Right.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if right is None or right.state in {AccessState.APPROVED, AccessState.BLOCKED, AccessState.EXPIRED}:
        return False
    if right.state == AccessState.WAITING:
        notify(
            recipient=right.user,
            key=f"right:{right.pk}:lapsed",
            title=_("Your request for rights has lapsed"),
            body=_("Nobody has decided about it for 30 days. We are sorry. Please ask again: %(role)s.")
            % {"role": right.get_kind_display()},
        )
    audit.record(right, "lapse", by=by, from_state=right.state)
    forget_right(right)
    return True
