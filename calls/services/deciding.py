"""After the deadline: offers are opened for evaluation, and each programme is decided for itself."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import policies, selectors
from calls.errors import AlreadyDecided, Disputed, NotOverYet, NotSettled, ScoresMissing
from calls.models import Offer, OfferedProgramme
from calls.states import OFFER, OfferAction, OfferState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require

from . import letters
from . import telling_evaluation as telling

# Longer than a request that arrived in time may wait for a lock: nobody is overtaken by the opening (T2).
GRACE = timedelta(minutes=1)


@transaction.atomic
def evaluate_offer(*, offer_id: int, by: Actor) -> Offer:
    """Opens a submitted offer for the commission. Raises NotOverYet before the deadline; twice changes nothing."""
    offer = Offer.objects.select_related("call").locked(offer_id)
    require(policies.may(by, OfferAction.EVALUATE, offer))
    if not offer.call.is_over(timezone.now() - GRACE):
        raise NotOverYet(offer.call.closes_at + GRACE)
    if offer.state == OfferState.IN_EVALUATION:
        return offer
    before = offer.state
    offer.state = OFFER.after(OfferAction.EVALUATE, before, refusal=_("Only a submitted offer is evaluated."))
    offer.save(update_fields=["state"])
    OfferedProgramme.objects.filter(version__offer=offer, version__withdrawn_at=None).update(state=offer.state)
    audit.record(offer, OfferAction.EVALUATE, by=by, from_state=before, to_state=offer.state)
    return offer


@transaction.atomic
def approve_programme(*, programme_id: int, by: Actor, reason: str = "") -> OfferedProgramme:
    """The programme may be taught under the call's source; with the last one decided the offer is decided too.

    Raises ScoresMissing before every score is in, Disputed while they are far apart, whatever the `reason`; NotSettled
    without one where the scores do not let it pass.
    """
    return _decide(programme_id, OfferAction.APPROVE, reason=reason, by=by)


@transaction.atomic
def reject_programme(*, programme_id: int, reason: str, by: Actor) -> OfferedProgramme:
    """The programme is not taken, for a reason the institution reads; before every score is in it is not eligible.

    Raises Disputed while the scores are far apart, unless a member has found a condition that is not met.
    """
    if not reason.strip():
        raise DomainError(_("Write the reason: the institution will read it."), code="no_reason")
    return _decide(programme_id, OfferAction.REJECT, reason=reason, by=by)


def _decide(programme_id: int, action: OfferAction, *, reason: str, by: Actor) -> OfferedProgramme:
    offer_id = OfferedProgramme.objects.values_list("version__offer_id", flat=True).get(pk=programme_id)
    offer = Offer.objects.locked(offer_id)
    require(policies.may(by, action, offer))
    programme = OfferedProgramme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)
    if programme.decided_at is not None:
        raise AlreadyDecided(programme.get_state_display())
    before = programme.state
    programme.state = OFFER.after(action, before, refusal=_("Only what is in evaluation is decided."))
    if action == OfferAction.APPROVE:
        _refuse_approval(programme, has_reason=bool(reason.strip()))
    else:
        _refuse_rejection(programme)
    programme.reason, programme.decided_at = reason.strip(), timezone.now()
    programme.save(update_fields=["state", "reason", "decided_at"])
    audit.record(programme, action, by=by, from_state=before, to_state=programme.state, data={"reason": reason})
    _decide_offer(offer, by)
    return programme


def _refuse_approval(programme: OfferedProgramme, *, has_reason: bool) -> None:
    """Every score the call asks for and, of ones far apart, the agreed one: no reason stands in their place (ADR 0016)."""
    result = selectors.result_of(programme)
    if not result.is_complete:
        awaited = selectors.awaited_of([programme])[programme.pk]
        raise ScoresMissing(given=len(result.sheets), needed=result.needed, awaited=[str(one.user) for one in awaited])
    if result.is_disputed:
        raise Disputed
    if not result.passes and not has_reason:
        raise NotSettled(_("By its scores the programme does not pass."))


def _refuse_rejection(programme: OfferedProgramme) -> None:
    """Far apart, the scores wait for the agreed one; what a member has found ineligible needs no agreement on points."""
    result = selectors.result_of(programme)
    if result.is_disputed and not result.unmet:
        raise Disputed


def _decide_offer(offer: Offer, by: Actor) -> None:
    """Approved where one of its programmes is; decided once all of them are."""
    standing = OfferedProgramme.objects.filter(version__offer=offer, version__withdrawn_at=None)
    states = set(standing.order_by().values_list("state", flat=True))
    if OfferState.IN_EVALUATION in states:
        return
    action = OfferAction.APPROVE if OfferState.APPROVED in states else OfferAction.REJECT
    before = offer.state
    offer.state = OFFER.after(action, before, refusal=_("Only what is in evaluation is decided."))
    offer.decided_at = timezone.now()
    offer.save(update_fields=["state", "decided_at"])
    audit.record(offer, action, by=by, from_state=before, to_state=offer.state)
    letters.request_letter(offer_id=offer.pk, by=by)
    telling.decided(offer)
