"""A draft becomes an application: one transaction in the order K1, at most 12 statements, everything checked again (X25)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts import services as people
from accounts.states import Purpose, Registry
from applications import policies, questions, selectors
from applications.errors import (
    AlreadyApplied,
    AnotherBody,
    Changed,
    Full,
    Incomplete,
    ManyApply,
    NoDraft,
    NotPublished,
    NotUnderSource,
    TestFirst,
)
from applications.models import Application, Draft, EligibilityCheck, Question
from applications.selectors.options import refusal_by_person, window_refusal
from applications.services import checking, receipting, telling
from applications.states import LIVE, State
from catalog.errors import NoPlaceLeft
from catalog.models import ApplicationRound, CourseGroup, ProgrammeOffer
from catalog.services import take_place_at
from catalog.states import ProgrammeState
from funding import services as funding
from funding.models import Basis, FundingSource, LearningAccount, Reservation
from funding.rates import own_share_cents
from funding.selectors import Balance, standing
from funding.states import AccountState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.compiled import Compiled, Statement, insert
from stars.kernel.errors import Busy, require
from stars.kernel.transactions import repeatable

ONE_LIVE = "applications_one_live_per_source"
# What is read of a draft's client, programme and source: columns cost time where people queue.
CLIENT = ("client__first_name", "client__last_name", "client__birth_date", "client__profile__low_income")
PROGRAMME = ("programme__name", "programme__state", "programme__institution__name", "programme__institution__is_active")
SOURCE = tuple(
    f"source__{name}"
    for name in ("label", "co_payment", "percent", "percent_low_income", "grant_cents", "is_active", "needs_test")
)
DAYS = ("starts_on", "ends_on")  # what the receipt says of the group
MOST_ATTEMPTS = 5  # each is lost only to somebody who has got a place meanwhile


def submit(*, reference: UUID, fingerprint: str, arrived_at: datetime, by: Actor) -> Application:
    """Sends the draft. The same reference again gives the same application; other answers under it are refused (I4).

    `fingerprint` is what the check page showed, `arrived_at` the arrival stamp that decides about the round (T2).
    Raises ApplyRefused in words for the person; a refusal changes nothing and keeps the draft.
    """
    require(policies.may_apply(by))
    try:
        for _attempt in range(MOST_ATTEMPTS):
            with _turn() as end_turn, suppress(PlaceGone):
                if _are_gone.is_set() and _is_full(reference, by, arrived_at):
                    raise Full
                application = _submit(
                    reference=reference, fingerprint=fingerprint, arrived_at=arrived_at, by=by, end_turn=end_turn
                )
                _are_gone.clear()
                return application
    except Full:
        _are_gone.set()
        raise
    except IntegrityError as error:
        if _constraint(error) != ONE_LIVE:
            raise
        raise _already_applied(reference, by) from error
    except Busy as error:
        raise ManyApply from error
    raise ManyApply


class PlaceGone(Exception):
    """The place that was seen without a lock is not there any more; another may be. Everything is undone."""


# Whoever pressed last in this process was turned away: then the next one is looked at first, by one statement and no lock.
_are_gone = threading.Event()
_first = threading.Lock()
LONGEST_TURN = 1.0  # seconds


@contextmanager
def _turn() -> Iterator[Callable[[], None]]:
    """One thread of a process looks for a place and prepares an application at a time; gives what ends the turn early.

    Python runs one of them at a time anyway: together they would all be late, and hold the group's row the longer.
    Nothing depends on it: whoever has waited a second goes on beside the other, who may be waiting for another group.
    """
    held = [_first] if _first.acquire(timeout=LONGEST_TURN) else []

    def end() -> None:
        if held:
            held.pop().release()

    try:
        yield end
    finally:
        end()


# A function of the database (the migration of the places that are gone says more), for which PostgreSQL keeps the plan.
_LOOK = Statement(
    "places_gone", "SELECT applications_places_gone(%(reference)s, %(person)s, %(today)s, %(moment)s, %(live)s)"
)
_LIVE = [state.value for state in LIVE]


def _is_full(reference: UUID, by: Actor, arrived_at: datetime) -> bool:
    """The unlocked look at whether every place is gone; that there is one it cannot promise."""
    asked: dict[str, Any] = {
        "today": timezone.localdate(arrived_at),
        "reference": reference,
        "person": by.person_id,
        "moment": arrived_at,
        "live": _LIVE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK.ready(), asked)
        (is_full,) = cursor.fetchone()
    return bool(is_full)


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@repeatable
@transaction.atomic
def _submit(
    *, reference: UUID, fingerprint: str, arrived_at: datetime, by: Actor, end_turn: Callable[[], None]
) -> Application:
    assert by.person_id is not None
    account = funding.lock_account(person_id=by.person_id)
    draft = _draft(reference, by, arrived_at)
    if draft is None:
        return _sent_before(reference, fingerprint, by)
    _refuse_draft(draft, account, arrived_at)
    asked = selectors.questionnaire(draft.source_id, draft.programme_id)
    if questions.fingerprint(draft.programme_id, draft.source_id, draft.price_cents, draft.answers) != fingerprint:
        raise Changed
    if problems := asked.problems(draft.answers):
        raise Incomplete({question.value: problem for question, problem in problems.items()})
    conditions, facts = checking.read(draft)
    if any(condition.basis == Basis.EMPLOYMENT for condition in conditions):
        people.ask_registries(person_id=by.person_id, purpose=Purpose.APPLICATION, only=(Registry.VID,), by=by)

    group = _with_place(draft, asked, arrived_at)
    reservation = funding.reserve(
        person_id=by.person_id,
        source=draft.source,
        purpose=draft.reference,
        programme_name=draft.programme.name,
        price_cents=draft.price_cents,
        by=by,
    )
    is_granted = _is_granted(draft, account, reservation)
    answered = {one.question.value: draft.answers.get(one.question) for one in asked.asked}
    found = checking.findings(
        conditions=conditions, facts=facts, answers=answered, is_granted=is_granted, moment=arrived_at
    )
    application = Application(
        reference=draft.reference,
        fingerprint=fingerprint,
        client=draft.client,
        programme=draft.programme,
        source=draft.source,
        round_id=draft.round_id,
        answers=[shown.kept() for shown in asked.shown(draft.answers)],
        price_cents=draft.price_cents,
        own_share_cents=_own_share(draft, is_granted, reservation),
        arrived_at=arrived_at,
        group=group,
    )
    insert(application, instead_of=draft)
    check = EligibilityCheck(
        application=application,
        verdict=checking.verdict_of(found),
        findings=found,
        checked_at=application.submitted_at,
    )
    audit.record(
        application,
        "submit",
        by=by,
        to_state=State.SUBMITTED,
        is_first=True,
        beside=[check, receipting.sent(application, by=by)],
    )
    telling.acted(application, State.SUBMITTED, by=by)
    _take_place(application)  # last of all: from here to the commit others wait for us
    end_turn()
    return application


def _draft(reference: UUID, by: Actor, arrived_at: datetime) -> Any:
    """The person's own draft and, in the same statement, everything that decides whether it may be sent."""
    found = _DRAFT.rows(reference=reference, person_id=by.person_id, moment=arrived_at)
    return found[0] if found else None


