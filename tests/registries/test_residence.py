"""ACC-09: who leaves the municipality leaves its coordinators; the Register of Natural Persons says so (ADR 0014)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services, tasks
from accounts.models import Basis, Mandate, Person, RegistryFact, RegistryQuestion, Scope
from accounts.registries import answers
from accounts.selectors import actor_of, current_facts
from accounts.states import MandateState, Purpose, QuestionState, Registry
from stars.classifiers.models import Municipality
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import AgencyOfficerFactory, MandateFactory
from tests.factories.funding import SYSTEM
from tests.factories.registries import RegistryQuestionFactory, known
from tests.standins.servers import Server

pytestmark = pytest.mark.django_db
RIGA, MARUPE = "Rīga", "Mārupes novads"  # Ilze's by the register, and another


def mandate_in(name: str, client: Person, **options: object) -> Mandate:
    place = Municipality.objects.get(name=name)
    mandate: Mandate = MandateFactory.create(client=client, right__municipality=place, **options)
    return mandate


def ask(person: Person) -> None:
    services.ask_registries(person_id=person.pk, purpose=Purpose.MANDATE, only=(Registry.FPR,), by=SYSTEM)
    assert services.answer_due_questions() == 1


@pytest.mark.parametrize("state", [MandateState.LIVE, MandateState.WAITING])
def test_acc_09_who_leaves_the_municipality_leaves_its_coordinators(
    connected: Server, ilze: Person, state: MandateState
) -> None:
    left = mandate_in(MARUPE, ilze, state=state)
    stays = mandate_in(RIGA, ilze)
    browser = signed_in(Client(), left.right.user)
    if state is MandateState.LIVE:
        browser.post(f"/koordinators/klienti/{left.reference}/sakt")
        assert browser.get("/profils/mans-profils").status_code == 200
    ask(ilze)
    left.refresh_from_db()
    assert (left.state, left.ended_at is not None) == (MandateState.ENDED, True)
    assert browser.get("/profils/mans-profils").status_code in {302, 403}
    assert Mandate.objects.live().get() == stays
    entry = AuditEntry.objects.get(object_type="accounts.mandate", object_id=str(left.pk), action="end")
    assert entry.actor_role == Role.SYSTEM
    told = Notice.objects.filter(key__startswith=f"mandate:{left.pk}:")
    assert {notice.recipient for notice in told} == {ilze.user, left.right.user}
    assert RIGA not in told.get(recipient=left.right.user).body  # where the person lives now is not the coordinator's


def test_acc_09_a_mandate_is_not_asked_for_somebody_who_lives_elsewhere(connected: Server, ilze: Person) -> None:
    ask(ilze)
    coordinator = mandate_in(MARUPE, MandateFactory.create().client).right.user
    with pytest.raises(DomainError) as refused:
        services.ask_mandate(
            client_id=ilze.pk,
            scope=[Scope.PROFILE],
            basis=Basis.CONFIRMED,
            valid_until=timezone.now() + timedelta(days=30),
            by=actor_of(coordinator),
        )
    assert refused.value.code == "lives_elsewhere"


def test_acc_09_a_mandate_holds_for_nobody_known_to_live_elsewhere(ilze: Person) -> None:
    """Asked at each request, also where nothing has ended the row."""
    mandate = mandate_in(MARUPE, ilze)
    Person.objects.filter(pk=ilze.pk).update(municipality=Municipality.objects.get(name=RIGA))
    assert not Mandate.objects.live().exists()
    Person.objects.filter(pk=ilze.pk).update(municipality=mandate.right.municipality)
    assert Mandate.objects.live().get() == mandate


@pytest.mark.parametrize("said", [{}, {"municipality": None}, {"municipality": "Ziemeļu novads"}])
def test_acc_09_what_the_register_does_not_say_ends_nothing(ilze: Person, said: dict[str, str | None]) -> None:
    mandate = mandate_in(MARUPE, ilze)
    facts = answers.READERS["fpr"]({"birth_date": "1984-03-12", "deceased_on": None} | said)
    known(ilze, **{kind: value for kind, value in facts.items() if value is not None})
    ilze.refresh_from_db()
    assert ilze.municipality is None
    assert Mandate.objects.live().get() == mandate


def test_x11_a_disputed_residence_decides_nothing_and_the_agency_can_correct_it(ilze: Person) -> None:
    known(ilze, residence=RIGA)
    ilze.refresh_from_db()
    assert str(ilze.municipality) == RIGA
    dispute = services.open_dispute(
        fact_id=current_facts(ilze.pk)["residence"].id, reason="Esmu pārcēlusies.", by=actor_of(ilze.user)
    )
    mandate = mandate_in(MARUPE, ilze)
    assert Mandate.objects.live().get() == mandate
    officer = AgencyOfficerFactory.create(duties=["approver"])
    place = Municipality.objects.get(name=MARUPE)
    sent = {"value": place.pk, "explanation": "Pārbaudīts.", "confirm": "1"}
    browser = signed_in(Client(), officer)
    assert browser.post(f"/admin/accounts/factdispute/{dispute.pk}/decide/correct/", sent).status_code == 302
    ilze.refresh_from_db()
    assert ilze.municipality == place
    assert RegistryFact.objects.current().get(person=ilze, kind="residence").value == MARUPE
    assert Mandate.objects.live().get() == mandate


@pytest.mark.parametrize(("days", "asked"), [(29, 0), (31, 1)])
def test_acc_09_the_residence_of_who_is_acted_for_is_asked_each_month(
    connected: Server, ilze: Person, days: int, asked: int
) -> None:
    at = timezone.now() - timedelta(days=days)
    RegistryQuestionFactory.create(
        person=ilze, registry=Registry.FPR, state=QuestionState.ANSWERED, answered_at=at, asked_at=at
    )
    assert tasks.ask_about_deaths() == 0  # nobody acts for her
    mandate_in(RIGA, ilze)
    coordinators = Person.objects.exclude(pk=ilze.pk)
    RegistryQuestion.objects.bulk_create(
        RegistryQuestion(person=one, registry="fpr", state="answered", answered_at=timezone.now(), purpose="death")
        for one in coordinators
    )
    assert tasks.ask_about_deaths() == asked
    assert RegistryQuestion.objects.filter(person=ilze, purpose=Purpose.MANDATE, state="due").count() == asked
    assert tasks.ask_about_deaths() == 0


def test_acc_09_only_the_job_asks_about_residences(connected: Server) -> None:
    with pytest.raises(NotPermitted):
        services.ask_about_residences(by=Actor(role=Role.AGENCY, user_id=1))
