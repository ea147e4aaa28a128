"""What institutions have sent: an offer in every state, a commission of two, and what they have given so far."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import Any

from accounts.models import Institution
from calls import selectors
from calls.models import (
    Call,
    ConditionAnswer,
    Contract,
    Criterion,
    Declaration,
    Offer,
    OfferedProgramme,
    OfferVersion,
    Points,
    ProgrammeDraft,
    ScoreSheet,
    Seat,
)
from calls.services import receipting
from calls.states import OFFER, Answer, OfferAction, OfferState, SeatRole, VenueState
from catalog.models import Programme
from documents.models import ALPHABET, CODE_LENGTH, Receipt, fingerprint_of
from documents.services import receipt_for
from stars.kernel.actor import Actor

from .house import House
from .rows import Dice, at
from .trail import Trail

SEEDING = Actor.system("seed_acceptance")
# call, state, which of the first two institutions, whose scores are in
SENT = (
    ("past", OfferState.SUBMITTED, 0, 0),
    ("past", OfferState.WITHDRAWN, 1, 0),
    ("past", OfferState.IN_EVALUATION, 0, 1),
    ("past", OfferState.IN_EVALUATION, 1, 2),
    ("past", OfferState.APPROVED, 1, 2),
    ("past", OfferState.REJECTED, 0, 2),
    ("open", OfferState.SUBMITTED, 0, 0),
    ("open", OfferState.SUBMITTED, 1, 0),
)
ARRIVED = {"past": at(2024, 11, 20, 10), "open": at(2025, 6, 10, 10)}
OPENED, SCORED, DECIDED, SIGNED = at(2024, 12, 9, 9), at(2024, 12, 11, 9), at(2024, 12, 13, 9), at(2024, 12, 16, 9)
CRITERIA = (("Saturs", 60, 30), ("Pieredze", 40, 15))
POINTS = ((48, 30), (44, 28))
REASON = "Programma neatbilst apstiprinātajām mācību vajadzībām."
PATHS: dict[OfferState, tuple[OfferAction, ...]] = {
    OfferState.SUBMITTED: (),
    OfferState.WITHDRAWN: (OfferAction.WITHDRAW,),
    OfferState.IN_EVALUATION: (OfferAction.EVALUATE,),
    OfferState.APPROVED: (OfferAction.EVALUATE, OfferAction.APPROVE),
    OfferState.REJECTED: (OfferAction.EVALUATE, OfferAction.REJECT),
}
MOMENTS = {
    OfferAction.EVALUATE: OPENED,
    OfferAction.APPROVE: DECIDED,
    OfferAction.REJECT: DECIDED,
}


@dataclass
class Evaluation:
    seats: list[Seat] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    programmes: list[OfferedProgramme] = field(default_factory=list)


class Sending:
    """Row by row: they are few, and each of them reads what was written before it."""

    def __init__(self, house: House, calls: dict[str, Call], dice: Dice, trail: Trail) -> None:
        self.house, self.calls, self.dice, self.trail = house, calls, dice, trail
        self.made = Evaluation()
        self._numbers = count(900_001)
        paid = {one.programme_id for one in house.offers if one.source.code == "imk"}
        self._programmes = {
            one.pk: cycle([p for p in house.programmes if p.pk in paid and p.institution_id == one.pk])
            for one in house.institutions[:2]
        }

    def send(self) -> Evaluation:
        past = self.calls["past"]
        for position, (name, most, least) in enumerate(CRITERIA):
            Criterion.objects.create(call=past, position=position, name=name, most=most, least=least)
        for number in (1, 2):
            user = self.house.staff[f"commission_member_{number}"]
            role = SeatRole.CHAIR if number == 1 else SeatRole.MEMBER
            self.made.seats.append(Seat.objects.create(call=past, user=user, role=role, named_at=past.opens_at))
        for when, state, place, scores in SENT:
            self._offer(self.calls[when], ARRIVED[when], state, self.house.institutions[place], scores)
        return self.made

    def _offer(self, call: Call, arrived_at: datetime, state: OfferState, who: Institution, scores: int) -> None:
        programme = next(self._programmes[who.pk])
        draft = ProgrammeDraft.objects.create(
            reference=self.dice.uuid(),
            institution=who,
            content=selectors.as_answers(programme.pk, institution_id=who.pk)
            | {"places": str(programme.max_group_size)},
            created_at=arrived_at,
            saved_at=arrived_at,
        )
        is_decided = state in {OfferState.APPROVED, OfferState.REJECTED}
        offer = Offer.objects.create(
            reference=self.dice.uuid(),
            number=f"P-{call.opens_at.year}-{next(self._numbers)}",
            call=call,
            institution=who,
            state=state,
            decided_at=DECIDED if is_decided else None,
            content={"source": call.source.code, "programmes": [str(draft.reference)], "declares": True},
            created_at=arrived_at,
            saved_at=arrived_at,
        )
        version = self._sealed(offer, arrived_at)
        row = self._programme(version, draft, programme)
        self._told(offer, state, arrived_at)
        if state not in {OfferState.SUBMITTED, OfferState.WITHDRAWN} and scores:
            self._scored(row, scores)
        if state == OfferState.APPROVED:
            contract = Contract.objects.create(
                offer=offer, number="IMK/2024/A-1", signed_on=SIGNED.date(), recorded_at=SIGNED
            )
            self.trail.add(contract, "record_contract", SIGNED, SEEDING)
        self.made.offers.append(offer)
        self.made.programmes.append(row)

    def _sealed(self, offer: Offer, arrived_at: datetime) -> OfferVersion:
        found = selectors.drafted(offer, offer.call)
        content = found.content | {
            "checked": found.fingerprint,
            "version": 1,
            "submitted_by": offer.institution.name,
            "venues": [one | {"viis": VenueState.REGISTERED.value} for one in found.content["venues"]],
        }
        withdrawn_at = arrived_at + timedelta(hours=1) if offer.state == OfferState.WITHDRAWN else None
        version = OfferVersion.objects.create(
            reference=self.dice.uuid(),
            offer=offer,
            number=1,
            content=content,
            sha256=fingerprint_of(content),
            requested_cents=found.requested_cents,
            arrived_at=arrived_at,
            submitted_at=arrived_at,
            withdrawn_at=withdrawn_at,
        )
        self._receipt(receipting.said_of_sending(version))
        if withdrawn_at is not None:
            self._receipt(receipting.said_of_withdrawing(version, by=SEEDING))
        return version

    def _receipt(self, said: dict[str, Any]) -> None:
        code = "".join(self.dice.pick(list(ALPHABET)) for _ in range(CODE_LENGTH))
        receipt: Receipt = receipt_for(**said, code=code)
        receipt.id = self.dice.uuid()
        receipt.save(force_insert=True)

    def _programme(self, version: OfferVersion, draft: ProgrammeDraft, programme: Programme) -> OfferedProgramme:
        offer = version.offer
        [candidate] = selectors.drafted(offer, offer.call).candidates
        cost = candidate.cost
        assert cost is not None
        return OfferedProgramme.objects.create(
            version=version,
            call=offer.call,
            position=1,
            draft=draft,
            name=draft.name,
            kind=programme.kind,
            state=offer.state,
            hours=cost.hours,
            calculated_cents=cost.calculated_cents,
            cap_cents=cost.cap_cents,
            requested_cents=cost.requested_cents,
            reason=REASON if offer.state == OfferState.REJECTED else "",
            decided_at=offer.decided_at,
            programme=programme if offer.state == OfferState.APPROVED else None,
        )

    def _told(self, offer: Offer, state: OfferState, arrived_at: datetime) -> None:
        self.trail.add(offer, OfferAction.SUBMIT, arrived_at, SEEDING, OfferState.DRAFT, OfferState.SUBMITTED)
        stands: str = OfferState.SUBMITTED
        for action in PATHS[state]:
            after = OFFER.after(action, stands, refusal="")
            self.trail.add(offer, action, MOMENTS.get(action, arrived_at + timedelta(hours=1)), SEEDING, stands, after)
            stands = after

    def _scored(self, row: OfferedProgramme, scores: int) -> None:
        """Both have declared that they are free; so many of them have given their scores."""
        conditions = list(row.call.conditions.order_by("pk"))
        criteria = list(row.call.criteria.order_by("position"))
        for place, seat in enumerate(self.made.seats):
            free = Declaration.objects.create(
                seat=seat, offer=row.version.offer, has_conflict=False, declared_at=OPENED
            )
            self.trail.add(free, "declare", OPENED, SEEDING, "", "free")
            if place >= scores:
                continue
            sheet = ScoreSheet.objects.create(
                programme=row, seat=seat, started_at=OPENED, saved_at=SCORED, given_at=SCORED
            )
            for condition in conditions:
                ConditionAnswer.objects.create(sheet=sheet, condition=condition, answer=Answer.YES)
            for one, points in zip(criteria, POINTS[place], strict=True):
                Points.objects.create(
                    sheet=sheet,
                    criterion=one,
                    points=points,
                    comment="Atbilst.",
                    most=one.most,
                    least=one.least,
                    weight=one.weight,
                )
            self.trail.add(sheet, "give_scores", SCORED, SEEDING, "", "given")
