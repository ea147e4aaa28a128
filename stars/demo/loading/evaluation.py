"""Offers to the agency's calls: of the first one decided and published, of the second on the commission's desks.

One offer waits for the open call to close.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Institution, User
from calls import selectors
from calls.models import (
    Call,
    ConditionAnswer,
    Consensus,
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
from calls.states import Answer, CallState, OfferState, SeatRole, VenueState
from catalog.models import Programme
from documents.models import fingerprint_of
from funding.models import FundingSource
from stars.classifiers.models import ProgrammeKind
from stars.kernel.actor import Actor

from . import papers
from .calendar import Calendar
from .calls import NOW_STEPS, RULES, belongs, needs
from .past import Told, write_past

LOADING = Actor.system("load_demo")
# name, what is valued, most, fewest to pass
CRITERIA = (
    ("Programmas saturs", "Atbilst mācību vajadzībām un norādītajam DigComp līmenim.", 30, 15),
    ("Mācību metodes un digitālie rīki", "Rīki ir mūsdienīgi, un tos apgūst darot.", 20, 10),
    ("Pasniedzēji un iestādes pieredze", "Līdzīgas programmas jau īstenotas pieaugušajiem.", 20, 8),
    ("Rezultātu pārbaude", "Pārbaude parāda to, ko programma sola.", 15, 6),
    ("Mācību organizācija", "Laiks, vieta un tehnika ir piemērota strādājošiem.", 15, 6),
)
COMMENTS = (
    "Saturs ir skaidrs, temati iet cits aiz cita.",
    "Praktisko darbu ir daudz, rīki ir aktuāli.",
    "Iestāde šādas programmas jau ir īstenojusi.",
    "Noslēguma darbs parāda apgūto.",
    "Nodarbību laiks ir ērts strādājošiem.",
)
NOTE = "Pārrunājām praktisko darbu apjomu: tas ir pietiekams, bet noslēguma darba apraksts ir par īsu."
# Points of the two members, programme by programme in turn; some are far apart.
SCORES = (
    ((27, 17, 16, 12, 13), (25, 16, 18, 13, 12)),
    ((22, 15, 14, 11, 11), (24, 14, 15, 10, 12)),
    ((29, 19, 18, 14, 14), (28, 18, 17, 14, 13)),
    ((26, 18, 15, 12, 12), (18, 12, 13, 8, 10)),
)
FIRST = ("mcp", "jtt", "dtu")  # institutions whose offers to the first call were approved
SECOND = ("etv", "pol", "zin")  # and those on the commission's desks now
MOST = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """An offer as it was sealed, with its programmes and those of the catalogue they were written from."""

    offer: Offer
    rows: list[tuple[OfferedProgramme, Programme]]


def load(calendar: Calendar, staff: list[tuple[User, dict[str, Any]]]) -> None:
    members = [user for user, row in staff if row["role"] == "commission"]
    first = Call.objects.get(slug="pirmais-uzaicinajums")
    second = _second(calendar)
    papers.attach(Call.objects.order_by("pk"), first=first)
    numbers = (f"P-{year}-{number:06d}" for year, number in ((first.opens_at.year, one) for one in count(1)))
    for call in (first, second):
        Criterion.objects.bulk_create(
            Criterion(call=call, position=position, name=name, explanation=valued, most=most, least=least)
            for position, (name, valued, most, least) in enumerate(CRITERIA)
        )
    seats = {call.pk: _seats(call, members) for call in (first, second)}
    _decided(first, seats[first.pk], numbers)
    _on_the_desks(second, seats[second.pk])
    _waiting(calendar.moment(-1, 14))


def _second(calendar: Calendar) -> Call:
    call = Call.objects.create(
        slug="otrais-uzaicinajums",
        name="Otrais uzaicinājums izglītības iestādēm",
        source=FundingSource.objects.get(code="imk"),
        state=CallState.ANNOUNCED,
        lead="Programmas digitālo prasmju lietpratējiem. Piedāvājumi ir saņemti, tos vērtē komisija.",
        rules=RULES,
        opens_at=calendar.moment(-33),
        closes_at=calendar.moment(-18),
        announced_at=calendar.moment(-34, 9),
        **needs(calendar.day(-45)),
    )
    belongs(call)
    call.steps.bulk_create(
        [
            call.steps.model(
                call=call,
                position=position,
                starts_on=calendar.day(start - 30),
                ends_on=calendar.day(end - 29),
                text=text,
            )
            for position, (start, end, text) in enumerate(NOW_STEPS)
        ]
    )
    write_past([Told(call, "announce", at=call.opens_at, by=LOADING, before="prepared", after="announced")])
    return call


def _seats(call: Call, members: list[User]) -> list[Seat]:
    """The first of them leads; they are named before the call opens."""
    return Seat.objects.bulk_create(
        Seat(call=call, user=user, role=SeatRole.MEMBER if place else SeatRole.CHAIR, named_at=call.opens_at)
        for place, user in enumerate(members)
    )


def _sent(
    call: Call,
    institution: Institution,
    state: OfferState,
    decided_at: datetime | None = None,
    *,
    at: datetime | None = None,
    most: int = MOST,
    **fields: Any,
) -> Sent:
    """Programmes of the institution under the call's source, offered as they stand in the catalogue."""
    arrived_at = at or call.closes_at - timedelta(days=2, hours=10)
    rows = Programme.objects.filter(institution=institution, offers__source=call.source).order_by("number")
    written = [
        (ProgrammeDraft.objects.create(institution=institution, content=_answers(one)), one) for one in rows[:most]
    ]
    offer = Offer.objects.create(
        call=call,
        institution=institution,
        state=state,
        decided_at=decided_at,
        content={
            "source": call.source.code,
            "programmes": [str(draft.reference) for draft, _programme in written],
            "declares": True,
        },
        created_at=arrived_at,
        saved_at=arrived_at,
        **fields,
    )
    offer.refresh_from_db()
    found = selectors.drafted(offer, call)
    content = found.content | {
        "checked": found.fingerprint,
        "version": 1,
        "submitted_by": institution.name,
        "venues": [one | {"viis": VenueState.REGISTERED.value} for one in found.content["venues"]],
    }
    version = OfferVersion.objects.create(
        offer=offer,
        number=1,
        content=content,
        sha256=fingerprint_of(content),
        requested_cents=found.requested_cents,
        arrived_at=arrived_at,
        submitted_at=arrived_at,
    )
    receipting.sent(version)
    kinds = {kind.code: kind for kind in ProgrammeKind.objects.all()}
    known = {draft.pk: programme for draft, programme in written}
    sealed = []
    for position, one in enumerate(found.candidates, 1):
        assert one.cost is not None
        offered = OfferedProgramme.objects.create(
            version=version,
            call=call,
            position=position,
            draft=one.draft,
            name=one.draft.name,
            kind=kinds[one.read.values["kind"]],
            state=state,
            hours=one.cost.hours,
            calculated_cents=one.cost.calculated_cents,
            cap_cents=one.cost.cap_cents,
            requested_cents=one.cost.requested_cents,
            decided_at=decided_at,
        )
        sealed.append((offered, known[one.draft.pk]))
    return Sent(offer, sealed)


