"""A call that is over and one that is open, with everything they say; what each institution prepares for the open one."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from calls import selectors
from calls.models import Call, Offer, ProgrammeDraft
from calls.states import CallState
from catalog.models import Programme
from stars.demo.loading.calls import belongs, needs
from stars.kernel.actor import Actor

from .evaluation import Evaluation, Sending
from .house import BUILT, OPEN, PAST, House
from .rows import Dice, write
from .trail import Trail

SEEDING = Actor.system("seed_acceptance")
WINDOWS = {"past": PAST, "open": OPEN}


@dataclass
class Supply:
    calls: dict[str, Call] = field(default_factory=dict)
    drafts: list[ProgrammeDraft] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    evaluation: Evaluation = field(default_factory=Evaluation)


def build_supply(house: House, dice: Dice, trail: Trail) -> Supply:
    """After the programmes are written: what institutions prepare is copied from them."""
    supply = Supply()
    for when, (opens, closes) in WINDOWS.items():
        supply.calls[when] = Call(
            id=dice.id(Call),
            slug=f"akcepts-{when.replace('_', '-')}",
            name=f"Akcepta uzaicinājums {len(supply.calls) + 1}",
            source=house.sources["imk"],
            state=CallState.ANNOUNCED,
            opens_at=opens,
            closes_at=closes,
            announced_at=opens,
            **needs(BUILT.date()),
        )
    write(Call, supply.calls.values())
    for call in supply.calls.values():
        belongs(call)
        trail.add(call, "announce", call.opens_at, SEEDING, CallState.PREPARED, CallState.ANNOUNCED)
    for institution in house.institutions:
        programme = next(one for one in house.programmes if one.institution_id == institution.pk)
        draft = _draft(programme, dice)
        supply.drafts.append(draft)
        supply.offers.append(_offer(draft, supply.calls["open"], len(supply.offers) + 1, dice))
    write(ProgrammeDraft, supply.drafts)
    write(Offer, supply.offers)
    supply.evaluation = Sending(house, supply.calls, dice, trail).send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('calls_offer_number', %s)", [max(len(supply.offers), 1)])
    return supply


def _draft(programme: Programme, dice: Dice) -> ProgrammeDraft:
    """Complete but for its files: those are added in the portal."""
    answers = selectors.as_answers(programme.pk, institution_id=programme.institution_id)
    return ProgrammeDraft(
        id=dice.id(ProgrammeDraft),
        reference=dice.uuid(),
        institution_id=programme.institution_id,
        content=answers | {"places": str(programme.max_group_size)},
        **_when(),
    )


def _offer(draft: ProgrammeDraft, call: Call, number: int, dice: Dice) -> Offer:
    return Offer(
        id=dice.id(Offer),
        reference=dice.uuid(),
        number=f"P-{call.opens_at.year}-{number:06d}",
        call=call,
        institution_id=draft.institution_id,
        content={"source": call.source.code, "programmes": [str(draft.reference)], "declares": False},
        **_when(),
    )


def _when() -> dict[str, Any]:
    moment = BUILT.replace(year=2025, month=6, day=10)
    return {"created_at": moment, "saved_at": moment}
