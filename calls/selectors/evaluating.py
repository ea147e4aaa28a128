"""What a member of the commission may see. Others' names and scores only after their own are given (X77)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Right, RightKind, User
from calls.contents import Line, ReadScores, read_scores
from calls.models import (
    Call,
    ConditionAnswer,
    Declaration,
    Offer,
    OfferedProgramme,
    Points,
    ScoreSheet,
    SealedFile,
    Seat,
)
from calls.results import Result, Scored, Sheet
from calls.states import Answer, OfferState
from stars.kernel.actor import Actor, Role

OPENED = (OfferState.IN_EVALUATION, OfferState.APPROVED, OfferState.REJECTED)


# --- results -----------------------------------------------------------------


def results_of(programmes: Iterable[OfferedProgramme], calls: Mapping[int, Call]) -> Mapping[int, Result]:
    """Where each programme stands, by its id. Two queries, however many there are."""
    ids = {one.pk: calls[one.call_id] for one in programmes}
    sheets: dict[int, dict[int, list[Scored]]] = defaultdict(lambda: defaultdict(list))
    agreed: dict[int, list[Scored]] = defaultdict(list)
    rows = Points.objects.filter(Q(sheet__programme__in=ids) | Q(consensus__programme__in=ids))
    for row in rows.select_related("sheet", "consensus").order_by("criterion__position", "criterion_id", "pk"):
        scored = Scored(row.criterion_id, row.points, row.most, row.least, row.weight)
        if row.sheet is not None:
            sheets[row.sheet.programme_id][row.sheet_id or 0].append(scored)
        elif row.consensus is not None:
            agreed[row.consensus.programme_id].append(scored)
    doubts = ConditionAnswer.objects.filter(sheet__programme__in=ids).exclude(answer=Answer.YES).order_by()
    counted = {
        (one["sheet"], one["answer"]): one["number"]
        for one in doubts.values("sheet", "answer").annotate(number=Count("pk"))
    }
    return {
        pk: Result(
            sheets=[
                Sheet(tuple(scored), counted.get((sheet, Answer.NO), 0), counted.get((sheet, Answer.CLARIFY), 0))
                for sheet, scored in sorted(sheets[pk].items())
            ],
            agreed=tuple(agreed[pk]) if pk in agreed else None,
            needed=call.scores_needed,
            tolerance=call.tolerance,
        )
        for pk, call in ids.items()
    }


def is_being_scored(call: Call) -> bool:
    """A score is begun: what its member reads and by what it is weighed stays from now on."""
    return ScoreSheet.objects.filter(programme__call=call).exists()


def result_of(programme: OfferedProgramme) -> Result:
    return results_of([programme], {programme.call_id: programme.call})[programme.pk]


# --- who sits, who may see -----------------------------------------------------


def seats_in_force() -> QuerySet[Seat]:
    """Seats of people who may come in and whose right of a commission member is in force: the others do not count."""
    return Seat.objects.filter(user__in=may_be_named().order_by().values("pk"))


def seat_of(actor: Actor, call_id: int) -> Seat | None:
    """The actor's seat in the commission of this call, while it is in force."""
    if actor.role is not Role.COMMISSION:
        return None
    rows = seats_in_force().select_related("call", "user")
    return rows.filter(call_id=call_id, user_id=actor.user_id or 0).first()


def works_in(user_id: int, institution_id: int) -> bool:
    """Whether somebody is tied to the institution now by what the portal knows (X5)."""
    membership = Membership.objects.filter(user_id=user_id, institution_id=institution_id, is_active=True)
    return (
        membership.exists() or Right.objects.in_force().filter(user_id=user_id, institution_id=institution_id).exists()
    )


def free_seats(offer: Offer) -> int:
    """Members of the call's commission, still in force, who have not stepped aside from this offer."""
    conflicts = Declaration.objects.filter(seat=OuterRef("pk"), offer=offer, has_conflict=True)
    return seats_in_force().filter(~Exists(conflicts), call_id=offer.call_id).count()