def _answers(programme: Programme) -> dict[str, Any]:
    return selectors.as_answers(programme.pk, institution_id=programme.institution_id) | {
        "places": str(programme.max_group_size)
    }


def _give(call: Call, offered: OfferedProgramme, seat: Seat, points: tuple[int, ...], at: datetime) -> None:
    sheet = ScoreSheet.objects.create(programme=offered, seat=seat, started_at=at, saved_at=at, given_at=at)
    criteria = list(call.criteria.order_by("position"))
    Points.objects.bulk_create(_points(criteria, points, sheet=sheet))
    ConditionAnswer.objects.bulk_create(
        ConditionAnswer(sheet=sheet, condition=one, answer=Answer.YES) for one in call.conditions.order_by("pk")
    )
    write_past([Told(sheet, "give_scores", at=at, by=LOADING, after="given")])


def _points(criteria: list[Criterion], points: tuple[int, ...], **of: Any) -> Iterator[Points]:
    for place, (one, number) in enumerate(zip(criteria, points, strict=True)):
        comment = COMMENTS[place] if "sheet" in of else ""
        yield Points(
            criterion=one, points=number, comment=comment, most=one.most, least=one.least, weight=one.weight, **of
        )


def _free(offer: Offer, seats: list[Seat], at: datetime) -> None:
    declared = Declaration.objects.bulk_create(
        Declaration(seat=seat, offer=offer, has_conflict=False, declared_at=at) for seat in seats
    )
    write_past(Told(one, "declare", at=at, by=LOADING, after="free") for one in declared)


