"""Offers whose commission has become too small: a member's right has ended, or too many have stepped aside."""

from collections import defaultdict
from dataclasses import dataclass

from calls.models import Call, Declaration, Offer, OfferedProgramme, ScoreSheet, Seat
from calls.states import OfferState

from .evaluating import seats_in_force


@dataclass(frozen=True, slots=True)
class Short:
    """An offer one of whose programmes cannot get as many scores as its call asks for."""

    offer: Offer
    needed: int
    given: int  # of the programme that lacks most
    able: tuple[Seat, ...]  # who may still score it
    gone: tuple[str, ...]  # members of the commission who may no longer evaluate

    @property
    def missing(self) -> int:
        return self.needed - self.given - len(self.able)


def short_offers(call: Call | None = None) -> list[Short]:
    """Of one call, or of all, in the order they arrived. Five queries, whatever there is."""
    waiting = OfferedProgramme.objects.filter(state=OfferState.IN_EVALUATION, version__withdrawn_at=None)
    rows = waiting.filter(call=call) if call else waiting
    programmes = list(
        rows.select_related("version__offer__call", "version__offer__institution")
        .defer("version__content")
        .order_by("version__offer_id", "position")
    )
    calls = {one.call_id for one in programmes}
    seats = list(Seat.objects.filter(call__in=calls).select_related("user").order_by("pk"))
    in_force = set(seats_in_force().filter(call__in=calls).values_list("pk", flat=True))
    aside = set(Declaration.objects.filter(seat__in=seats, has_conflict=True).values_list("seat_id", "offer_id"))
    given: dict[int, set[int]] = defaultdict(set)
    sheets = ScoreSheet.objects.filter(programme__in=programmes, given_at__isnull=False).order_by()
    for programme_id, seat_id in sheets.values_list("programme_id", "seat_id"):
        given[programme_id].add(seat_id)
    found: dict[int, Short] = {}
    for one in programmes:
        offer, own = one.version.offer, [seat for seat in seats if seat.call_id == one.call_id]
        able = tuple(
            seat
            for seat in own
            if seat.pk in in_force and (seat.pk, offer.pk) not in aside and seat.pk not in given[one.pk]
        )
        gone = tuple(str(seat.user) for seat in own if seat.pk not in in_force)
        short = Short(offer, offer.call.scores_needed, len(given[one.pk]), able, gone)
        if short.missing > 0 and (offer.pk not in found or found[offer.pk].missing < short.missing):
            found[offer.pk] = short
    return list(found.values())