def may_be_named() -> QuerySet[User]:
    """Everybody with the right of a commission member in force."""
    held = Right.objects.in_force().filter(kind=RightKind.COMMISSION_MEMBER).order_by().values("user_id")
    return User.objects.filter(pk__in=held, is_active=True).order_by("name", "pk")


# --- a member's desk -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """One programme a member evaluates."""

    programme: OfferedProgramme
    sheet: ScoreSheet | None
    scores: int  # given ones, whoever gave them
    needed: int

    @property
    def is_given(self) -> bool:
        return self.sheet is not None and self.sheet.given_at is not None

    @property
    def is_open(self) -> bool:
        """Waits for this member's scores."""
        is_undecided = self.programme.state == OfferState.IN_EVALUATION
        return is_undecided and not self.is_given and self.scores < self.needed


@dataclass(frozen=True, slots=True)
class OnDesk:
    """One opened offer as a member sees it: without its programmes until they have declared no conflict."""

    offer: Offer
    declaration: Declaration | None
    number: int  # of programmes
    tasks: list[Task]

    @property
    def is_undeclared(self) -> bool:
        return self.declaration is None and self.offer.state == OfferState.IN_EVALUATION


@dataclass(frozen=True, slots=True)
class Desk:
    """One call a member evaluates."""

    seat: Seat
    offers: list[OnDesk]

    @property
    def call(self) -> Call:
        return self.seat.call

    @property
    def tasks(self) -> list[Task]:
        return [task for one in self.offers for task in one.tasks]

    @property
    def given(self) -> int:
        return sum(task.is_given for task in self.tasks)

    @property
    def left(self) -> int:
        return sum(task.is_open for task in self.tasks)

    @property
    def all(self) -> int:
        return self.given + self.left

    @property
    def undeclared(self) -> int:
        return sum(one.is_undeclared for one in self.offers)

    @property
    def next_task(self) -> Task | None:
        return next((task for task in self.tasks if task.is_open), None)


def desks_of(actor: Actor, slug: str = "") -> list[Desk]:
    """Calls the actor evaluates, the newest first, or the one at `slug`. Five queries, whatever there is."""
    if actor.role is not Role.COMMISSION:
        return []
    own_seats = seats_in_force().select_related("call").filter(user_id=actor.user_id or 0)
    own_seats = own_seats.order_by("-call__closes_at", "pk")
    seats = list(own_seats.filter(call__slug=slug) if slug else own_seats)
    own = Declaration.objects.filter(seat__in=seats)
    offers = (
        Offer.objects.filter(call__in=[one.call_id for one in seats], state__in=OPENED)
        .select_related("institution")
        .prefetch_related(Prefetch("declarations", own, to_attr="own"))
        .order_by("pk")
    )
    tasks: dict[int, list[Task]] = defaultdict(list)
    needed = {one.call_id: one.call.scores_needed for one in seats}
    for task in _tasks(seats, needed):
        tasks[task.programme.version.offer_id].append(task)
    by_call: dict[int, list[OnDesk]] = defaultdict(list)
    for offer in offers:
        declaration = next(iter(offer.own), None)  # type: ignore[attr-defined]
        shown = tasks[offer.pk] if declaration is not None and not declaration.has_conflict else []
        by_call[offer.call_id].append(OnDesk(offer, declaration, len(tasks[offer.pk]), shown))
    return [Desk(seat, by_call[seat.call_id]) for seat in seats]


def _tasks(seats: list[Seat], needed: Mapping[int, int]) -> list[Task]:
    own = ScoreSheet.objects.filter(seat__in=seats)
    rows = (
        OfferedProgramme.objects.filter(call__in=needed, version__withdrawn_at=None, state__in=OPENED)
        .select_related("version", "kind")
        .defer("version__content")
        .annotate(scores=Count("sheets", filter=Q(sheets__given_at__isnull=False)))
        .prefetch_related(Prefetch("sheets", own, to_attr="own"))
        .order_by("version__offer_id", "position")
    )
    return [Task(one, next(iter(one.own), None), one.scores, needed[one.call_id]) for one in rows]