def _with_facts(reference: UUID, person_id: UUID, moment: datetime) -> QuerySet[Draft]:
    offers = ProgrammeOffer.objects.filter(programme=OuterRef("programme"), source=OuterRef("source")).order_by("pk")
    live = Application.objects.live().filter(client=OuterRef("client"), source=OuterRef("source"))
    open_round = ApplicationRound.objects.open_at(moment).filter(source=OuterRef("source")).order_by("-closes_at", "pk")
    return (
        Draft.objects.filter(reference=reference, client_id=person_id)
        .select_related("client__profile", "programme__institution", "source")
        .only("answers", *CLIENT, *PROGRAMME, *SOURCE)
        .annotate(
            price_cents=Subquery(offers.values("price_cents")[:1]),
            live=Subquery(live.order_by("pk").values("pk")[:1]),
            round_id=Subquery(open_round.values("pk")[:1]),
            **checking.annotations(),
        )
        .order_by("pk")
    )


_DRAFT = Compiled(_with_facts, reference=UUID(int=1), person_id=UUID(int=2), moment=datetime(1, 1, 2, tzinfo=UTC))


def _sent_before(reference: UUID, fingerprint: str, by: Actor) -> Application:
    """The draft is gone: either this very form was sent already, or it never was here (I4)."""
    application = Application.objects.filter(reference=reference, client_id=by.person_id).first()
    if application is None:
        raise NoDraft
    if application.fingerprint != fingerprint:
        raise AnotherBody
    return application


