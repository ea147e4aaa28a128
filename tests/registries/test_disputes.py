""" "Šis reģistra ieraksts ir nepareizs": a clock, somebody who answers, and meanwhile the entry decides nothing (experience.md 4.3)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import policies, services
from accounts.models import FactDispute, Person, RegistryFact, StaffTie, User
from accounts.selectors import actor_of, current_facts
from accounts.states import DISPUTE, DisputeAction, DisputeState, FactVerdict, Purpose, Registry
from applications.errors import OnHold
from applications.models import EligibilityCheck
from applications.services import obstacle
from funding.services import check_account
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.notices.models import Notice
from stars.pages import invariants
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyOfficerFactory, AgencyUserFactory, ClientFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.funding import mn
from tests.factories.registries import FactDisputeFactory, known
from tests.standins.servers import Server

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
JOB = Actor.system("test")


@pytest.fixture
def officer() -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=["approver"]))


def disputed(person: Person, kind: str = "employment", reason: str = "Strādāju kopš marta.") -> FactDispute:
    fact = RegistryFact.objects.current().get(person=person, kind=kind)
    return services.open_dispute(fact_id=fact.pk, reason=reason, by=actor_of(person.user))


# --- opening ----------------------------------------------------------------------------------


def test_i15_a_disputed_entry_decides_nothing_until_it_is_answered(ilze: Person, officer: Actor) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    assert not current_facts(ilze.pk)["employment"].is_known
    services.uphold_dispute(dispute_id=dispute.pk, explanation="Pārbaudīts VID.", by=officer)
    fact = current_facts(ilze.pk)["employment"]
    assert (fact.is_known, fact.verdict) == (True, FactVerdict.REFUTED)


def test_the_person_sees_by_when_and_who_answers(ilze: Person) -> None:
    """Wednesday 30 April 2025: free days follow, one of them moved to a Saturday; the fifth working day is 10 May."""
    known(ilze, employment="none")
    with time_machine.travel("2025-04-30T09:00:00+03:00", tick=False):
        dispute = disputed(ilze)
    assert dispute.due_on == date(2025, 5, 10)
    notice = Notice.objects.get(key=f"dispute:{dispute.pk}:opened")
    assert "Valsts izglītības attīstības aģentūra atbildēs līdz 10.05.2025." in notice.body


def test_a_second_press_finds_the_open_dispute(ilze: Person) -> None:
    known(ilze, employment="none")
    assert disputed(ilze) == disputed(ilze, reason="Vēlreiz.")
    assert FactDispute.objects.get().reason == "Strādāju kopš marta."


def test_the_database_holds_one_open_dispute_of_a_fact(ilze: Person) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactDisputeFactory.create(fact=dispute.fact)


def test_nobody_disputes_for_somebody_else(ilze: Person) -> None:
    fact = known(ilze, employment="none")["employment"]
    with pytest.raises(NotPermitted):
        services.open_dispute(fact_id=fact.pk, reason="Nē.", by=actor_of(ClientFactory.create()))


def test_what_decides_nothing_is_not_disputed(ilze: Person) -> None:
    known(ilze, death="", documents=[])
    for kind in ("death", "documents"):
        with pytest.raises(DomainError, match="neko neizlemj"):
            disputed(ilze, kind)


def test_an_entry_replaced_meanwhile_is_told(ilze: Person) -> None:
    old = known(ilze, employment="none")["employment"]
    RegistryFact.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    with pytest.raises(DomainError, match="jaunākus datus"):
        services.open_dispute(fact_id=old.pk, reason="Nē.", by=actor_of(ilze.user))


def test_cod_05_a_disputed_birth_date_is_no_age(ilze: Person, officer: Actor) -> None:
    known(ilze, birth_date="2012-01-01")
    dispute = disputed(ilze, "birth_date")
    assert Person.objects.get(pk=ilze.pk).birth_date is None
    services.uphold_dispute(dispute_id=dispute.pk, explanation="Ieraksts ir pareizs.", by=officer)
    assert Person.objects.get(pk=ilze.pk).birth_date == date(2012, 1, 1)


# --- answering --------------------------------------------------------------------------------


def test_x11_a_correction_stands_beside_what_the_register_said(ilze: Person, officer: Actor) -> None:
    said = known(ilze, birth_date="2012-01-01")["birth_date"]
    dispute = disputed(ilze, "birth_date")
    services.correct_dispute(dispute_id=dispute.pk, value="1984-03-12", explanation="Pasē 1984.", by=officer)
    fact = current_facts(ilze.pk)["birth_date"]
    assert (fact.value, fact.origin, fact.verdict) == ("1984-03-12", "agency", FactVerdict.CONFIRMED)
    said.refresh_from_db()
    assert (said.value, said.origin) == ("2012-01-01", "fpr")
    assert Person.objects.get(pk=ilze.pk).birth_date == date(1984, 3, 12)
    notice = Notice.objects.get(key=f"dispute:{dispute.pk}:answered")
    assert "Labots" in notice.body
    assert "Pasē 1984." in notice.body


def test_a_register_that_repeats_itself_does_not_undo_the_correction(
    connected: Server, ilze: Person, officer: Actor
) -> None:
    known(ilze, education="bachelor")
    dispute = disputed(ilze, "education", "Esmu maģistre.")
    services.correct_dispute(dispute_id=dispute.pk, value="master", explanation="Diploms uzrādīts.", by=officer)
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.DISPUTE, only=(Registry.VIIS,), by=JOB)
    services.answer_due_questions()
    assert current_facts(ilze.pk)["education"].value == "master"


def test_a_register_that_says_something_new_is_believed_again(connected: Server, ilze: Person, officer: Actor) -> None:
    known(ilze, education="basic")
    dispute = disputed(ilze, "education", "Esmu maģistre.")
    services.correct_dispute(dispute_id=dispute.pk, value="master", explanation="Diploms uzrādīts.", by=officer)
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.DISPUTE, only=(Registry.VIIS,), by=JOB)
    services.answer_due_questions()
    fact = current_facts(ilze.pk)["education"]
    assert (fact.value, fact.origin) == ("bachelor", "viis")


def test_an_answer_while_it_is_disputed(connected: Server, ilze: Person) -> None:
    """The same word changes nothing; another one settles the matter by itself."""
    known(ilze, education="bachelor", employment="none")
    same, other = disputed(ilze, "education"), disputed(ilze, "employment")
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    services.answer_due_questions()
    same.refresh_from_db()
    other.refresh_from_db()
    assert same.state == DisputeState.OPEN
    assert not current_facts(ilze.pk)["education"].is_known
    assert (other.state, other.explanation) == (DisputeState.CORRECTED, "Reģistrs ierakstu pa šo laiku ir labojis.")
    assert current_facts(ilze.pk)["employment"].value == "employed"


@pytest.mark.parametrize("action", list(DisputeAction))
@pytest.mark.parametrize("state", [DisputeState.UPHELD, DisputeState.CORRECTED])
def test_an_answered_one_is_not_answered_again(
    ilze: Person, officer: Actor, action: DisputeAction, state: DisputeState
) -> None:
    assert not DISPUTE.allows(action, state)
    known(ilze, employment="none")
    dispute = disputed(ilze)
    services.uphold_dispute(dispute_id=dispute.pk, explanation="Jā.", by=officer)
    with pytest.raises(DomainError, match="jau ir atbildēts"):
        services.correct_dispute(dispute_id=dispute.pk, value="employed", explanation="Nē.", by=officer)
    assert current_facts(ilze.pk)["employment"].value == "none"


@pytest.mark.parametrize("duty", list(Duty))
def test_only_officers_charged_with_it_answer(ilze: Person, duty: Duty) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    by = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({duty}), label="x")
    may = duty in {Duty.APPROVER, Duty.ADMINISTRATOR}
    assert bool(policies.open_answers(by, dispute)) == may
    if not may:
        with pytest.raises(NotPermitted):
            services.uphold_dispute(dispute_id=dispute.pk, explanation="Jā.", by=by)


@pytest.mark.parametrize("role", [Role.CLIENT, Role.PROVIDER, Role.COORDINATOR, Role.ANONYMOUS])
def test_nobody_else_answers(ilze: Person, role: Role) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    by = Actor(role=role, person_id=ilze.pk, user_id=ilze.user.pk)
    with pytest.raises(NotPermitted):
        services.correct_dispute(dispute_id=dispute.pk, value="employed", explanation="Jā.", by=by)


@pytest.mark.parametrize("kind", list(StaffTie.Kind))
def test_acc_08_an_officer_leaves_their_own_and_relatives_matters_to_others(ilze: Person, kind: str) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    user = AgencyOfficerFactory.create(duties=["approver"])
    services.declare_tie(digits=ilze.current_code, kind=kind, by=actor_of(user))
    services.declare_tie(digits=ilze.current_code, kind=kind, by=actor_of(user))
    assert StaffTie.objects.count() == 1
    assert policies.open_answers(actor_of(user), dispute) == []
    with pytest.raises(NotPermitted):
        services.uphold_dispute(dispute_id=dispute.pk, explanation="Jā.", by=actor_of(user))
    other = actor_of(AgencyOfficerFactory.create(duties=["approver"]))
    services.uphold_dispute(dispute_id=dispute.pk, explanation="Jā.", by=other)


# --- what waits for it ------------------------------------------------------------------------


def test_an_application_that_rests_on_it_is_on_hold(ilze: Person, officer: Actor) -> None:
    known(ilze, birth_date="1984-03-12", employment="none")
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    application = send(DraftFactory.create(client=ilze, programme=programme, source=mn()), ilze.user)
    check = EligibilityCheck.objects.get(application=application)
    assert check.verdict == "not_met"
    dispute = disputed(ilze)
    check.refresh_from_db()
    assert check.verdict == "unknown"
    assert isinstance(obstacle(check=check), OnHold)
    services.correct_dispute(dispute_id=dispute.pk, value="employed", explanation="Līgums uzrādīts.", by=officer)
    check.refresh_from_db()
    assert check.verdict == "met"
    assert obstacle(check=check) is None


def test_an_account_that_rests_on_it_waits(ilze: Person, officer: Actor) -> None:
    known(ilze, birth_date="1984-03-12")
    disputed(ilze, "birth_date")
    account = ilze.learning_account
    assert check_account(account_id=account.pk, by=JOB) == "unknown"
    account.refresh_from_db()
    assert account.state == "pending"
    assert account.checks.get().findings[0]["disputed"] == "yes"


def test_invariants_know_what_is_disputed(ilze: Person) -> None:
    known(ilze, employment="none")
    dispute = disputed(ilze)
    assert invariants.check(only=["I5", "I15"]) == []
    RegistryFact.objects.filter(pk=dispute.fact_id).update(verdict=FactVerdict.CONFIRMED)
    (breach,) = invariants.check(only=["I15"])
    assert (breach.says, breach.ids) == ("disputed facts that decide", (str(dispute.fact_id),))


def test_invariants_find_an_age_no_register_has_told(ilze: Person) -> None:
    Person.objects.filter(pk=ilze.pk).update(birth_date=date(1984, 3, 12))
    (breach,) = invariants.check(only=["I15"])
    assert breach.says == "birth dates no register has told (COD-05)"


# --- pages ------------------------------------------------------------------------------------


def test_the_page_asks_in_words_and_says_what_follows(ilze: Person, as_client: Browse) -> None:
    fact = known(ilze, employment="none")["employment"]
    browser = as_client(ilze.user)
    address = f"/profils/mans-profils/registri/{fact.pk}"
    shown = browser.get(address).content.decode()
    assert "Nav nodarbināta persona" in shown
    assert "Tā atbild 5 darba dienu laikā." in shown
    empty = browser.post(address, {"reason": " "})
    assert empty.status_code == 422
    assert "Uzrakstiet, kas ierakstā ir nepareizi" in empty.content.decode()
    done = browser.post(address, {"reason": "Strādāju kopš marta."}, follow=True)
    shown = done.content.decode()
    dispute = FactDispute.objects.get()
    assert f"atbildēs līdz {dispute.due_on:%d.%m.%Y}." in shown
    assert "Līdz tam ieraksts neko neizlemj." in shown
    assert "Apstrīdēts" in shown
    assert address not in shown


def test_the_answer_is_read_on_the_profile(ilze: Person, officer: Actor, as_client: Browse) -> None:
    known(ilze, employment="none")
    services.uphold_dispute(dispute_id=disputed(ilze).pk, explanation="VID rāda, ka līgums beidzies.", by=officer)
    shown = as_client(ilze.user).get("/profils/mans-profils").content.decode()
    assert "Ieraksts paliek spēkā" in shown
    assert "VID rāda, ka līgums beidzies." in shown


def test_a_correction_is_read_beside_the_corrected_entry(ilze: Person, officer: Actor, as_client: Browse) -> None:
    """The answer hangs on the register's row; the person reads it beside the one that took its place."""
    known(ilze, education="general_secondary")
    dispute = disputed(ilze, "education")
    page = as_client(AgencyUserFactory.create()).get(f"{ADMIN}{dispute.pk}/change/").content.decode()
    assert "Vispārējā vidējā izglītība" in page
    assert "general_secondary" not in page
    services.correct_dispute(dispute_id=dispute.pk, value="bachelor", explanation="Diploms pārbaudīts.", by=officer)
    shown = as_client(ilze.user).get("/profils/mans-profils").content.decode()
    assert "Labots" in shown
    assert "Diploms pārbaudīts." in shown


