"""Races of the submit on committed transactions: each with a twin that takes the guard away and must show the failure (H1, H2)."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import questions, services
from applications.errors import AlreadyApplied, AlreadyDecided, Busy, Full
from applications.models import Application, Draft, EligibilityCheck
from applications.services import submitting
from applications.states import State
from catalog.models import CourseGroup
from funding.models import LearningAccount
from funding.selectors import balance_of
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.factories.accounts import ClientFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
Outcome = Any


def together(*jobs: Callable[[], Outcome]) -> list[Outcome]:
    """Runs the jobs at the same instant, each on a connection of its own; an exception is an outcome."""
    barrier = threading.Barrier(len(jobs), timeout=20)
    outcomes: list[Outcome] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Outcome]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            outcomes[place] = job()
        except Exception as error:  # noqa: BLE001 - whatever happens is what the test looks at
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def sending(draft: Draft, user: User) -> Callable[[], Application]:
    mark = questions.fingerprint(draft.programme_id, draft.source_id, 42743, draft.answers)
    by, arrived_at = actor_of(user), timezone.now()
    return lambda: services.submit(reference=draft.reference, fingerprint=mark, arrived_at=arrived_at, by=by)


def one_place() -> tuple[CourseGroup, list[Callable[[], Application]]]:
    """A group with one place, and two people whose forms are ready."""
    programme = ProgrammeFactory.create(group__capacity=1, group__minimum=1)
    people = [ClientFactory.create(), ClientFactory.create()]
    jobs = [
        sending(DraftFactory.create(client=user.person, programme=programme, source=imk()), user) for user in people
    ]
    return programme.groups.get(), jobs


@pytest.fixture(autouse=True)
def open_round() -> None:
    RoundFactory.create(source=imk())


# --- the last place (I1, L4) ------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i1_the_last_place_goes_to_one(attempt: int) -> None:
    group, jobs = one_place()
    outcomes = together(*jobs)
    assert {type(outcome) for outcome in outcomes} == {Application, Full}
    group.refresh_from_db()
    assert group.taken == 1
    assert group.applications.count() == 1
    assert Draft.objects.count() == 1  # the one told "full" keeps the form


def test_i1_control_without_the_conditional_update_the_place_is_sold_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking first and counting afterwards lets both through: the race is real."""
    group, jobs = one_place()
    looked = threading.Barrier(2, timeout=20)

    def look_then_count(*, programme_id: int, venue_id: int, **_: Any) -> CourseGroup:
        found = CourseGroup.objects.get(programme_id=programme_id, venue_id=venue_id)
        is_free = found.free > 0
        looked.wait()
        if not is_free:
            raise Full
        return found  # the count would follow; the constraint of the table is part of the guard and left out too

    monkeypatch.setattr(submitting, "take_place_at", look_then_count)
    outcomes = together(*jobs)
    assert [type(outcome) for outcome in outcomes] == [Application, Application]
    assert group.applications.count() == 2 > group.capacity


# --- one person twice (I2, L5) -------------------------------------------------------------------


def two_programmes() -> tuple[User, list[Callable[[], Application]]]:
    """One person with two complete forms under the same source, as from two browsers."""
    user = ClientFactory.create()
    drafts = [DraftFactory.create(client=user.person, source=imk()) for _ in range(2)]
    return user, [sending(draft, user) for draft in drafts]


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i2_one_live_application_for_a_person_and_source(attempt: int) -> None:
    user, jobs = two_programmes()
    outcomes = together(*jobs)
    assert {type(outcome) for outcome in outcomes} == {Application, AlreadyApplied}
    assert Application.objects.live().filter(client=user.person).count() == 1
    assert sum(CourseGroup.objects.values_list("taken", flat=True)) == 1
    assert services.tell_due(by=SYSTEM) == 1
    assert Notice.objects.filter(recipient=user).count() == 1


def test_i2_without_the_account_s_lock_the_constraint_still_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two guards, one behind the other: the unique index becomes the same sentence."""
    user, jobs = two_programmes()
    monkeypatch.setattr(submitting.funding, "lock_account", without_lock(threading.Barrier(2, timeout=20)))
    outcomes = together(*jobs)
    assert {type(outcome) for outcome in outcomes} == {Application, AlreadyApplied}
    assert Application.objects.live().filter(client=user.person).count() == 1
    assert sum(CourseGroup.objects.values_list("taken", flat=True)) == 1


def without_lock(read: threading.Barrier) -> Callable[..., LearningAccount | None]:
    def find(*, person_id: uuid.UUID) -> LearningAccount | None:
        found = LearningAccount.objects.filter(person_id=person_id).first()
        read.wait()
        return found

    return find


@contextmanager
def without_constraint() -> Iterator[None]:
    name = "applications_one_live_per_source"
    constraint = next(one for one in Application._meta.constraints if one.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Application, constraint)
    try:
        yield
    finally:
        EligibilityCheck.objects.all().delete()
        Application.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Application, constraint)


def test_i2_control_without_lock_and_constraint_a_person_has_two(monkeypatch: pytest.MonkeyPatch) -> None:
    user, jobs = two_programmes()
    monkeypatch.setattr(submitting.funding, "lock_account", without_lock(threading.Barrier(2, timeout=20)))
    both_checked = threading.Barrier(2, timeout=20)
    original = submitting._refuse_draft

    def check_then_wait(*args: Any) -> None:
        original(*args)
        both_checked.wait()

    monkeypatch.setattr(submitting, "_refuse_draft", check_then_wait)
    with without_constraint():
        outcomes = together(*jobs)
        assert [type(outcome) for outcome in outcomes] == [Application, Application]
        assert Application.objects.live().filter(client=user.person).count() == 2


# --- the same form twice (I4, F16) --------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i4_a_double_press_is_one_application(attempt: int) -> None:
    user = ClientFactory.create()
    approved_account(user.person)
    job = sending(DraftFactory.create(client=user.person, source=imk()), user)
    outcomes = together(job, job, job)
    assert [type(outcome) for outcome in outcomes] == [Application] * 3
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert Application.objects.count() == 1
    assert services.tell_due(by=SYSTEM) == 1
    assert Notice.objects.filter(recipient=user, key__endswith=":submitted").count() == 1
    balance = balance_of(user.person.pk, imk())
    assert balance is not None
    assert balance.reserved_cents == 42743


def test_i4_control_without_the_lock_a_press_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see the draft, both write: the second breaks on the database instead of getting the receipt."""
    user = ClientFactory.create()
    job = sending(DraftFactory.create(client=user.person, source=imk()), user)
    monkeypatch.setattr(submitting.funding, "lock_account", without_lock(threading.Barrier(2, timeout=20)))
    outcomes = together(job, job)
    assert {type(outcome) for outcome in outcomes} in ({Application, IntegrityError}, {Application, AlreadyApplied})