def _refuse_draft(draft: Any, account: LearningAccount | None, arrived_at: datetime) -> None:
    if draft.programme.state != ProgrammeState.PUBLISHED or not draft.programme.institution.is_active:
        raise NotPublished
    if draft.live is not None:
        raise _named(Application.objects.get(pk=draft.live))
    if draft.price_cents is None or not draft.source.is_active:
        raise NotUnderSource
    if draft.source.needs_test:
        raise TestFirst
    if draft.round_id is None:
        raise window_refusal(draft.source_id, arrived_at)
    profile, balance = getattr(draft.client, "profile", None), _balance(draft.source, account)
    if refusal := refusal_by_person(profile, balance, arrived_at):
        raise refusal


def _balance(source: FundingSource, account: LearningAccount | None) -> Balance | None:
    """The account's state only: the sums are read where the money is reserved."""
    if account is None or source.co_payment != FundingSource.CoPayment.ABOVE_GRANT:
        return None
    return Balance(source=source, state=AccountState(account.state), refusal_reason=account.refusal_reason)


def _with_place(draft: Any, asked: questions.Questionnaire, arrived_at: datetime) -> CourseGroup:
    """The group that was chosen, or the first of the venue: that the place is ours is said by `_take_place`."""
    today, chosen = timezone.localdate(arrived_at), draft.answers.get(Question.GROUP)
    groups = asked.groups_of(draft.answers[Question.VENUE])
    found = (group for code, group in groups.items() if code == chosen or not chosen)
    free = [group for group in found if group.taken < group.capacity and group.starts_on > today]
    if not free:
        raise Full
    return min(free, key=lambda group: (group.starts_on, group.pk))


def _take_place(application: Application) -> None:
    """Raises PlaceGone where somebody was quicker, or the group has got other days since it was looked at."""
    seen = application.group
    try:
        taken = take_place_at(
            programme_id=seen.programme_id,
            venue_id=seen.venue_id,
            group_id=seen.pk,
            moment=application.arrived_at,
        )
    except NoPlaceLeft as refused:
        raise PlaceGone from refused
    if any(getattr(taken, name) != getattr(seen, name) for name in DAYS):
        raise PlaceGone
    application.group = taken


def _is_granted(draft: Any, account: LearningAccount | None, reservation: Reservation | None) -> bool | None:
    """Whether the account and its money of this round are decided; None while the check runs (terms 26.4)."""
    if reservation is not None:
        return True
    if account is None or account.state == AccountState.PENDING:
        return None
    return standing(person_id=draft.client_id, source_id=draft.source_id)


def _own_share(draft: Any, is_granted: bool | None, reservation: Reservation | None) -> int:
    """Frozen now (I7). An approved account pays what was reserved; one still being checked is counted as granted."""
    if reservation:
        return int(draft.price_cents - reservation.amount_cents)
    return own_share_cents(
        draft.source,
        draft.price_cents,
        balance_cents=None if is_granted is None else 0,
        low_income=_low_income(draft),
    )


def _low_income(draft: Any) -> bool | None:
    """What the form says; where the source does not ask, what registration said."""
    answer = draft.answers.get(Question.LOW_INCOME)
    if answer:
        return bool(answer == questions.YES)
    profile = getattr(draft.client, "profile", None)
    return profile.low_income if profile else None


def _already_applied(reference: UUID, by: Actor) -> AlreadyApplied:
    """Two posts met in the database itself: the constraint let one through, the other is told which."""
    draft = Draft.objects.get(reference=reference, client_id=by.person_id)
    return _named(Application.objects.live().get(client_id=by.person_id, source_id=draft.source_id))


def _named(live: Application) -> AlreadyApplied:
    return AlreadyApplied(live.source.label, live.programme.name, live.reference)
