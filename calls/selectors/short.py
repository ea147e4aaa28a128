"""Offers whose commission has become too small: a member's right has ended, or too many have stepped aside."""

from collections import defaultdict
from collections.abc import Collection, Mapping
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
    desk = _Desks(programmes)
    found: dict[int, Short] = {}
    for one in programmes:
        offer = one.version.offer
        gone = tuple(str(seat.user) for seat in desk.seats if seat.call_id == one.call_id and not desk.in_force(seat))
        short = Short(offer, offer.call.scores_needed, len(desk.given[one.pk]), desk.able(one), gone)
        if short.missing > 0 and (offer.pk not in found or found[offer.pk].missing < short.missing):
            found[offer.pk] = short
    return list(found.values())


def awaited_of(programmes: Collection[OfferedProgramme]) -> Mapping[int, tuple[Seat, ...]]:
    """Members who can still score each programme and have not, by its id. Four queries, whatever there is."""
    desk = _Desks(programmes)
    return {one.pk: desk.able(one) for one in programmes}


class _Desks:
    """Who has given a score to these programmes, and who can. Programmes come with their version."""

    def __init__(self, programmes: Collection[OfferedProgramme]) -> None:
        calls = {one.call_id for one in programmes}
        self.seats = list(Seat.objects.filter(call__in=calls).select_related("user").order_by("pk"))
        self._in_force = set(seats_in_force().filter(call__in=calls).values_list("pk", flat=True))
        aside = Declaration.objects.filter(seat__in=self.seats, has_conflict=True)
        self._aside = set(aside.values_list("seat_id", "offer_id"))
        self.given: dict[int, set[int]] = defaultdict(set)
        sheets = ScoreSheet.objects.filter(programme__in=programmes, given_at__isnull=False).order_by()
        for programme_id, seat_id in sheets.values_list("programme_id", "seat_id"):
            self.given[programme_id].add(seat_id)

    def in_force(self, seat: Seat) -> bool:
        return seat.pk in self._in_force

    def able(self, one: OfferedProgramme) -> tuple[Seat, ...]:
        """In force, not stepped aside, not given yet."""
        offer_id, given = one.version.offer_id, self.given[one.pk]
        return tuple(
            seat
            for seat in self.seats
            if seat.call_id == one.call_id
            and self.in_force(seat)
            and (seat.pk, offer_id) not in self._aside
            and seat.pk not in given
        )