# --- a decision against a withdrawal (F18, I9) -----------------------------------------------------------


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f18_admit_and_withdraw_have_one_order(attempt: int) -> None:
    """Either the withdrawal comes second and takes the admitted place back, or the admission is told it is too late."""
    user = ClientFactory.create()
    application = ApplicationFactory.create(client=user.person, source=imk())
    by, now = actor_of(user), timezone.now()
    outcomes = together(
        lambda: services.admit(application_id=application.pk, by=SYSTEM),
        lambda: services.withdraw(application_id=application.pk, by=by, moment=now),
    )
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert application.group.taken == 0
    assert isinstance(outcomes[1], Application)
    assert isinstance(outcomes[0], Application | AlreadyDecided)
    chain = AuditEntry.objects.filter(object_type="applications.application", object_id=str(application.pk))
    steps = list(chain.order_by("sequence").values_list("from_state", "to_state"))
    assert steps in ([("submitted", "withdrawn")], [("submitted", "admitted"), ("admitted", "withdrawn")])


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_i9_two_deciders_one_outcome(attempt: int) -> None:
    application = ApplicationFactory.create(source=imk())
    decide = lambda: services.admit(application_id=application.pk, by=SYSTEM)  # noqa: E731
    outcomes = together(decide, decide)
    assert {type(outcome) for outcome in outcomes} == {Application, AlreadyDecided}
    assert Notice.objects.filter(key=f"application:{application.pk}:admitted").count() == 1


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_x35_two_withdrawals_free_one_place(attempt: int) -> None:
    user = ClientFactory.create()
    application = ApplicationFactory.create(client=user.person, source=imk())
    CourseGroup.objects.filter(pk=application.group_id).update(taken=5)
    by, now = actor_of(user), timezone.now()
    leave = lambda: services.withdraw(application_id=application.pk, by=by, moment=now)  # noqa: E731
    outcomes = together(leave, leave)
    assert {type(outcome) for outcome in outcomes} == {Application, AlreadyDecided}
    application.group.refresh_from_db()
    assert application.group.taken == 4


def test_i9_control_without_the_row_s_lock_both_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    application = ApplicationFactory.create(source=imk())
    both_read = threading.Barrier(2, timeout=20)
    seen: list[str] = []

    def read_without_lock(self: Any, pk: int) -> Application:
        found: Application = self.get(pk=pk)
        both_read.wait()
        seen.append(found.state)
        return found

    monkeypatch.setattr(type(Application.objects.all()), "locked", read_without_lock)
    decide = lambda: services.admit(application_id=application.pk, by=SYSTEM)  # noqa: E731
    together(decide, decide)
    assert seen == ["submitted", "submitted"]  # both believe that the decision is theirs


# --- time under a lock (T2, K5) -----------------------------------------------------------------------------


def test_f14_who_arrived_in_time_and_waited_is_in() -> None:
    """The round ends while the group's lock is held by somebody else; the arrival stamp decides, not the commit."""
    user = ClientFactory.create()
    draft = DraftFactory.create(client=user.person, source=imk())
    job = sending(draft, user)
    entered, go = threading.Event(), threading.Event()

    def hold_the_group() -> str:
        with transaction.atomic():
            CourseGroup.objects.select_for_update(of=("self",), no_key=True).get(programme=draft.programme)
            entered.set()
            go.wait(2)
            round_ = imk().rounds.get()
            round_.closes_at = timezone.now()
            round_.save()
        return "closed"

    def send_and_wait() -> Application:
        entered.wait(5)
        threading.Timer(0.3, go.set).start()
        return job()

    outcomes = together(hold_the_group, send_and_wait)
    assert outcomes[0] == "closed"
    application = outcomes[1]
    assert isinstance(application, Application), application
    assert application.arrived_at < imk().rounds.get().closes_at <= application.submitted_at + timedelta(seconds=5)


def test_k5_a_lock_held_too_long_is_a_kind_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    user = ClientFactory.create()
    draft = DraftFactory.create(client=user.person, source=imk())
    job = sending(draft, user)
    held, done = threading.Event(), threading.Event()

    def hold_the_account() -> str:
        with transaction.atomic():
            LearningAccount.objects.select_for_update(of=("self",)).get(person=user.person)
            held.set()
            done.wait(15)
        return "held"

    def send_impatiently() -> Application:
        held.wait(5)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            return job()
        finally:
            done.set()

    outcomes = together(hold_the_account, send_impatiently)
    assert isinstance(outcomes[1], Busy)
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert job().state == State.SUBMITTED  # the same press again