def _decided(call: Call, seats: list[Seat], numbers: Iterator[str]) -> None:
    """Two scores each, one agreed on, all approved, contracts made, programmes in the catalogue at these prices."""
    opened_at = call.closes_at + timedelta(days=2, hours=9)
    decided_at = call.closes_at + timedelta(days=20, hours=11)
    place = count()
    for institution in Institution.objects.filter(code__in=FIRST).order_by("pk"):
        sent = _sent(call, institution, OfferState.APPROVED, decided_at, number=next(numbers))
        _free(sent.offer, seats, opened_at)
        for offered, programme in sent.rows:
            both = SCORES[next(place) % len(SCORES)]
            for seat, points in zip(seats, both, strict=True):
                _give(call, offered, seat, points, opened_at + timedelta(days=5))
            _agree(call, offered, both, seats[0], opened_at + timedelta(days=7))
            price = programme.offers.get(source=call.source).price_cents
            if price == offered.requested_cents:
                offered.programme = programme
                offered.save(update_fields=["programme"])
        contract = Contract.objects.create(
            offer=sent.offer,
            number=f"IMK/{call.opens_at.year}/{sent.offer.number[-2:]}",
            signed_on=(decided_at + timedelta(days=6)).date(),
            recorded_at=decided_at + timedelta(days=7),
        )
        write_past(
            [
                *_told(sent, decided_at, opened_at),
                Told(
                    contract, "record_contract", at=contract.recorded_at, by=LOADING, data={"number": contract.number}
                ),
            ]
        )


def _agree(call: Call, offered: OfferedProgramme, both: Any, seat: Seat, at: datetime) -> None:
    """Where the two were farther apart than the call allows."""
    if abs(sum(both[0]) - sum(both[1])) <= call.tolerance:
        return
    consensus = Consensus.objects.create(programme=offered, note=NOTE, recorded_by=seat.user, recorded_at=at)
    between = tuple((one + other) // 2 for one, other in zip(*both, strict=True))
    Points.objects.bulk_create(_points(list(call.criteria.order_by("position")), between, consensus=consensus))
    write_past([Told(consensus, "agree", at=at, by=LOADING, data={"note": NOTE})])


def _told(sent: Sent, decided_at: datetime | None, opened_at: datetime) -> Iterator[Told]:
    offer, version = sent.offer, sent.rows[0][0].version
    yield Told(offer, "submit", at=version.arrived_at, by=LOADING, before="draft", after="submitted")
    yield Told(offer, "evaluate", at=opened_at, by=LOADING, before="submitted", after="in_evaluation")
    if decided_at is None:
        return
    for offered, _programme in sent.rows:
        yield Told(offered, "approve", at=decided_at, by=LOADING, before="in_evaluation", after="approved")
    yield Told(offer, "approve", at=decided_at, by=LOADING, before="in_evaluation", after="approved")


def _on_the_desks(call: Call, seats: list[Seat]) -> None:
    """One offer scored by both, one by the second member only, one before anybody has declared anything."""
    chair, member = seats
    opened_at = call.closes_at + timedelta(days=1, hours=9)
    offers = [
        _sent(call, institution, OfferState.IN_EVALUATION)
        for institution in Institution.objects.filter(code__in=SECOND).order_by("pk")
    ]
    for place, sent in enumerate(offers):
        write_past(_told(sent, None, opened_at))
        if place < 2:
            _free(sent.offer, seats, opened_at)
        for at, (offered, _programme) in enumerate(sent.rows):
            both = SCORES[(place + at + 3) % len(SCORES)]
            if place == 0:
                _give(call, offered, chair, both[0], opened_at + timedelta(days=1))
            if place < 2:
                _give(call, offered, member, both[1], opened_at + timedelta(days=2))


def _waiting(at: datetime) -> None:
    """Sealed, and still to be withdrawn by whoever looks at the demo."""
    call = Call.objects.get(slug="tresais-uzaicinajums")
    sent = _sent(call, Institution.objects.get(code=FIRST[0]), OfferState.SUBMITTED, at=at, most=1)
    write_past([Told(sent.offer, "submit", at=at, by=LOADING, before="draft", after="submitted")])
