"""Commissions and what their members gave, as the services leave them. `opened()` makes an offer ready to be scored."""

from datetime import date
from typing import Any

import factory

from accounts.models import Institution, User
from accounts.selectors import actor_of
from calls import models, selectors, services
from calls.models import Call, Offer, OfferedProgramme, ScoreSheet, Seat
from calls.states import SeatRole
from stars.kernel.actor import Actor

from .accounts import AgencyOfficerFactory, CommissionMemberFactory, InstitutionFactory
from .calls import (
    JOB,
    CallConditionFactory,
    CallFactory,
    OfferedProgrammeFactory,
    OfferFactory,
    PaperFactory,
    ProgrammeDraftFactory,
)
from .files import StoredFileFactory


class SeatFactory(factory.django.DjangoModelFactory):
    """A member of the commission of a call that is over."""

    class Meta:
        model = models.Seat

    call = factory.SubFactory(CallFactory, over=True)
    user = factory.SubFactory(CommissionMemberFactory)
    role = SeatRole.MEMBER


class CriterionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Criterion

    call = factory.SubFactory(CallFactory, over=True)
    position = factory.Sequence(lambda n: n)
    name = factory.Sequence(lambda n: f"{n}. kritērijs")
    most = 10
    least = 4
    weight = 1


class DeclarationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Declaration

    seat = factory.SubFactory(SeatFactory)
    offer = factory.SubFactory(OfferFactory, call=factory.SelfAttribute("..seat.call"))
    has_conflict = False


class ScoreSheetFactory(factory.django.DjangoModelFactory):
    """A draft nobody else sees."""

    class Meta:
        model = models.ScoreSheet

    seat = factory.SubFactory(SeatFactory)
    programme = factory.SubFactory(OfferedProgrammeFactory)


class ConditionAnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ConditionAnswer

    sheet = factory.SubFactory(ScoreSheetFactory)
    condition = factory.SubFactory(CallConditionFactory)
    answer = "yes"


class ConsensusFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Consensus

    programme = factory.SubFactory(OfferedProgrammeFactory)
    note = "Pārrunāts."
    recorded_by = factory.SubFactory(CommissionMemberFactory)


class PointsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Points

    sheet = factory.SubFactory(ScoreSheetFactory)
    criterion = factory.SubFactory(CriterionFactory)
    points = 7
    most = 10
    least = 4
    weight = 1


class ContractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Contract

    offer = factory.SubFactory(OfferFactory)
    number = factory.Sequence(lambda n: f"LIG-{n}")
    signed_on = date(2024, 11, 8)
    file = factory.SubFactory(StoredFileFactory, clean=True)


def evaluator() -> Actor:
    """An officer charged with evaluation."""
    return actor_of(AgencyOfficerFactory.create(duties=["evaluator"]))


def actor(seat: Seat) -> Actor:
    user = User.objects.get(pk=seat.user_id)
    return actor_of(user)


def commission(call: Call, number: int = 2) -> list[Seat]:
    """Members of a call's commission, the first of them its chair."""
    return [SeatFactory.create(call=call, role=SeatRole.MEMBER if one else SeatRole.CHAIR) for one in range(number)]


def opened(
    *,
    programmes: int = 1,
    members: int = 2,
    call: Call | None = None,
    institution: Institution | None = None,
    papers: tuple[str, ...] = (),
    **of_call: Any,
) -> Offer:
    """An opened offer of a call with two criteria, one condition and a commission whose members are all free."""
    call = call or CallFactory.create(over=True, **of_call)
    if not call.criteria.exists():
        CriterionFactory.create(call=call, name="Saturs", most=20, least=8, weight=1)
        CriterionFactory.create(call=call, name="Pieredze", most=10, least=4, weight=2)
        CallConditionFactory.create(call=call, text="Iestāde ir akreditēta.")
    seats = list(call.seats.order_by("pk")) or commission(call, members)
    offer = OfferFactory.create(call=call, programmes=[], institution=institution or InstitutionFactory.create())
    drafts = ProgrammeDraftFactory.create_batch(programmes, institution=offer.institution)
    for code in papers:
        PaperFactory.create(draft=drafts[0], code=code)
    offer.content = {**offer.content, "programmes": [str(one.reference) for one in drafts]}
    offer.save(update_fields=["content"])
    services.submit_offer(
        offer_id=offer.pk,
        fingerprint=selectors.drafted(offer, call).fingerprint,
        arrived_at=call.opens_at,
        by=JOB,
    )
    services.evaluate_offer(offer_id=offer.pk, by=JOB)
    for seat in seats:
        services.declare(offer_id=offer.pk, has_conflict=False, by=actor(seat))
    return Offer.objects.select_related("call", "institution").get(pk=offer.pk)


def offered(offer: Offer) -> OfferedProgramme:
    """The first programme of an offer that stands."""
    programme = OfferedProgramme.objects.filter(version__offer=offer, version__withdrawn_at=None).order_by("pk").first()
    assert programme is not None
    return programme


def typed(call: Call, *points: int, answer: str = "yes", note: str = "") -> dict[str, str]:
    """A complete score sheet with these points, criterion by criterion."""
    said = {"remark": "Labs piedāvājums."}
    for one in call.conditions.order_by("pk"):
        said |= {f"condition_{one.pk}_answer": answer, f"condition_{one.pk}_note": note}
    for criterion, number in zip(call.criteria.order_by("position", "pk"), points, strict=True):
        name = f"criterion_{criterion.pk}"
        said |= {f"{name}_points": str(number), f"{name}_comment": "Pamatots."}
    return said


def give(programme: OfferedProgramme, seat: Seat, *points: int, answer: str = "yes", note: str = "") -> ScoreSheet:
    """A member fills the sheet in and gives it."""
    by = actor(seat)
    said = typed(programme.call, *points, answer=answer, note=note)
    services.save_scores(programme_id=programme.pk, typed=said, by=by)
    return services.give_scores(programme_id=programme.pk, by=by)


def scored(offer: Offer, *both: tuple[int, int]) -> OfferedProgramme:
    """Every member has given these points."""
    programme = offered(offer)
    for seat, points in zip(offer.call.seats.order_by("pk"), both or ((16, 7), (14, 8)), strict=False):
        give(programme, seat, *points)
    programme.refresh_from_db()
    return programme
