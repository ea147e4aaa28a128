"""The profile and the registration form say what registers know, as it comes; a dead register blocks nobody (terms 26.1)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ClientProfile, Person, RegistryFact, RegistryQuestion, User
from accounts.selectors import actor_of
from accounts.states import Purpose, Registry
from stars.classifiers.models import EducationLevel
from stars.kernel.actor import Actor
from stars.kernel.models import AccessEntry
from tests.accounts.declared import answers
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory, ProviderFactory, UserFactory, agree
from tests.factories.applications import DraftFactory, complete_answers
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.funding import approved_account, imk, mn
from tests.factories.registries import RegistryLineFactory, known
from tests.registries.conftest import ILZE
from tests.standins.servers import Server

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
JOB = Actor.system("test")
PROFILE, FRAGMENT = "/profils/mans-profils", "/profils/mans-profils/registri"


def main_of(response: Any) -> str:
    return str(response.content.decode().split("<main")[1].split("</main>")[0])


# --- Mans profils -------------------------------------------------------------------------------


def test_each_fact_says_whence_and_when(ilze: Person, as_client: Browse) -> None:
    known(ilze, name="Ilze Sūnkalne", birth_date="1984-03-12", employment="employed", education="bachelor")
    RegistryFact.objects.update(fetched_at=datetime(2025, 4, 14, 12, tzinfo=UTC))
    shown = main_of(as_client(ilze.user).get(PROFILE))
    assert "No Fizisko personu reģistra 14.04.2025." in shown
    assert "No Valsts ieņēmumu dienesta 14.04.2025." in shown
    assert "No Valsts izglītības informācijas sistēmas 14.04.2025." in shown
    assert "12.03.1984." in shown
    assert "Atšķiras no norādītā" in shown  # declared: unfinished basic education
    assert "Šis reģistra ieraksts ir nepareizs" in shown


def test_the_page_fills_in_by_itself_while_a_register_is_asked(
    connected: Server, ilze: Person, as_client: Browse
) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    browser = as_client(ilze.user)
    page = browser.get(PROFILE).content.decode()
    assert "Saņemam datus no Fizisko personu reģistra." in page
    assert f'hx-get="{FRAGMENT}?reize=1" hx-trigger="load delay:2s"' in page
    assert "htmx-2.min.js" in page
    services.answer_due_questions()
    part = browser.get(f"{FRAGMENT}?reize=1").content.decode()
    assert "<html" not in part
    assert "hx-get" not in part  # nothing more is awaited
    assert "12.03.1984." in part
    assert "hx-" not in browser.get(PROFILE).content.decode()


def test_looking_ends_and_grows_slower(connected: Server, ilze: Person, as_client: Browse) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    browser = as_client(ilze.user)
    pauses = []
    for look in range(12):
        part = browser.get(f"{FRAGMENT}?reize={look}").content.decode()
        pauses.append(int(part.split("load delay:")[1].split("s")[0]) if "hx-get" in part else 0)
    assert pauses == [*sorted(pauses[:9]), 0, 0, 0]
    assert browser.get(f"{FRAGMENT}?reize=x").status_code == 200


def test_d2_a_dead_register_is_told_and_blocks_nobody(connected: Server, ilze: Person, as_client: Browse) -> None:
    connected.turn("error")
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, by=JOB)
    services.answer_due_questions()
    browser = as_client(ilze.user)
    shown = main_of(browser.get(PROFILE))
    assert "Neizdevās saņemt datus no Fizisko personu reģistra. Varat turpināt, datus pārbaudīsim vēlāk." in shown
    RoundFactory.create(source=imk())
    assert send(DraftFactory.create(client=ilze, source=imk()), ilze.user).state == "submitted"


def test_nobody_was_asked_yet(as_client: Browse) -> None:
    user = ClientFactory.create()
    assert "Reģistriem par Jums vēl nav jautāts." in main_of(as_client(user).get(PROFILE))


def test_every_kind_has_its_words(ilze: Person, as_client: Browse) -> None:
    documents = [{"number": "DEMO-001", "name": "Bakalaurs", "year": 2007}]
    known(ilze, employment=None, learning={"level": "short_cycle", "since": "2024-09-02"}, documents=documents)
    shown = main_of(as_client(ilze.user).get(PROFILE))
    assert "Reģistrā par to nav ziņu" in shown
    assert "Īsā cikla augstākā izglītība, kopš 02.09.2024." in shown
    assert "Bakalaurs, DEMO-001, 2007" in shown
    RegistryFact.objects.all().delete()
    known(ilze, employment="self_employed", learning={"level": ""}, documents=[], death="")
    shown = main_of(as_client(ilze.user).get(PROFILE))
    assert "Pašnodarbināta persona" in shown
    assert "Iesāktu mācību nav" in shown
    assert "Dokumentu nav" in shown
    assert "Ieraksts par nāvi" not in shown


def test_rtx_03_what_a_register_says_is_text(ilze: Person, as_client: Browse) -> None:
    known(ilze, name="<script>alert(1)</script> X")
    shown = main_of(as_client(ilze.user).get(PROFILE))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; X" in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize("number", [1, 3])
def test_the_part_costs_the_same_with_one_fact_and_with_three(
    ilze: Person, as_client: Browse, number: int, django_assert_max_num_queries: Any
) -> None:
    facts = {"employment": "employed", "education": "bachelor", "birth_date": "1984-03-12"}
    made = known(ilze, **dict(list(facts.items())[:number]))
    services.open_dispute(fact_id=made["employment"].pk, reason="Nē.", by=actor_of(ilze.user))
    browser = as_client(ilze.user)
    browser.get(FRAGMENT)
    with django_assert_max_num_queries(11):
        browser.get(FRAGMENT)


# --- registration -------------------------------------------------------------------------------


@pytest.fixture
def newcomer() -> User:
    user: User = UserFactory.create(person__code=ILZE)
    agree(user)
    return user


def test_26_1_education_is_filled_in_where_viis_knows_it(newcomer: User, as_client: Browse) -> None:
    known(newcomer.person, education="bachelor")
    shown = as_client(newcomer).get("/registreties").content.decode()
    assert "selected>Bakalaurs</option>" in shown
    assert "No Valsts izglītības informācijas sistēmas" in shown


def test_x11_what_the_person_chooses_stands_beside_it(newcomer: User, as_client: Browse) -> None:
    known(newcomer.person, education="bachelor")
    typed = answers(education=str(_level("master")))
    assert as_client(newcomer).post("/registreties", typed).status_code == 302
    assert ClientProfile.objects.get(person=newcomer.person).education.code == "master"
    fact = RegistryFact.objects.get(person=newcomer.person)
    assert (fact.value, fact.verdict) == ("bachelor", "refuted")


def _level(code: str) -> int:
    return EducationLevel.objects.get(code=code).pk


def test_the_field_fills_in_when_the_answer_comes_and_keeps_a_choice(
    connected: Server, newcomer: User, as_client: Browse
) -> None:
    services.ask_registries(person_id=newcomer.person.pk, purpose=Purpose.REGISTRATION, by=JOB)
    browser = as_client(newcomer)
    page = browser.get("/registreties").content.decode()
    assert 'hx-post="/registreties/izglitiba?reize=1"' in page
    assert "Saņemam datus no Valsts izglītības informācijas sistēmas." in page
    services.answer_due_questions()
    empty = browser.post("/registreties/izglitiba?reize=1", {"education": ""}).content.decode()
    assert "selected>Bakalaurs</option>" in empty
    assert "hx-post" not in empty
    chosen = browser.post("/registreties/izglitiba", {"education": str(_level("master"))}).content.decode()
    assert "selected>Maģistrs</option>" in chosen
    odd = browser.post("/registreties/izglitiba", {"education": "<b>"}).content.decode()
    assert "selected>Bakalaurs</option>" in odd


def test_registration_goes_on_while_every_register_is_dead(
    connected: Server, newcomer: User, as_client: Browse
) -> None:
    connected.turn("dead")
    services.ask_registries(person_id=newcomer.person.pk, purpose=Purpose.REGISTRATION, by=JOB)
    services.answer_due_questions()
    browser = as_client(newcomer)
    assert "Neizdevās saņemt datus" in browser.get("/registreties").content.decode()
    assert browser.post("/registreties", answers()).status_code == 302
    assert RegistryQuestion.objects.filter(person=newcomer.person, state="due").count() == 3


# --- who sees what (security.md 1) ----------------------------------------------------------------


@pytest.fixture
def seen(ilze: Person) -> tuple[Person, User, str]:
    """An application under MN with everything a register and the form know, and an employee of the institution."""
    known(ilze, birth_date="1984-03-12", employment="none", education="bachelor", name="Ilze Sūnkalne")
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    said = complete_answers(programme, low_income="yes")
    application = send(DraftFactory.create(client=ilze, programme=programme, source=mn(), answers=said), ilze.user)
    employee = ProviderFactory.create(membership__institution=programme.institution)
    return ilze, employee, f"/provider/pieteikumi/{application.reference}"


def test_an_institution_sees_the_verdict_and_no_fact(seen: tuple[Person, User, str], as_client: Browse) -> None:
    _person, employee, address = seen
    shown = main_of(as_client(employee).get(address))
    assert "Neatbilst" in shown
    for hidden in ("Ir nodarbināta", "Valsts ieņēmumu", "1984", "maznodrošinātas", "Fizisko personu"):
        assert hidden not in shown
    assert "Klients neatbilst nosacījumiem" in shown
    assert "Uzņemt</a>" not in shown


def test_an_institution_is_told_why_it_cannot_admit_yet(ilze: Person, as_client: Browse) -> None:
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=ilze, source=imk()), ilze.user)
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    browser, address = as_client(employee), f"/provider/pieteikumi/{application.reference}"
    shown = main_of(browser.get(address))
    assert "Aģentūra vēl pārbauda, vai klients atbilst mērķa grupai." in shown
    assert "/uznemt" not in shown
    late = browser.post(f"{address}/uznemt")
    assert late.status_code == 409
    assert "Aģentūra vēl pārbauda" in late.content.decode()
    approved_account(ilze)
    assert "/uznemt" in main_of(browser.get(address))


def test_aud_02_the_agency_s_look_at_a_fact_is_written_down(ilze: Person, as_client: Browse) -> None:
    fact = known(ilze, employment="employed")["employment"]
    RegistryLineFactory.create()
    officer = AgencyUserFactory.create()
    browser = as_client(officer)
    for address in ("", f"{fact.pk}/change/"):
        AccessEntry.objects.all().delete()
        shown = browser.get(f"/admin/accounts/registryfact/{address}").content.decode()
        assert ("Darba ņēmējs" in shown) == bool(address)
        entry = AccessEntry.objects.get()
        assert (entry.person_id, entry.actor_user_id) == (ilze.pk, officer.pk)
    assert browser.post(f"/admin/accounts/registryfact/{fact.pk}/change/", {}).status_code == 403
    assert browser.get("/admin/accounts/registryline/").status_code == 200


def test_the_journal_shows_what_was_asked(connected: Server, ilze: Person, as_client: Browse) -> None:
    services.ask_registries(person_id=ilze.pk, purpose=Purpose.REGISTRATION, only=(Registry.VID,), by=JOB)
    question = RegistryQuestion.objects.get(person=ilze)
    RegistryQuestion.objects.update(asked_at=timezone.now() - timedelta(days=1))
    browser = as_client(AgencyUserFactory.create())
    shown = browser.get("/admin/accounts/registryquestion/").content.decode()
    assert "Valsts ieņēmumu dienests" in shown
    assert browser.get(f"/admin/accounts/registryquestion/{question.pk}/change/").status_code == 200
