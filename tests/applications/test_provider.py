"""The institution's pages: its own applications only, a row for every look, and the two decisions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import services
from applications.models import Application
from applications.states import State
from funding.models import FundingSource
from stars.classifiers.models import RejectionReason
from stars.kernel import audit
from stars.kernel.models import AccessEntry
from tests.applications.test_draft import main_of
from tests.applications.test_submit import send
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    InstitutionFactory,
    ProviderFactory,
    RegistrationFactory,
)
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory, VenueFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
LIST = "/provider/pieteikumi"


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(
        person__first_name="Ģirts", person__last_name="Šķēle", person__code="010190-12345"
    )
    return user


@pytest.fixture
def application(client: User) -> Application:
    approved_account(client.person)
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


@pytest.fixture
def employee(application: Application) -> User:
    user: User = ProviderFactory.create(membership__institution=application.programme.institution)
    return user


def page_of(application: Application, what: str = "") -> str:
    return f"{LIST}/{application.reference}" + (f"/{what}" if what else "")


# --- lists ------------------------------------------------------------------------------------------------


def test_the_list_shows_own_applications_without_personal_codes(
    application: Application, employee: User, as_client: Browse
) -> None:
    foreign = ApplicationFactory.create()
    shown = main_of(as_client(employee).get(LIST))
    for words in ("Ģirts Šķēle", application.number, application.programme.name, "IMK", "Atbilst", "Pieteikts"):
        assert words in shown
    assert foreign.client.full_name not in shown or foreign.number not in shown
    assert "010190" not in shown


@pytest.mark.parametrize("path", [LIST, "/provider"])
def test_aud_02_being_named_in_a_list_is_written_down(
    application: Application, employee: User, as_client: Browse, path: str
) -> None:
    ApplicationFactory.create()
    as_client(employee).get(path)
    look = AccessEntry.objects.get()
    assert (look.person_id, look.actor_user_id) == (application.client_id, employee.pk)
    assert look.what == "Pieteikumu saraksts"


@pytest.mark.parametrize("what", ["uznemt", "neuznemt"])
def test_aud_02_so_is_the_page_of_a_decision(
    application: Application, employee: User, as_client: Browse, what: str
) -> None:
    assert "Ģirts Šķēle" in as_client(employee).get(page_of(application, what)).content.decode()
    assert application.number in AccessEntry.objects.get(person_id=application.client_id).what


def test_filters(application: Application, employee: User, as_client: Browse) -> None:
    other = ProgrammeFactory.create(institution=application.programme.institution)
    admitted = ApplicationFactory.create(
        programme=other, admitted=True, client=ClientFactory.create(person__last_name="Krūze").person
    )
    browser = as_client(employee)

    def numbers(query: str) -> set[str]:
        shown = main_of(browser.post(LIST, QueryDict(query).dict(), follow=True))
        return {one.number for one in (application, admitted) if one.number in shown}

    assert numbers("") == {application.number, admitted.number}
    assert numbers("statuss=admitted") == {admitted.number}
    assert numbers(f"programma={application.programme.number}") == {application.number}
    assert numbers("q=skele") == set()
    assert numbers("q=Šķēle") == {application.number}
    assert numbers(f"q={admitted.number}") == {admitted.number}
    assert numbers("avots=mn") == set()
    assert numbers("avots=nav&statuss=nav&programma=abc&lapa=999&skaits=7") == {application.number, admitted.number}


def test_nothing_found_says_what_to_do(application: Application, employee: User, as_client: Browse) -> None:
    assert "Pēc šiem nosacījumiem neatradām nevienu pieteikumu." in main_of(
        as_client(employee).post(LIST, {"q": "xyz"}, follow=True)
    )


def test_an_institution_without_applications(as_client: Browse) -> None:
    school = ProgrammeFactory.create().institution
    browser = as_client(ProviderFactory.create(membership__institution=school))
    assert "Pieteikumu vēl nav." in main_of(browser.get(LIST))
    assert "Viss ir izdarīts." in main_of(browser.get("/provider"))


def test_a_new_institution_reads_what_is_left_to_do(as_client: Browse) -> None:
    school = InstitutionFactory.create(phone="", kind="")
    RegistrationFactory.create(kind="employee", institution=school, state="waiting")
    employee = as_client(ProviderFactory.create(membership__institution=school))
    boss = as_client(ProviderFactory.create(membership__institution=school, membership__role="administrator"))
    for browser in (employee, boss):
        page = main_of(browser.get("/provider"))
        assert "Viss ir izdarīts." not in page
        for words in ("Pievienojiet īstenošanas vietas", "Sagatavojiet programmu"):
            assert words in page
    asked = browser.get("/provider").content.decode()
    assert "Vēl nav norādīts: veids, pašvaldība, tālrunis, adrese." in page
    for words, address in (
        ("1 cilvēks gaida apstiprināšanu", "/provider/lietotaji"),
        ("Aizpildiet iestādes profilu", "/provider/profils"),
    ):
        assert words in page
        assert words not in main_of(employee.get("/provider"))
        assert f'href="{address}"' in asked
    VenueFactory.create(institution=school)
    assert "Pievienojiet īstenošanas vietas" not in main_of(boss.get("/provider"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", [LIST, "/provider"])
def test_lists_cost_the_same_whatever_their_length(
    application: Application,
    employee: User,
    as_client: Browse,
    path: str,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(count - 1):
        ApplicationFactory.create(programme=application.programme)
    browser = as_client(employee)
    browser.get(path)
    with django_assert_max_num_queries(12):
        shown = main_of(browser.get(path))
    assert shown.count(f"{LIST}/") == count


def test_pages_of_ten(application: Application, employee: User, as_client: Browse) -> None:
    ApplicationFactory.create_batch(10, programme=application.programme)
    browser = as_client(employee)
    assert "Rāda 1 līdz 10 no 11 rezultātiem" in main_of(browser.get(LIST))
    assert "Rāda 11 līdz 11 no 11 rezultātiem" in main_of(browser.get(f"{LIST}?lapa=2"))
    assert "Rāda 1 līdz 11 no 11 rezultātiem" in main_of(browser.get(f"{LIST}?skaits=25"))


def test_home_counts_what_waits(application: Application, employee: User, as_client: Browse) -> None:
    shown = main_of(as_client(employee).get("/provider"))
    assert "Jūsu lēmumu gaida 1 pieteikums." in shown
    assert "Ģirts Šķēle" in shown


# --- one application ---------------------------------------------------------------------------------------


def test_aud_02_the_look_is_written_down(application: Application, employee: User, as_client: Browse) -> None:
    shown = main_of(as_client(employee).get(page_of(application)))
    assert "Ģirts Šķēle" in shown
    assert "Uzņemt" in shown
    assert "Neuzņemt" in shown
    look = AccessEntry.objects.get()
    assert (look.person_id, look.actor_user_id) == (application.client_id, employee.pk)
    assert application.number in look.what


def test_f23_without_the_row_nothing_is_shown(
    application: Application, employee: User, as_client: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the access log cannot be written")

    monkeypatch.setattr(audit.AccessEntry.objects, "bulk_create", fail)
    with pytest.raises(OSError, match="access log"):
        as_client(employee).get(page_of(application))


def test_acc_02_another_institution_s_application_is_not_there(application: Application, as_client: Browse) -> None:
    stranger = as_client(ProviderFactory.create())
    for what in ("", "uznemt", "neuznemt"):
        assert stranger.get(page_of(application, what)).status_code == 404
    assert stranger.post(page_of(application, "uznemt")).status_code == 404
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize(
    ("state", "days", "is_seen"),
    [
        *[("withdrawn", 29, True), ("withdrawn", 31, False), ("rejected", 31, False)],
        *[("completed", 31, True), ("completed", 364, True), ("completed", 366, False), ("expelled", 366, False)],
        ("admitted", 900, True),
    ],
)
def test_acc_03_a_closed_application_is_shown_while_the_source_says_so(
    as_client: Browse, state: str, days: int, is_seen: bool
) -> None:
    """Security.md 1: only while active or needed. List, count and page together (ADR 0015)."""
    made = ApplicationFactory.create(**{state: True})
    at = timezone.now() - timedelta(days=days)
    Application.objects.filter(pk=made.pk).update(
        closed_at=at if made.closed_at else None, decided_at=at if made.decided_at else None, submitted_at=at
    )
    browser = as_client(ProviderFactory.create(membership__institution=made.programme.institution))
    assert (browser.get(page_of(made)).status_code == 200) is is_seen
    page = browser.get(LIST)
    assert (made.client.full_name in main_of(page)) is is_seen
    assert page.context["counts"][""] == is_seen
    assert "līdz 30 dienām, pēc mācībām – līdz 365 dienām" in main_of(page)
    by = actor_of(made.client.user)
    assert Application.objects.visible_to(by).filter(pk=made.pk).exists()  # always one's own


def test_the_agency_sets_how_long_an_institution_sees_them(as_client: Browse) -> None:
    made = ApplicationFactory.create(withdrawn=True)
    Application.objects.filter(pk=made.pk).update(closed_at=timezone.now() - timedelta(days=31))
    FundingSource.objects.filter(pk=made.source_id).update(shown_days_not_learned=60)
    browser = as_client(ProviderFactory.create(membership__institution=made.programme.institution))
    assert made.client.full_name in main_of(browser.get(LIST))


def test_a_client_has_no_business_here(application: Application, client: User, as_client: Browse) -> None:
    assert as_client(client).get(LIST).status_code == 403


# --- decisions -----------------------------------------------------------------------------------------------


def test_admit_asks_first(application: Application, employee: User, as_client: Browse) -> None:
    browser = as_client(employee)
    shown = main_of(browser.get(page_of(application, "uznemt")))
    assert "data-confirm" in shown
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    done = browser.post(page_of(application, "uznemt"))
    assert done.headers["Location"] == LIST
    application.refresh_from_db()
    assert application.state == State.ADMITTED


def test_i9_a_second_decider_is_told(application: Application, employee: User, as_client: Browse) -> None:
    services.withdraw(application_id=application.pk, by=SYSTEM, moment=application.submitted_at)
    for what, form in (
        ("uznemt", {}),
        ("neuznemt", {"reason_id": RejectionReason.objects.order_by("position")[0].pk, "explanation": ""}),
    ):
        answer = as_client(employee).post(page_of(application, what), form)
        assert answer.status_code == 409
        assert "Par šo pieteikumu lēmums jau ir pieņemts: Atteicies" in main_of(answer)


def test_reject_demands_a_reason_and_shows_next_steps(
    application: Application, employee: User, as_client: Browse
) -> None:
    browser = as_client(employee)
    reason = RejectionReason.objects.order_by("position")[0]
    shown = main_of(browser.get(page_of(application, "neuznemt")))
    assert reason.label in shown
    assert reason.next_step.split('"')[0] in shown
    missing = browser.post(page_of(application, "neuznemt"), {"explanation": "Mīļi sveicieni."})
    assert missing.status_code == 422
    assert "Izvēlieties iemeslu" in missing.content.decode()
    assert "Mīļi sveicieni." in missing.content.decode()
    sent = browser.post(page_of(application, "neuznemt"), {"reason_id": reason.pk, "explanation": "Mīļi sveicieni."})
    assert sent.headers["Location"] == LIST
    application.refresh_from_db()
    assert (application.state, application.explanation) == (State.REJECTED, "Mīļi sveicieni.")


def test_a_decided_application_has_no_buttons(application: Application, employee: User, as_client: Browse) -> None:
    services.admit(application_id=application.pk, by=SYSTEM)
    shown = main_of(as_client(employee).get(page_of(application)))
    assert "uznemt" not in shown


# --- admin -----------------------------------------------------------------------------------------------------


def admin_of(application: Application, what: str = "change") -> str:
    return f"/admin/applications/application/{application.pk}/{what}/"


@pytest.mark.parametrize(
    ("action", "form", "state"),
    [
        ("admit", {}, State.ADMITTED),
        ("withdraw", {"reason": ""}, State.WITHDRAWN),
        ("declare_ineligible", {"explanation": "Nav 18 gadu."}, State.INELIGIBLE),
        ("reject", {"explanation": ""}, State.REJECTED),
    ],
)
def test_the_agency_decides_by_buttons(
    application: Application, as_client: Browse, action: str, form: dict[str, Any], state: State
) -> None:
    if action == "reject":
        form = form | {"reason_id": RejectionReason.objects.order_by("position")[0].pk}
    answer = as_client(AgencyUserFactory.create()).post(admin_of(application, f"decide/{action}"), form)
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.state == state


@pytest.mark.parametrize(("action", "state"), [("complete", State.COMPLETED), ("expel", State.EXPELLED)])
def test_the_agency_ends_learning(application: Application, as_client: Browse, action: str, state: State) -> None:
    services.admit(application_id=application.pk, by=SYSTEM)
    browser = as_client(AgencyUserFactory.create())
    browser.post(admin_of(application, f"decide/{action}"), {"explanation": "Neapmeklēja mācības."})
    application.refresh_from_db()
    assert application.state == state


def test_aud_02_opening_an_application_in_the_admin(application: Application, as_client: Browse) -> None:
    officer = AgencyUserFactory.create()
    browser = as_client(officer)
    shown = browser.get(admin_of(application))
    assert shown.status_code == 200
    assert "decide/admit" in shown.content.decode()
    assert AccessEntry.objects.get().actor_user_id == officer.pk
    browser.get(f"/admin/applications/eligibilitycheck/{application.eligibility.pk}/change/")
    assert AccessEntry.objects.count() == 2


def test_adm_01_applications_are_not_written_by_hand(application: Application, as_client: Browse) -> None:
    browser = as_client(AgencyUserFactory.create())
    assert browser.post(admin_of(application), {"state": "completed"}).status_code == 403
    assert browser.post(admin_of(application, "delete"), {"post": "yes"}).status_code == 403
    assert browser.get("/admin/applications/application/add/").status_code == 403


def test_a_draft_s_answers_are_nobody_s_business(as_client: Browse) -> None:
    draft = DraftFactory.create()
    shown = as_client(AgencyUserFactory.create()).get(f"/admin/applications/draft/{draft.pk}/change/").content.decode()
    assert draft.programme.name in shown
    assert "Grāmatvede" not in shown


def test_questions_are_kept_in_the_admin(as_client: Browse) -> None:
    browser = as_client(AgencyUserFactory.create())
    form = {"source": imk().pk, "question": "workplace", "is_required": "on", "label": ""}
    assert browser.post("/admin/applications/formrule/add/", form).status_code == 302
    rule = imk().form_rules.get(question="workplace")
    assert browser.post(f"/admin/applications/formrule/{rule.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not imk().form_rules.filter(question="workplace").exists()
