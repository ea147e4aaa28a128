"""Who sits in a call's commission, and when its offers are opened for it."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from calls import policies, selectors
from calls.errors import NotOverYet
from calls.models import Call, Offer, Seat
from calls.states import Evaluating, OfferState, SeatRole
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.notices.services import notify

from . import telling_evaluation as telling
from .deciding import GRACE, evaluate_offer


@transaction.atomic
def name_member(*, call_id: int, user_id: int, by: Actor, role: str = SeatRole.MEMBER) -> Seat:
    """Gives somebody with the right of a commission member a seat in one call's commission. Twice changes nothing."""
    call = Call.objects.locked(call_id)
    require(policies.may_evaluate(by, Evaluating.NAME))
    user = selectors.may_be_named().filter(pk=user_id).first()
    if user is None:
        raise DomainError(_("This person has no right of a commission member in force."), code="no_right")
    seat = Seat.objects.filter(call=call, user=user).first()
    if seat is not None and seat.role == role:
        return seat
    if role == SeatRole.CHAIR and Seat.objects.filter(call=call, role=SeatRole.CHAIR).exists():
        raise DomainError(_("The commission of this call already has a chair."), code="has_chair")
    is_new = seat is None
    seat = seat or Seat(call=call, user=user)
    seat.role = role
    seat.save()
    audit.record(seat, Evaluating.NAME, by=by, to_state=role, data={"call": call.slug})
    if is_new:
        _welcome(seat, user)
    return seat


def _welcome(seat: Seat, user: User) -> None:
    notify(
        recipient=user,
        key=f"seat:{seat.pk}:named",
        title=_("You evaluate offers of the call “%(call)s”") % {"call": seat.call.name},
        body=_("The offers appear in your workplace once the call is over and the agency opens them."),
        path=reverse("calls:commission"),
    )


@transaction.atomic
def release_member(*, seat_id: int, by: Actor) -> None:
    """Takes a seat back while nothing was said from it: a declaration or a score keeps it. Twice changes nothing."""
    seat = Seat.objects.select_for_update(of=("self",)).filter(pk=seat_id).first()
    if seat is None:
        return
    require(policies.may_evaluate(by, Evaluating.RELEASE))
    if seat.declarations.exists() or seat.sheets.exists():
        text = _("This member has already looked at offers. What they did is kept; end their right instead.")
        raise DomainError(text, code="in_use")
    audit.record(seat, Evaluating.RELEASE, by=by, from_state=seat.role, data={"user": seat.user_id})
    seat.delete()


def open_offers(*, call_id: int, by: Actor) -> int:
    """Opens every submitted offer of a call that is over, each in a transaction of its own; gives their number."""
    call = Call.objects.get(pk=call_id)
    require(policies.may_evaluate(by, Evaluating.OPEN))
    if not call.is_over(timezone.now() - GRACE):
        raise NotOverYet(call.closes_at + GRACE)
    _refuse_unready(call)
    waiting = list(
        Offer.objects.filter(call=call, state=OfferState.SUBMITTED).order_by("pk").values_list("pk", flat=True)
    )
    for pk in waiting:
        evaluate_offer(offer_id=pk, by=by)
    return len(waiting)


def _refuse_unready(call: Call) -> None:
    if not call.criteria.exists():
        raise DomainError(_("First add the criteria points are given for."), code="no_criteria")
    if selectors.seats_in_force().filter(call=call).count() < call.scores_needed:
        text = _("First name the commission: each programme needs %(number)s independent scores.")
        raise DomainError(text % {"number": call.scores_needed}, code="no_commission")


@transaction.atomic
def watch_commissions(*, by: Actor) -> int:
    """Tells the officers of offers that cannot get their scores since a member's right ended; gives how many there are.

    Each state of a commission is told of once.
    """
    require(by.is_system)
    short = [one for one in selectors.short_offers() if one.gone]
    for one in short:
        telling.member_gone(one)
    return len(short)
