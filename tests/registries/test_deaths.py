"""Terms 32.8, F24: the register is asked about everybody each half-year; a death closes what hangs on it, and tells nobody."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import services, tasks
from accounts.models import Denial, Person, RegistryQuestion, Session, User
from accounts.selectors import actor_of, refusal_of
from accounts.states import Purpose, QuestionState, Registry
from applications.models import Application, Closing
from applications.services import close_application, close_due
from applications.states import State
from funding.models import Reservation
from funding.selectors import balance_of
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from stars.notices.services import notify
from stars.pages import invariants
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyOfficerFactory, ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, ClosingFactory, DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk, mn
from tests.factories.registries import RegistryQuestionFactory
from tests.standins.servers import Server

pytestmark = pytest.mark.django_db
IMANTS = "241246-10000"  # the register says that he has died (P038)


def answered(person: Person, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    RegistryQuestionFactory.create(
        person=person, registry=Registry.FPR, state=QuestionState.ANSWERED, answered_at=at, asked_at=at
    )


# --- who is asked about ------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "asked"), [(179, False), (181, True), (400, True)])
def test_32_8_everybody_is_asked_about_each_half_year(connected: Server, days: int, asked: bool) -> None:
    person = ClientFactory.create().person
    answered(person, days)
    assert services.ask_about_deaths(by=SYSTEM) == asked
    questions = RegistryQuestion.objects.filter(person=person, purpose=Purpose.DEATH)
    assert list(questions.values_list("registry", "state")) == ([("fpr", "due")] if asked else [])
    assert services.ask_about_deaths(by=SYSTEM) == 0  # a second run does nothing


def test_32_8_who_was_never_asked_about_is_too(connected: Server) -> None:
    ClientFactory.create()
    assert services.ask_about_deaths(by=SYSTEM) == 1


def test_32_8_who_cannot_sign_in_any_more_is_not(connected: Server) -> None:
    user = ClientFactory.create()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert services.ask_about_deaths(by=SYSTEM) == 0


def test_32_8_the_questions_are_paced(connected: Server, sent_tasks: list[object]) -> None:
    for _turn in range(3):
        ClientFactory.create()
    sent_tasks.clear()
    assert services.ask_about_deaths(by=SYSTEM, batch=2) == 2
    assert sent_tasks == []  # the sweep asks in its own time
    assert tasks.ask_about_deaths() == 1


def test_only_the_job_asks_about_deaths(connected: Server) -> None:
    with pytest.raises(NotPermitted):
        services.ask_about_deaths(by=Actor(role=Role.AGENCY, user_id=1))


# --- what a death does ---------------------------------------------------------------------------


@pytest.fixture
def imants() -> Person:
    user = ClientFactory.create(person__code=IMANTS)
    person: Person = user.person
    approved_account(person)
    RoundFactory.create(source=imk())
    send(DraftFactory.create(client=person, source=imk()), user)
    ApplicationFactory.create(client=person, source=mn(), admitted=True)
    return person


def ask(person: Person) -> None:
    services.ask_registries(person_id=person.pk, purpose=Purpose.DEATH, only=(Registry.FPR,), by=SYSTEM)
    services.answer_due_questions()


def test_32_8_a_death_ends_sessions_and_the_way_in(connected: Server, imants: Person) -> None:
    browser = Client()
    browser.force_login(imants.user)
    assert browser.get("/profils").status_code == 200
    ask(imants)
    assert not User.objects.get(person=imants).is_active
    assert browser.get("/profils").status_code == 302  # the very next request
    request = RequestFactory().get("/")
    request.session = browser.session
    assert not get_user(request).is_authenticated
    assert not Session.objects.filter(user=imants.user).exists()
    assert Denial.objects.get(user=imants.user).decided_by is None
    entry = AuditEntry.objects.get(object_type="accounts.user", action="deny")
    assert entry.data["reason"] == "32.8"


def test_f24_place_and_reservation_are_free_and_nobody_is_told(connected: Server, imants: Person) -> None:
    employee = ProviderFactory.create(
        membership__institution=Application.objects.get(client=imants, source=imk()).programme.institution
    )
    notify(recipient=imants.user, key="x", title="Ziņa", body="x")
    told = Notice.objects.filter(recipient=imants.user).count()
    ask(imants)
    assert set(Application.objects.filter(client=imants).values_list("state", flat=True)) == {"submitted", "admitted"}
    assert Closing.objects.filter(done_at=None, why="died").count() == 2

    assert close_due(by=SYSTEM) == 2
    assert close_due(by=SYSTEM) == 0
    for application in Application.objects.filter(client=imants):
        assert application.state == State.WITHDRAWN
        assert application.withdrawal_reason == "32.8"
        application.group.refresh_from_db()
        assert application.group.taken == 0
    assert Reservation.objects.get().state == "released"
    balance = balance_of(imants.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (50000, 0)
    assert Notice.objects.filter(recipient=imants.user).count() == told
    assert not Delivery.objects.filter(recipient=imants.user, state="due").exists()
    assert not Delivery.objects.filter(recipient=imants.user).exclude(address="").exists()
    assert employee.is_active
    assert invariants.check(only=["I1", "I6", "I7"]) == []


def test_32_8_a_second_answer_changes_nothing(connected: Server, imants: Person) -> None:
    ask(imants)
    close_due(by=SYSTEM)
    ask(imants)
    assert Closing.objects.filter(done_at=None).count() == 0
    assert AuditEntry.objects.filter(action="deny").count() == 1


def test_32_8_what_the_agency_has_opened_again_stays_open(connected: Server, imants: Person) -> None:
    """The entry was wrong: the same entry half a year later does not close the door a second time."""
    ask(imants)
    guard = AgencyOfficerFactory.create(duties=["security"])
    services.lift_denial(denial_id=Denial.objects.get().pk, words="Ieraksts bija kļūdains.", by=actor_of(guard))
    ask(imants)
    assert User.objects.get(person=imants).is_active
    assert refusal_of(imants.user) is None


def test_open_questions_about_the_dead_are_dropped(connected: Server, imants: Person) -> None:
    RegistryQuestionFactory.create(person=imants, registry=Registry.VID, due_at=timezone.now() + timedelta(hours=1))
    ask(imants)
    assert RegistryQuestion.objects.get(person=imants, registry=Registry.VID).state == QuestionState.DROPPED


def test_who_lives_goes_on(connected: Server, ilze: Person) -> None:
    ask(ilze)
    assert User.objects.get(person=ilze).is_active


# --- the worklist --------------------------------------------------------------------------------


def test_k4_a_closing_that_came_too_late_is_done_all_the_same() -> None:
    """The client has withdrawn meanwhile: nothing is left to close."""
    closing = ClosingFactory.create(application__withdrawn=True)
    assert close_application(closing_id=closing.pk, by=SYSTEM)
    closing.refresh_from_db()
    assert closing.done_at is not None
    assert closing.application.state == State.WITHDRAWN
    died = ClosingFactory.create(application__rejected=True, why="died")
    assert close_application(closing_id=died.pk, by=SYSTEM)


def test_k4_one_that_fails_leaves_the_others_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ClosingFactory.create(), ClosingFactory.create()
    Closing.objects.filter(pk=first.pk).update(due_at=timezone.now() + timedelta(minutes=2))  # a worker has it
    assert close_due(by=SYSTEM) == 1
    second.application.refresh_from_db()
    assert second.application.state == State.INELIGIBLE
    first.refresh_from_db()
    assert first.done_at is None


def test_only_jobs_close(monkeypatch: pytest.MonkeyPatch) -> None:
    closing = ClosingFactory.create()
    with pytest.raises(NotPermitted):
        close_application(closing_id=closing.pk, by=actor_of(ClientFactory.create()))
