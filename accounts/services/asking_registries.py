"""Questions to the state's registers: noted with the event, asked by a worker, asked again until answered (D1, D2)."""

import logging
import random
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies, registries
from accounts.models import Mandate, Person, RegistryLine, RegistryQuestion
from accounts.registries import Answer, NotKnown, Unanswered, WrongPerson
from accounts.selectors import ALARM_AFTER, BREAKS_AFTER
from accounts.states import Purpose, QuestionState, Registry
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.tasks import enqueue

from .keeping_facts import keep_answer

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # longer than one question may take: five seconds for each code a person has had
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
REST = timedelta(minutes=1)  # how long a register that fails is left alone
BATCH = 60
HALF_A_YEAR = timedelta(days=180)
A_MONTH = timedelta(days=30)  # how old the residence of somebody acted for may be (ADR 0014)
DEATH_BATCH = 200  # an hour


@transaction.atomic
def ask_registries(
    *, person_id: UUID, purpose: Purpose, by: Actor, only: Collection[Registry] = tuple(Registry), at_once: bool = True
) -> None:
    """Notes a question to each register this portal is connected to. A question still open is not noted twice.

    At registration a register that has answered before is not asked again. `at_once` rings for a worker; without it the
    sweep asks in its own time, so that many questions are paced.
    """
    require(policies.may_ask_registries(by, person_id))
    wanted = [registry for registry in only if registries.is_configured(registry)]
    if purpose == Purpose.REGISTRATION and wanted:
        answered = RegistryQuestion.objects.filter(person_id=person_id, state=QuestionState.ANSWERED)
        known = set(answered.order_by().values_list("registry", flat=True))
        wanted = [registry for registry in wanted if registry not in known]
    if not wanted:
        return
    RegistryQuestion.objects.bulk_create(
        (RegistryQuestion(person_id=person_id, registry=registry, purpose=purpose) for registry in wanted),
        ignore_conflicts=True,
    )
    if at_once:
        due = RegistryQuestion.objects.filter(person_id=person_id, registry__in=wanted, state=QuestionState.DUE)
        for question_id in due.order_by("pk").values_list("pk", flat=True):
            enqueue("accounts.answer_question", question_id)


def answer_question(*, question_id: int) -> bool:
    """Asks one register if the question is due and nobody is at it; tells whether it is answered now."""
    question = _claim(Q(pk=question_id))
    return question is not None and _ask(question)


def answer_due_questions() -> int:
    """Asks what the doorbell missed or a register did not answer before; gives the number of answers."""
    answered = 0
    for _turn in range(BATCH):
        question = _claim(Q())
        if question is None:
            break
        answered += _ask(question)
    return answered


@transaction.atomic
def _claim(which: Q) -> RegistryQuestion | None:
    """One due question for the length of a lease. The person can read that they are asked about before it goes out (AUD-02)."""
    now = timezone.now()
    resting = RegistryLine.objects.filter(closed_until__gt=now).order_by().values("registry")
    question = (
        RegistryQuestion.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(which, Q(leased_until=None) | Q(leased_until__lte=now), state=QuestionState.DUE, due_at__lte=now)
        .exclude(registry__in=resting)
        .order_by("due_at", "pk")
        .first()
    )
    if question is None:
        return None
    if question.attempts == 0:
        audit.note_read(
            question.person_id,
            by=Actor.system(str(Registry(question.registry).label)),
            what=_("question to a register: %(register)s") % {"register": Registry(question.registry).label},
            purpose=str(Purpose(question.purpose).label),
        )
    question.leased_until = now + LEASE
    question.attempts += 1
    question.save(update_fields=["leased_until", "attempts"])
    return question


def _ask(question: RegistryQuestion) -> bool:
    """No transaction is open while the register thinks."""
    if not _line_is_open(question.registry):
        _put_back(question, "resting", is_attempt=False)
        return False
    try:
        answer = _answer(question)
    except Unanswered as error:
        if isinstance(error, WrongPerson):
            logger.error("registry_wrong_person registry=%s request=%s", question.registry, question.request_id)
        _note_failure(question.registry)
        _put_back(question, error.reason)
        return False
    _note_answer(question.registry)
    return keep_answer(question=question, answer=answer)