@dataclass(frozen=True, slots=True)
class OpenedOffer:
    """An offer of a call the actor evaluates: their seat, and what they have declared about it."""

    seat: Seat
    offer: Offer
    declaration: Declaration | None

    @property
    def may_read(self) -> bool:
        return self.declaration is not None and not self.declaration.has_conflict


def opened_offer(actor: Actor, number: str) -> OpenedOffer | None:
    """None for an offer that is not opened or of a call the actor has no seat in."""
    rows = Offer.objects.select_related("call", "institution").filter(number=number, state__in=OPENED)
    return _opened(actor, rows.first())


def _opened(actor: Actor, offer: Offer | None) -> OpenedOffer | None:
    seat = seat_of(actor, offer.call_id) if offer else None
    if offer is None or seat is None:
        return None
    return OpenedOffer(seat, offer, Declaration.objects.filter(seat=seat, offer=offer).first())


@dataclass(frozen=True, slots=True)
class OpenedProgramme:
    """A programme the actor evaluates, with their own sheet."""

    opened: OpenedOffer
    programme: OfferedProgramme
    sheet: ScoreSheet | None

    @property
    def is_given(self) -> bool:
        return self.sheet is not None and self.sheet.given_at is not None


def opened_programme(actor: Actor, pk: int) -> OpenedProgramme | None:
    """None where it is not opened, not of the actor's call, or the actor has not declared that they are free (X77)."""
    rows = OfferedProgramme.objects.select_related(
        "version__offer__institution", "version__offer__call", "kind", "call"
    )
    programme = rows.filter(pk=pk, version__withdrawn_at=None, version__offer__state__in=OPENED).first()
    opened = _opened(actor, programme.version.offer) if programme else None
    if programme is None or opened is None or not opened.may_read:
        return None
    return OpenedProgramme(opened, programme, ScoreSheet.objects.filter(programme=programme, seat=opened.seat).first())


def sheets_seen(programme_id: int, seat: Seat) -> list[ScoreSheet]:
    """X77: one's own sheet; others' given ones, with their names, once one's own is given. Drafts of others never."""
    own_is_given = ScoreSheet.objects.filter(programme_id=programme_id, seat=seat, given_at__isnull=False)
    rows = ScoreSheet.objects.filter(programme_id=programme_id).filter(
        Q(seat=seat) | Q(given_at__isnull=False) & Exists(own_is_given)
    )
    related = ("points__criterion", "answers__condition")
    return list(rows.select_related("seat__user").prefetch_related(*related).order_by("given_at", "pk"))


def sheets_in_full(sheets: QuerySet[ScoreSheet]) -> QuerySet[ScoreSheet]:
    """What the agency sees of them: given ones of programmes that have as many as their call asks for."""
    complete = (
        OfferedProgramme.objects.annotate(scores=Count("sheets", filter=Q(sheets__given_at__isnull=False)))
        .filter(scores__gte=F("call__scores_needed"))
        .order_by()
        .values("pk")
    )
    return sheets.filter(programme__in=complete, given_at__isnull=False)


def conditions_of(call: Call) -> list[Line]:
    return [Line(one.pk, one.text) for one in call.conditions.order_by("about", "position", "pk")]


def criteria_of(call: Call) -> list[Line]:
    return [
        Line(one.pk, one.name, one.most, _hint(one.explanation, one.least))
        for one in call.criteria.order_by("position", "pk")
    ]


def _hint(explanation: str, least: int) -> str:
    to_pass = _("To pass, at least %(least)s points.") % {"least": least} if least else ""
    return " ".join(part for part in (explanation, to_pass) if part)


def read_sheet(call: Call, typed: Mapping[str, str]) -> ReadScores:
    """What a member typed, against the call's conditions and criteria. Two queries."""
    return read_scores(typed, conditions=conditions_of(call), criteria=criteria_of(call))


def sealed_file(actor: Actor, pk: int) -> SealedFile | None:
    """A file of an offer the actor evaluates; None where they may not see it."""
    found = (
        SealedFile.objects.select_related("file", "version__offer").filter(pk=pk, version__withdrawn_at=None).first()
    )
    opened = opened_offer(actor, found.version.offer.number) if found else None
    return found if opened is not None and opened.may_read else None