def test_acc_02_somebody_else_s_fact_is_not_there(ilze: Person, as_client: Browse) -> None:
    fact = known(ilze, employment="none")["employment"]
    browser = as_client(ClientFactory.create())
    assert browser.get(f"/profils/mans-profils/registri/{fact.pk}").status_code == 404
    assert browser.post(f"/profils/mans-profils/registri/{fact.pk}", {"reason": "x"}).status_code == 404


ADMIN = "/admin/accounts/factdispute/"


def test_the_agency_answers_by_buttons(ilze: Person, as_client: Browse) -> None:
    known(ilze, employment="none", education="basic", birth_date="1984-03-12", learning={"level": ""}, name="Ilze S")
    answers: dict[str, tuple[Any, Any]] = {
        "employment": ("self_employed", "self_employed"),
        "birth_date": ("1985-03-12", "1985-03-12"),
        "name": ("Ilze Sūnkalne", "Ilze Sūnkalne"),
        "learning": ("", {"level": ""}),
    }
    browser = as_client(AgencyUserFactory.create())
    for kind, (typed, kept) in answers.items():
        dispute = disputed(ilze, kind)
        page = browser.get(f"{ADMIN}{dispute.pk}/change/").content.decode()
        assert "decide/uphold" in page
        assert "Strādāju kopš marta." in page
        address = f"{ADMIN}{dispute.pk}/decide/correct/"
        assert browser.get(address).status_code == 200
        assert browser.post(address, {"value": typed, "explanation": ""}).status_code == 422
        assert browser.post(address, {"value": typed, "explanation": "Pārbaudīts."}).status_code == 302
        assert current_facts(ilze.pk)[kind].value == kept
    dispute = disputed(ilze, "education")
    assert browser.post(f"{ADMIN}{dispute.pk}/decide/uphold/", {"explanation": "Jā."}).status_code == 302
    assert AuditEntry.objects.filter(object_type="accounts.factdispute", action="uphold").count() == 1