def _answer(question: RegistryQuestion) -> Answer:
    """By the current code first: a register may still know the person by an older one (domain.md 8)."""
    person = Person.objects.get(pk=question.person_id)
    for code in person.codes.order_by("-is_current", "-since", "pk"):
        try:
            return registries.ask(question.registry, code.clear, request_id=question.request_id)
        except NotKnown:
            continue
    return registries.nothing_known(question.registry)


def _put_back(question: RegistryQuestion, reason: str, *, is_attempt: bool = True) -> None:
    """Asked again later, and never given up: somebody waits for the answer (D2, X42)."""
    held = RegistryQuestion.objects.filter(pk=question.pk, state=QuestionState.DUE, leased_until=question.leased_until)
    attempts = question.attempts if is_attempt else question.attempts - 1
    due_at = timezone.now() + (delay_before(attempts + 1) if is_attempt else REST)
    held.update(due_at=due_at, leased_until=None, last_error=reason[:40], attempts=max(attempts, 0))
    level = logging.ERROR if is_attempt and attempts == ALARM_AFTER else logging.WARNING
    logger.log(
        level,
        "registry_not_answered question=%s registry=%s reason=%s attempts=%s",
        *(question.pk, question.registry, reason, attempts),
    )


def delay_before(attempt: int) -> timedelta:
    """The pause before attempt number `attempt`: it doubles, ends at six hours, and differs between questions."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(max(attempt - 2, 0), 12), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing


@transaction.atomic
def ask_about_deaths(*, by: Actor, batch: int = DEATH_BATCH) -> int:
    """Notes a question about those not asked about for half a year (terms 32.8); gives how many. The sweep paces them."""
    require(by.is_system)
    lately = RegistryQuestion.objects.filter(person=OuterRef("pk"), registry=Registry.FPR).filter(
        Q(state=QuestionState.DUE) | Q(answered_at__gt=timezone.now() - HALF_A_YEAR)
    )
    due = Person.objects.filter(~Exists(lately), user__is_active=True).order_by("pk").values_list("pk", flat=True)
    people = list(due[:batch])
    for person_id in people:
        ask_registries(person_id=person_id, purpose=Purpose.DEATH, by=by, only=(Registry.FPR,), at_once=False)
    return len(people)


@transaction.atomic
def ask_about_residences(*, by: Actor, batch: int = DEATH_BATCH) -> int:
    """Notes a question about those a coordinator acts for and who were not asked about for a month (ACC-09)."""
    require(by.is_system)
    lately = RegistryQuestion.objects.filter(person=OuterRef("client"), registry=Registry.FPR).filter(
        Q(state=QuestionState.DUE) | Q(answered_at__gt=timezone.now() - A_MONTH)
    )
    due = Mandate.objects.live().filter(~Exists(lately)).order_by("client").values_list("client", flat=True).distinct()
    people = list(due[:batch])
    for person_id in people:
        ask_registries(person_id=person_id, purpose=Purpose.MANDATE, by=by, only=(Registry.FPR,), at_once=False)
    return len(people)


# --- the breaker ---------------------------------------------------------------


def _line_is_open(registry: str) -> bool:
    """While it rests nobody asks; when the rest is over one worker tries and the others wait for what it finds."""
    line, _is_new = RegistryLine.objects.get_or_create(registry=registry)
    now = timezone.now()
    if line.closed_until is None:
        return True
    if line.closed_until > now:
        return False
    mine = RegistryLine.objects.filter(pk=line.pk, closed_until=line.closed_until).update(closed_until=now + REST)
    return mine == 1


def _note_failure(registry: str) -> None:
    now = timezone.now()
    line = RegistryLine.objects.filter(registry=registry)
    line.update(failures=F("failures") + 1, failed_at=now)
    if line.filter(failures__gte=BREAKS_AFTER).update(closed_until=now + REST):
        logger.error("registry_breaker_open registry=%s", registry)


def _note_answer(registry: str) -> None:
    """Nothing is written while all is well, but for the moment of the last answer now and then."""
    now = timezone.now()
    stale = Q(failures__gt=0) | Q(answered_at=None) | Q(answered_at__lt=now - timedelta(minutes=1))
    RegistryLine.objects.filter(stale, registry=registry).update(failures=0, closed_until=None, answered_at=now)
