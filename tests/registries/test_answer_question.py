"""Terms 26.1: after consent the registers are asked, by a row and a worker; what they say stands beside what was declared."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import registries, services
from accounts.models import Person, RegistryFact, RegistryQuestion
from accounts.selectors import actor_of, current_facts, policies_to_accept
from accounts.services import asking_registries
from accounts.states import FactVerdict, Purpose, QuestionState, Registry
from funding.models import LearningAccount
from stars.classifiers.models import EconomicStatus, EducationLevel
from stars.kernel.actor import Actor
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from tests.conftest import Task
from tests.factories.accounts import (
    ClientFactory,
    ConsultantFactory,
    PersonalCodeFactory,
    PolicyVersionFactory,
    UserFactory,
)
from tests.factories.registries import RegistryFactFactory, RegistryQuestionFactory, known
from tests.races.test_submit_last_place import together
from tests.registries.conftest import ILZE, declaration, question_of, work_off
from tests.standins.servers import Server

JOB = Actor.system("test")


def asked(person: Person, **options: Any) -> None:
    services.ask_registries(person_id=person.pk, purpose=Purpose.REGISTRATION, by=JOB, **options)


# --- when ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_26_1_consent_asks_every_register(connected: Server, sent_tasks: list[Task]) -> None:
    PolicyVersionFactory.create()
    user = UserFactory.create(person__code=ILZE)
    assert not RegistryQuestion.objects.exists()
    shown = list(policies_to_accept(user).values_list("pk", flat=True))
    services.accept_policies(user_id=user.pk, shown=shown, by=actor_of(user))
    assert set(RegistryQuestion.objects.values_list("registry", "purpose", "state")) == {
        (registry, "registration", "due") for registry in ("fpr", "vid", "viis")
    }


@pytest.mark.django_db
def test_26_1_nobody_is_asked_about_somebody_who_only_works_here(connected: Server) -> None:
    """A career consultant accepts the terms too, and is no client."""
    user = ConsultantFactory.create()
    policy = PolicyVersionFactory.create()
    services.accept_policies(user_id=user.pk, shown=[policy.pk], by=actor_of(user))
    assert not RegistryQuestion.objects.exists()


@pytest.mark.django_db
def test_registration_asks_whom_consent_has_not_asked_and_nobody_twice(connected: Server) -> None:
    user = UserFactory.create(person__code=ILZE)
    RegistryQuestionFactory.create(
        person=user.person, registry=Registry.VID, state=QuestionState.ANSWERED, answered_at=timezone.now()
    )
    RegistryQuestionFactory.create(person=user.person, registry=Registry.FPR)
    services.register_client(person_id=user.person.pk, declared=declaration(), by=actor_of(user))
    rows = RegistryQuestion.objects.filter(person=user.person).order_by("registry")
    assert list(rows.values_list("registry", "state")) == [("fpr", "due"), ("vid", "answered"), ("viis", "due")]


@pytest.mark.django_db
def test_a_portal_connected_to_no_register_asks_nobody() -> None:
    person = ClientFactory.create().person
    asked(person)
    assert not RegistryQuestion.objects.exists()


@pytest.mark.django_db
def test_only_the_person_and_the_agency_ask(connected: Server, ilze: Person) -> None:
    stranger = ClientFactory.create()
    with pytest.raises(NotPermitted):
        services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=actor_of(stranger))


# --- the row ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_rings_after_the_commit_and_answers_come(connected: Server, sent_tasks: list[Task]) -> None:
    user = ClientFactory.create(person__code=ILZE)
    sent_tasks.clear()
    asked(user.person)
    assert {name for name, _ in sent_tasks} == {"accounts.answer_question"}
    assert work_off(sent_tasks) >= 3
    facts = current_facts(user.person.pk)
    assert set(facts) == {
        *("name", "birth_date", "death", "residence"),
        *("employment", "education", "learning", "documents"),
    }
    person = Person.objects.get(pk=user.person.pk)
    assert person.birth_date == date(1984, 3, 12)
    assert str(person.municipality) == "Rīga"
    assert set(RegistryQuestion.objects.values_list("state", flat=True)) == {"answered"}


@pytest.mark.django_db
def test_a_lost_doorbell_delays_and_loses_nothing(connected: Server, ilze: Person) -> None:
    asked(ilze)
    assert services.answer_due_questions() == 3
    assert services.answer_due_questions() == 0


@pytest.mark.django_db
def test_a_second_run_does_nothing(connected: Server, ilze: Person) -> None:
    asked(ilze)
    question = question_of(ilze, Registry.FPR)
    assert services.answer_question(question_id=question.pk)
    rows = RegistryFact.objects.count()
    assert not services.answer_question(question_id=question.pk)
    assert RegistryFact.objects.count() == rows


@pytest.mark.django_db
def test_a_question_somebody_is_at_is_left_alone_until_the_lease_lapses(connected: Server, ilze: Person) -> None:
    asked(ilze, only=(Registry.FPR,))
    question = question_of(ilze, Registry.FPR)
    RegistryQuestion.objects.update(leased_until=timezone.now() + timedelta(seconds=30))
    assert not services.answer_question(question_id=question.pk)
    RegistryQuestion.objects.update(leased_until=timezone.now())
    assert services.answer_question(question_id=question.pk)


@pytest.mark.django_db
def test_an_answer_whose_lease_was_taken_over_is_not_kept(
    connected: Server, ilze: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F3: a worker frozen for five minutes wakes up with an answer that another one has kept already."""
    asked(ilze, only=(Registry.FPR,))
    question = question_of(ilze, Registry.FPR)
    real = asking_registries._answer

    def frozen(row: RegistryQuestion) -> Any:
        answer = real(row)
        monkeypatch.setattr(asking_registries, "_answer", real)
        RegistryQuestion.objects.update(leased_until=timezone.now())
        assert services.answer_question(question_id=row.pk)
        return answer

    monkeypatch.setattr(asking_registries, "_answer", frozen)
    assert not services.answer_question(question_id=question.pk)
    assert RegistryFact.objects.filter(kind="birth_date").count() == 1


