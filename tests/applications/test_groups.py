"""The institution's group pages, and what becomes of people whose group is cancelled."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import services, tasks
from applications.errors import AlreadyDecided
from applications.models import Application, Closing
from applications.states import State
from catalog import services as catalog
from catalog.models import CourseGroup, Programme
from catalog.states import GroupState
from funding.selectors import balance_of
from stars.classifiers.models import RejectionReason
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AccessEntry
from stars.notices.models import Notice
from tests.applications.test_draft import main_of
from tests.applications.test_submit import send
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk
from tests.look.rendering import the

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
LIST = "/provider/grupas"
WHY = "Pasniedzēja ir saslimusi, un mācības šajā laikā nevar notikt."


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(person__first_name="Ģirts", person__last_name="Šķēle")
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


def typed(programme: Programme, **changes: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "venue_id": str(programme.venues.get().pk),
        "starts_on": f"{today + timedelta(days=40):%d.%m.%Y.}",
        "ends_on": f"{today + timedelta(days=80):%d.%m.%Y.}",
        "schedule_kind": "days_off",
        "schedule": "Sestdienās plkst. 10.00",
        "capacity": "12",
        "minimum": "6",
    } | changes


# --- cancelling -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ADMITTED])
def test_k4_a_cancelled_group_lets_everybody_go(application: Application, client: User, state: State) -> None:
    """The group commits first; each application is then closed by itself, place, money and word with it."""
    if state == State.ADMITTED:
        services.admit(application_id=application.pk, by=SYSTEM)
    catalog.cancel_group(group_id=application.group_id, reason=WHY, by=SYSTEM)
    application.refresh_from_db()
    assert application.state == state  # still to be closed
    assert services.close_due(by=SYSTEM) == 1

    application.refresh_from_db()
    application.group.refresh_from_db()
    assert (application.state, application.explanation) == (State.REJECTED, WHY)
    assert application.rejection_reason is not None
    assert application.rejection_reason.code == "group_not_formed"
    assert (application.group.state, application.group.taken) == (GroupState.CANCELLED, 0)
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (50000, 0)
    notice = Notice.objects.get(recipient=client, key__endswith="group_lost")
    assert notice.title == f"Programmas «{application.programme.name}» grupa ir atcelta"
    assert WHY.rstrip(".") in notice.body
    assert notice.body.endswith(application.rejection_reason.next_step)
    for words in ("rezervēt", "Jūsu pieteikums ir slēgts."):
        assert notice.body.count(words) == 1
    assert services.close_due(by=SYSTEM) == 0


def test_o1_a_lost_doorbell_closes_them_all_the_same_and_twice_changes_nothing(application: Application) -> None:
    catalog.cancel_group(group_id=application.group_id, reason=WHY, by=SYSTEM)
    closing = Closing.objects.get(done_at=None)
    assert tasks.close_application(closing.pk)
    assert not tasks.close_application(closing.pk)
    assert Notice.objects.filter(key__endswith="group_lost").count() == 1


def test_only_those_in_the_group_and_only_the_living(application: Application) -> None:
    elsewhere = ApplicationFactory.create()
    gone = ApplicationFactory.create(withdrawn=True, programme=application.programme)
    catalog.cancel_group(group_id=application.group_id, reason=WHY, by=SYSTEM)
    assert list(Closing.objects.values_list("application_id", flat=True)) == [application.pk]
    services.close_due(by=SYSTEM)
    for one, state in ((elsewhere, State.SUBMITTED), (gone, State.WITHDRAWN)):
        one.refresh_from_db()
        assert one.state == state


def test_who_withdrew_meanwhile_is_left_in_peace(application: Application, client: User) -> None:
    catalog.cancel_group(group_id=application.group_id, reason=WHY, by=SYSTEM)
    services.withdraw(application_id=application.pk, by=actor_of(client), moment=timezone.now())
    services.close_due(by=SYSTEM)
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert not Notice.objects.filter(key__endswith="group_lost").exists()


def test_nobody_but_the_job_may_close_so(application: Application, employee: User) -> None:
    with pytest.raises(NotPermitted):
        services.lose_group(application_id=application.pk, by=actor_of(employee), explanation=WHY)
    reason = RejectionReason.objects.order_by("position")[0]
    services.reject(application_id=application.pk, by=SYSTEM, reason_id=reason.pk)
    with pytest.raises(AlreadyDecided):
        services.lose_group(application_id=application.pk, by=SYSTEM, explanation=WHY)


# --- pages ----------------------------------------------------------------------------------------------------


def test_aud_02_the_group_page_names_its_people_and_says_so(
    application: Application, employee: User, as_client: Browse
) -> None:
    shown = main_of(as_client(employee).get(f"{LIST}/{application.group.reference}"))
    for words in ("Ģirts Šķēle", application.number, "Komplektē", "1/20", "vajag vēl 4"):
        assert words in shown
    look = AccessEntry.objects.get()
    assert (look.person_id, look.what) == (application.client_id, "Mācību grupas saraksts")


def test_the_list_names_nobody(application: Application, employee: User, as_client: Browse) -> None:
    shown = main_of(as_client(employee).get(LIST))
    assert application.programme.name in shown
    assert "Ģirts" not in shown
    assert not AccessEntry.objects.exists()


def test_an_employee_forms_a_group(application: Application, employee: User, as_client: Browse) -> None:
    programme = application.programme
    browser = as_client(employee)
    address = f"{LIST}/jauna/{programme.number}"
    assert address in main_of(browser.get(f"{LIST}/jauna"))
    answer = browser.post(address, typed(programme, minimum="13"))
    assert answer.status_code == 422
    assert "Sestdienās plkst. 10.00" in main_of(answer)  # nothing typed is lost
    answer = browser.post(address, typed(programme))
    made = CourseGroup.objects.order_by("-pk")[0]
    assert answer.headers["Location"] == f"{LIST}/{made.reference}"
    assert (made.capacity, made.minimum, made.schedule_kind) == (12, 6, "days_off")


@pytest.mark.parametrize("name", ["starts_on", "ends_on", "capacity", "minimum", "venue_id", "schedule_kind"])
@pytest.mark.parametrize("value", ["", "x", "99999999999", "31.02.2027.", "\0"])
def test_nonsense_is_told_at_its_field(
    application: Application, employee: User, as_client: Browse, name: str, value: str
) -> None:
    answer = as_client(employee).post(
        f"{LIST}/jauna/{application.programme.number}", typed(application.programme, **{name: value})
    )
    assert answer.status_code == 422
    assert f'href="#id_{name}' in answer.content.decode()
    assert CourseGroup.objects.count() == 1


def test_it_is_changed_and_cancelled(application: Application, employee: User, as_client: Browse) -> None:
    group, browser = application.group, as_client(employee)
    kept = typed(
        application.programme,
        starts_on=f"{group.starts_on:%d.%m.%Y.}",
        ends_on=f"{group.ends_on:%d.%m.%Y.}",
        capacity="15",
        version=str(group.version),
    )
    assert browser.post(f"{LIST}/{group.reference}/labot", kept).status_code == 302
    group.refresh_from_db()
    assert group.capacity == 15
    changes = typed(application.programme, version=str(group.version))
    refused = browser.post(f"{LIST}/{group.reference}/labot", changes)
    assert "atceliet grupu un izveidojiet jaunu" in main_of(refused)
    assert browser.post(f"{LIST}/{group.reference}/atcelt", {"reason": ""}).status_code == 422
    assert "1 personai" in main_of(browser.get(f"{LIST}/{group.reference}/atcelt"))
    assert browser.post(f"{LIST}/{group.reference}/atcelt", {"reason": WHY}).status_code == 302
    group.refresh_from_db()
    assert group.state == GroupState.CANCELLED
    assert browser.post(f"{LIST}/{group.reference}/atcelt", {"reason": WHY}).status_code == 409


def test_k6_a_form_opened_before_somebody_else_s_change_overwrites_nothing(
    application: Application, employee: User, as_client: Browse
) -> None:
    group, browser = application.group, as_client(employee)
    address = f"{LIST}/{group.reference}/labot"
    days = {"starts_on": f"{group.starts_on:%d.%m.%Y.}", "ends_on": f"{group.ends_on:%d.%m.%Y.}"}
    opened = str(the(BeautifulSoup(browser.get(address).content, "html.parser"), "input[name=version]")["value"])
    first = typed(application.programme, **days, schedule="Svētdienās", version=opened)
    assert browser.post(address, first).status_code == 302
    late = browser.post(address, typed(application.programme, **days, schedule="Pirmdienās", version=opened))
    assert late.status_code == 422
    assert "dati mainījās" in main_of(late)
    assert "Pirmdienās" in late.content.decode()
    group.refresh_from_db()
    assert group.schedule == "Svētdienās"
    again = str(the(BeautifulSoup(late.content, "html.parser"), "input[name=version]")["value"])
    now = typed(application.programme, **days, schedule="Pirmdienās", version=again)
    assert browser.post(address, now).status_code == 302


def test_learning_begins_and_ends(application: Application, employee: User, as_client: Browse) -> None:
    group, browser = application.group, as_client(employee)
    early = browser.post(f"{LIST}/{group.reference}/sakt")
    assert early.status_code == 409
    today = timezone.localdate()
    CourseGroup.objects.filter(pk=group.pk).update(starts_on=today, ends_on=today)
    assert "1 persona vēl gaida" in main_of(browser.get(f"{LIST}/{group.reference}/sakt"))
    assert browser.post(f"{LIST}/{group.reference}/sakt").status_code == 302
    assert browser.post(f"{LIST}/{group.reference}/beigt").status_code == 302
    group.refresh_from_db()
    assert group.state == GroupState.FINISHED


@pytest.mark.parametrize("what", ["", "/labot", "/sakt", "/beigt", "/atcelt"])
def test_acc_02_the_groups_of_others_are_not_there(application: Application, as_client: Browse, what: str) -> None:
    stranger = as_client(ProviderFactory.create())
    assert stranger.get(f"{LIST}/{application.group.reference}{what}").status_code == 404
    assert stranger.get(f"{LIST}/{uuid4()}{what}").status_code == 404
    assert stranger.get(f"{LIST}/jauna/{application.programme.number}").status_code == 404


def test_the_list_asks_the_same_whatever_its_length(
    employee: User, as_client: Browse, application: Application
) -> None:
    browser = as_client(employee)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as one:
        browser.get(LIST)
    for _ in range(2):
        programme = ProgrammeFactory.create(institution=application.programme.institution)
        CourseGroupFactory.create(programme=programme)
    with CaptureQueriesContext(connection) as many:
        browser.get(LIST)
    assert len(many) == len(one)


def test_the_group_page_asks_the_same_whatever_its_length(
    employee: User, as_client: Browse, application: Application
) -> None:
    browser, address = as_client(employee), f"{LIST}/{application.group.reference}"
    browser.get(LIST)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    for _ in range(2):
        ApplicationFactory.create(programme=application.programme, group=application.group)
    browser.get(LIST)  # the menus are kept under the catalogue's version
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) == len(one)
