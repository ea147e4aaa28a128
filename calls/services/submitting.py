"""An offer is sealed and sent, or taken back: the arrival stamp decides, whoever waits for a lock (T2; seed 003)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import policies, selectors
from calls.errors import (
    CallClosed,
    CallNotOpen,
    NoOffer,
    OfferChanged,
    OfferedElsewhere,
    OfferIncomplete,
    OverLimit,
    Sealed,
    TooLateToWithdraw,
)
from calls.models import Call, Offer, OfferedProgramme, OfferVersion, ProgrammeDraft, SealedFile
from calls.selectors import Drafted
from calls.states import EDITABLE, LIVE, OFFER, OfferAction, OfferState, VenueState
from documents.models import fingerprint_of
from stars.classifiers.models import ProgrammeKind
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.transactions import repeatable

from . import receipting, telling
from .drafting import hold_institution


def _held(offer_id: int) -> Offer:
    """The institution, then the offer: two offers of one institution are counted one after the other."""
    found = Offer.objects.filter(pk=offer_id).values_list("institution_id", flat=True).first()
    if found is None:
        raise NoOffer
    hold_institution(found)
    offer = Offer.objects.select_for_update(of=("self",), no_key=True).filter(pk=offer_id).first()
    if offer is None:
        raise NoOffer
    return offer


def _with_call(offer: Offer) -> Call:
    return Call.objects.select_related("source").get(pk=offer.call_id)


@repeatable
@transaction.atomic
def submit_offer(*, offer_id: int, fingerprint: str, arrived_at: datetime, by: Actor) -> OfferVersion:
    """Seals what the check page showed. The same press again gives the same version (K7); a refusal changes nothing.

    `fingerprint` is what was shown, `arrived_at` the arrival stamp of the request (T2). Raises OfferRefused in words.
    """
    offer = _held(offer_id)
    require(policies.may(by, OfferAction.SUBMIT, offer))
    if offer.state not in EDITABLE:
        return _sent_before(offer, fingerprint)
    call = _with_call(offer)
    if arrived_at < call.opens_at:
        raise CallNotOpen(call.opens_at)
    if not call.is_open(arrived_at):
        raise CallClosed(call.last_moment)
    list(
        ProgrammeDraft.objects.select_for_update(of=("self",), no_key=True)
        .filter(institution_id=offer.institution_id, reference__in=offer.chosen)
        .order_by("pk")
    )
    found = selectors.drafted(offer, call)
    _refuse(offer, found, fingerprint)

    version = _seal(offer, found, arrived_at=arrived_at, by=by)
    before = offer.state
    offer.state = OFFER.after(OfferAction.SUBMIT, before, refusal=_("The offer has been submitted already."))
    offer.save(update_fields=["state"])
    said = {"version": version.number, "sha256": version.sha256}
    audit.record(offer, OfferAction.SUBMIT, by=by, from_state=before, to_state=offer.state, data=said)
    receipting.sent(version)
    telling.received(version, call=call)
    telling.addresses_unchecked(version)
    return version


def _sent_before(offer: Offer, fingerprint: str) -> OfferVersion:
    version = offer.versions.filter(withdrawn_at=None).first()
    if version is None or version.checked != fingerprint:
        raise Sealed
    return version


def _refuse(offer: Offer, found: Drafted, fingerprint: str) -> None:
    over = next((limit for limit in found.limits if limit.is_over), None)
    if over is not None:
        raise OverLimit(over.label, over.most, over.taken)
    if found.problems:
        raise OfferIncomplete([problem for _where, problem in found.problems])
    if found.fingerprint != fingerprint:
        raise OfferChanged
    live = OfferedProgramme.objects.filter(
        call_id=offer.call_id, draft__in=[one.draft.pk for one in found.candidates], state__in=LIVE
    )
    if taken := live.order_by("pk").first():
        raise OfferedElsewhere(taken.name)


def _seal(offer: Offer, found: Drafted, *, arrived_at: datetime, by: Actor) -> OfferVersion:
    number = offer.versions.count() + 1
    checks = {one.code: getattr(one, "check_of_address", None) for one in found.venues}
    words = {code: check.state if check else VenueState.UNCHECKED.value for code, check in checks.items()}
    content = found.content | {
        "checked": found.fingerprint,
        "version": number,
        "submitted_by": by.label,
        "venues": [one | {"viis": words[one["code"]]} for one in found.content["venues"]],
    }
    version = OfferVersion.objects.create(
        offer=offer,
        number=number,
        content=content,
        sha256=fingerprint_of(content),
        requested_cents=found.requested_cents,
        arrived_at=arrived_at,
        submitted_at=timezone.now(),
        sender_id=by.user_id,
    )
    kinds = {one.code: one for one in ProgrammeKind.objects.all().order_by("pk")}
    programmes = []
    for position, one in enumerate(found.candidates, 1):
        assert one.cost is not None
        programmes.append(
            OfferedProgramme(
                version=version,
                call_id=offer.call_id,
                position=position,
                draft=one.draft,
                name=one.draft.name,
                kind=kinds[one.read.values["kind"]],
                hours=one.cost.hours,
                calculated_cents=one.cost.calculated_cents,
                cap_cents=one.cost.cap_cents,
                requested_cents=one.cost.requested_cents,
            )
        )
    OfferedProgramme.objects.bulk_create(programmes)
    papers = [(0, one) for one in found.papers]
    papers += [(position, one) for position, two in enumerate(found.candidates, 1) for one in two.papers]
    SealedFile.objects.bulk_create(
        SealedFile(version=version, file_id=one.file_id, position=position, code=one.code) for position, one in papers
    )
    return version


@transaction.atomic
def note_late(*, offer_id: int, arrived_at: datetime, by: Actor) -> None:
    """A press after the last moment stays in the offer's trail: the agency sees what was refused as late (X79)."""
    offer = _held(offer_id)
    require(policies.may(by, OfferAction.SUBMIT, offer))
    if _with_call(offer).is_over(arrived_at):
        audit.record(offer, selectors.REFUSED_LATE, by=by, data={"arrived_at": arrived_at.isoformat()})


@repeatable
@transaction.atomic
def withdraw_offer(*, offer_id: int, arrived_at: datetime, by: Actor) -> Offer:
    """Takes the offer back while the call is open: its version is kept, its programmes count no more. Twice changes nothing."""
    offer = _held(offer_id)
    require(policies.may(by, OfferAction.WITHDRAW, offer))
    if offer.state == OfferState.WITHDRAWN:
        return offer
    call = _with_call(offer)
    if not call.is_open(arrived_at):
        raise TooLateToWithdraw(call.last_moment)
    before = offer.state
    offer.state = OFFER.after(OfferAction.WITHDRAW, before, refusal=_("Only a submitted offer can be withdrawn."))
    version = OfferVersion.objects.select_for_update(of=("self",), no_key=True).get(offer=offer, withdrawn_at=None)
    if arrived_at < version.arrived_at:
        raise DomainError(_("Only a submitted offer can be withdrawn."), code="wrong_state")
    version.withdrawn_at = arrived_at
    version.save(update_fields=["withdrawn_at"])
    version.programmes.update(state=OfferState.WITHDRAWN)
    offer.save(update_fields=["state"])
    said = {"version": version.number}
    audit.record(offer, OfferAction.WITHDRAW, by=by, from_state=before, to_state=offer.state, data=said)
    receipting.withdrawn(version, by=by)
    telling.withdrawn(version, call=call)
    return offer