@pytest.mark.django_db
def test_f3_the_first_of_two_answers_is_kept(connected: Server, ilze: Person) -> None:
    leased = timezone.now() + timedelta(minutes=1)
    question = RegistryQuestionFactory.create(person=ilze, registry=Registry.VIIS, leased_until=leased)
    answer = registries.ask(Registry.VIIS, ilze.current_code, request_id=question.request_id)
    assert services.keep_answer(question=question, answer=answer)
    assert not services.keep_answer(question=question, answer=answer)
    assert RegistryFact.objects.filter(person=ilze, kind="education").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once(connected: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ClientFactory.create(person__code=ILZE).person
    asked(person, only=(Registry.FPR,))
    question = question_of(person, Registry.FPR)
    outcomes = together(*[lambda: services.answer_question(question_id=question.pk)] * 2)
    assert sorted(outcomes) == [False, True]
    assert RegistryFact.objects.filter(person=person, kind="birth_date").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lease_both_workers_ask(connected: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ClientFactory.create(person__code=ILZE).person
    asked(person, only=(Registry.FPR,))
    both = threading.Barrier(2, timeout=20)
    asked_by: list[int] = []
    real = asking_registries._answer

    def claim(which: Any) -> RegistryQuestion | None:
        row = RegistryQuestion.objects.filter(which).first()
        both.wait()
        return row

    def count(row: RegistryQuestion) -> Any:
        asked_by.append(row.pk)
        return real(row)

    monkeypatch.setattr(asking_registries, "_claim", claim)
    monkeypatch.setattr(asking_registries, "_answer", count)
    question = question_of(person, Registry.FPR)
    together(*[lambda: services.answer_question(question_id=question.pk)] * 2)
    assert len(asked_by) == 2


def test_the_pause_doubles_and_ends_at_six_hours() -> None:
    pauses = [asking_registries.delay_before(attempt) for attempt in range(2, 20)]
    assert timedelta(seconds=40) < pauses[0] < timedelta(seconds=80)
    assert timedelta(hours=4) < pauses[-1] < timedelta(hours=8)


@pytest.mark.django_db
def test_an_old_code_may_be_the_one_a_register_knows(connected: Server) -> None:
    """P042: the Revenue Service knows Ritvars by the code he had before."""
    person = ClientFactory.create(person__code="390000-00002").person
    PersonalCodeFactory.create(person=person, digits="21019110000")
    asked(person, only=(Registry.VID,))
    assert services.answer_question(question_id=question_of(person, Registry.VID).pk)
    assert current_facts(person.pk)["employment"].value == "employed"


@pytest.mark.django_db
def test_somebody_no_register_knows_stays_unknown(connected: Server) -> None:
    person = ClientFactory.create(person__code="010101-00000").person
    asked(person)
    assert services.answer_due_questions() == 3
    facts = current_facts(person.pk)
    assert {fact.verdict for fact in facts.values()} == {"unknown"}
    assert Person.objects.get(pk=person.pk).birth_date is None


# --- what is left behind --------------------------------------------------------------------


@pytest.mark.django_db
def test_aud_02_the_person_can_read_that_a_register_was_asked(connected: Server, ilze: Person) -> None:
    asked(ilze, only=(Registry.FPR,))
    question = question_of(ilze, Registry.FPR)
    connected.turn("error")
    services.answer_question(question_id=question.pk)
    connected.turn("")
    RegistryQuestion.objects.update(due_at=timezone.now())
    services.answer_question(question_id=question.pk)
    entry = AccessEntry.objects.get(person_id=ilze.pk)  # one for the question, however often it was asked
    assert entry.actor_label == "Fizisko personu reģistrs"
    assert entry.what == "jautājums reģistram: Fizisko personu reģistrs"
    assert entry.purpose == "Reģistrēšanās platformā (noteikumu 26.1. punkts)"


@pytest.mark.django_db
def test_cod_04_the_audit_says_what_was_known_and_no_value(connected: Server, ilze: Person) -> None:
    asked(ilze, only=(Registry.FPR,))
    services.answer_due_questions()
    entry = AuditEntry.objects.get(object_id=str(ilze.pk), action="registry_answer")
    assert entry.data["facts"] == dict.fromkeys(("name", "birth_date", "death", "residence"), "confirmed")
    assert entry.data["request"] == question_of(ilze, Registry.FPR).request_id
    assert "1984" not in str(entry.data)
    assert "Rīga" not in str(entry.data)


@pytest.mark.django_db
def test_facts_are_sealed_and_bound_to_their_row(connected: Server, ilze: Person) -> None:
    asked(ilze, only=(Registry.VID,))
    services.answer_due_questions()
    fact = RegistryFact.objects.get(kind="employment")
    assert "employed" not in fact.sealed
    assert fact.value == "employed"


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [{"request_id": ""}, {"verdict": "perhaps"}, {"sealed": "", "verdict": "confirmed"}])
def test_i15_the_database_refuses_a_fact_without_its_request_or_value(broken: dict[str, str]) -> None:
    fact = RegistryFactFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistryFact.objects.filter(pk=fact.pk).update(**broken)


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_questions_cost_the_same_each(connected: Server, people: int) -> None:
    persons = [ClientFactory.create(person__code=code).person for code in (ILZE, "051179-10001", "230791-10001")]
    for person in persons[:people]:
        asked(person, only=(Registry.VID,))
    with CaptureQueriesContext(connection) as captured:
        assert services.answer_due_questions() == people
    work = [one for one in captured.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(work) <= 4 + 24 * people


# --- declared and said (X11) ----------------------------------------------------------------


@pytest.mark.django_db
def test_x11_neither_overwrites_the_other(connected: Server, ilze: Person) -> None:
    profile = ilze.profile
    asked(ilze)
    services.answer_due_questions()
    profile.refresh_from_db()
    assert profile.education.code == "unfinished_basic"
    fact = RegistryFact.objects.get(person=ilze, kind="education")
    assert (fact.value, fact.verdict, fact.origin) == ("bachelor", FactVerdict.REFUTED, "viis")
    assert (fact.valid_on, fact.fetched_at.date()) == (timezone.localdate(), timezone.now().date())


@pytest.mark.django_db
def test_x11_a_new_declaration_is_compared_and_the_fact_stays(ilze: Person) -> None:
    known(ilze, education="bachelor", employment="employed")
    user = ilze.user
    before = RegistryFact.objects.get(person=ilze, kind="education")
    changed = declaration(education=EducationLevel.objects.get(code="bachelor"))
    services.save_profile(person_id=ilze.pk, version=1, declared=changed, by=actor_of(user))
    after = RegistryFact.objects.get(person=ilze, kind="education")
    assert (before.verdict, after.verdict) == (FactVerdict.REFUTED, FactVerdict.CONFIRMED)
    assert (before.pk, before.sealed, before.fetched_at) == (after.pk, after.sealed, after.fetched_at)
    assert not services.judge_facts(person_id=ilze.pk, by=JOB)


@pytest.mark.django_db
def test_x11_work_declared_and_work_said_may_differ(ilze: Person) -> None:
    assert known(ilze, employment="none")["employment"].verdict == FactVerdict.REFUTED
    ilze.profile.economic_status = EconomicStatus.objects.filter(is_employed=False)[0]
    ilze.profile.save()
    assert services.judge_facts(person_id=ilze.pk, by=JOB)
    assert current_facts(ilze.pk)["employment"].verdict == FactVerdict.CONFIRMED


@pytest.mark.django_db
def test_x12_an_older_answer_stays_as_it_was(connected: Server, ilze: Person) -> None:
    first = known(ilze, employment="none")["employment"]
    asked(ilze, only=(Registry.VID,))
    services.answer_due_questions()
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert first.value == "none"
    assert current_facts(ilze.pk)["employment"].value == "employed"


@pytest.mark.django_db
def test_a_register_that_now_says_nothing_takes_nothing_away(connected: Server, ilze: Person) -> None:
    """D2: "not known" is never kept as a no."""
    known(ilze, education="master")
    connected.turn("unknown_word")
    asked(ilze, only=(Registry.VIIS,))
    services.answer_due_questions()
    assert current_facts(ilze.pk)["education"].value == "master"


# --- age (COD-05) -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_cod_05_age_comes_from_the_register_never_from_the_code(connected: Server) -> None:
    """P058: the code begins with 28 January, the register says the 27th."""
    person = ClientFactory.create(person__code="280170-10008").person
    assert person.birth_date is None
    asked(person, only=(Registry.FPR,))
    services.answer_due_questions()
    assert Person.objects.get(pk=person.pk).birth_date == date(1970, 1, 27)


@pytest.mark.django_db
def test_cod_05_without_the_register_the_age_is_not_known(connected: Server, ilze: Person) -> None:
    connected.turn("error")
    asked(ilze)
    services.answer_due_questions()
    assert Person.objects.get(pk=ilze.pk).birth_date is None
    assert LearningAccount.objects.get(person=ilze).state == "pending"