def test_a_birth_date_to_come_is_refused(ilze: Person, as_client: Browse) -> None:
    known(ilze, birth_date="1984-03-12")
    dispute = disputed(ilze, "birth_date")
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = as_client(AgencyUserFactory.create()).post(
        f"{ADMIN}{dispute.pk}/decide/correct/", {"value": tomorrow.isoformat(), "explanation": "Jā."}
    )
    assert answer.status_code == 422
    assert "nevar būt nākotnē" in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_aud_02_the_list_of_disputes_leaves_a_row_for_each_person(
    as_client: Browse, number: int, django_assert_max_num_queries: Any
) -> None:
    for _turn in range(number):
        person = ClientFactory.create().person
        known(person, employment="none")
        disputed(person)
    browser = as_client(AgencyUserFactory.create())
    browser.get(ADMIN)
    AccessEntry.objects.all().delete()
    with django_assert_max_num_queries(14):
        assert browser.get(ADMIN).status_code == 200
    assert AccessEntry.objects.count() == number


def test_an_officer_declares_ties_and_sees_only_their_own(ilze: Person, as_client: Browse) -> None:
    officer, other = AgencyOfficerFactory.create(duties=["approver"]), AgencyUserFactory.create()
    browser, address = as_client(officer), "/admin/accounts/stafftie/"
    assert browser.post(f"{address}add/", {"code": "123", "kind": "self"}).status_code == 200
    assert browser.post(f"{address}add/", {"code": "120384-10004", "kind": "relative"}).status_code == 302
    tie = StaffTie.objects.get()
    assert (tie.user_id, tie.kind) == (officer.pk, "relative")
    assert "tuvinieks" in browser.get(address).content.decode()
    assert "tuvinieks" not in as_client(other).get(address).content.decode().split("result_list")[-1]
    assert browser.get(f"{address}{tie.pk}/change/").status_code == 200
    assert as_client(other).get(f"{address}{tie.pk}/change/").status_code == 302
