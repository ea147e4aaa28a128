"""Registrations are approved or refused by who may, on time, and lapse after thirty days (terms 27, [003], GDP-02)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services, tasks
from accounts.models import Institution, Membership, Registration, User
from accounts.selectors import actor_of
from accounts.states import ACCESS, AccessAction, AccessState
from stars.demo import signing
from stars.files import services as files
from stars.files.models import StoredFile
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from tests.accounts.registering import statement
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    InstitutionFactory,
    PolicyVersionFactory,
    ProviderFactory,
    RegistrationFactory,
    RegistrationFileFactory,
)
from tests.factories.files import laid

pytestmark = pytest.mark.django_db
CALLS: dict[AccessAction, Callable[..., Any]] = {
    AccessAction.APPROVE: lambda row, by: services.approve_registration(registration_id=row.pk, by=by),
    AccessAction.REFUSE: lambda row, by: services.refuse_registration(registration_id=row.pk, explanation="X", by=by),
}


def officer(*duties: str) -> Actor:
    return actor(AgencyOfficerFactory.create(duties=list(duties)))


def actor(user: User) -> Actor:
    return actor_of(user)


def administrator_of(institution: Institution) -> Actor:
    return actor(ProviderFactory.create(membership__institution=institution, membership__role="administrator"))


def test_27_an_approved_institution_has_its_administrator() -> None:
    PolicyVersionFactory()
    registration = RegistrationFactory(email="vita@jauna.example", name="Vita Kalniņa")
    services.approve_registration(registration_id=registration.pk, by=officer("approver"))
    user = User.objects.get(email="vita@jauna.example")
    assert (user.name, user.check_password(PASSWORD), user.is_staff) == ("Vita Kalniņa", True, False)
    membership = user.memberships.get()
    assert (membership.role, membership.is_active) == ("administrator", True)
    institution = membership.institution
    assert institution.company_number == registration.company_number
    assert institution.email == "vita@jauna.example"
    assert user.consents.count() == 1
    assert user.consents.get().at == registration.asked_at
    registration.refresh_from_db()
    assert (registration.state, registration.user, registration.institution) == ("approved", user, institution)
    assert Notice.objects.get(recipient=user).path == "/provider"
    assert Delivery.objects.filter(address="vita@jauna.example").count() == 1


def test_27_nobody_signs_in_before_the_approval() -> None:
    RegistrationFactory(email="vita@jauna.example")
    browser = Client()
    answer = browser.post("/provider/login", {"email": "vita@jauna.example", "password": PASSWORD})
    assert answer["Location"] == "/provider/gaida"  # who knows the password is told that it waits
    assert SESSION_KEY not in browser.session
    assert browser.get("/provider")["Location"].startswith("/provider/login")


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "approved", "refused"])
def test_every_move_is_made_or_refused_as_the_table_says(action: AccessAction, state: str) -> None:
    row = RegistrationFactory(unconfirmed=True) if state == "unconfirmed" else RegistrationFactory()
    if state in {"approved", "refused"}:
        CALLS[AccessAction.APPROVE if state == "approved" else AccessAction.REFUSE](row, officer("approver"))
    if ACCESS.allows(action, state):
        CALLS[action](row, officer("approver"))
        assert Registration.objects.get(pk=row.pk).state == ACCESS.moves[action].to
    else:
        with pytest.raises(DomainError):
            CALLS[action](row, officer("approver"))
        assert Registration.objects.get(pk=row.pk).state == state


@pytest.mark.parametrize("duty", ["evaluator", "finance", "content", "security"])
@pytest.mark.parametrize("action", CALLS)
def test_other_duties_do_not_let_anybody_in(action: AccessAction, duty: str) -> None:
    with pytest.raises(NotPermitted):
        CALLS[action](RegistrationFactory(), officer(duty))


def test_an_institution_does_not_approve_institutions() -> None:
    with pytest.raises(NotPermitted):
        CALLS[AccessAction.APPROVE](RegistrationFactory(), administrator_of(InstitutionFactory()))


def test_27_2_an_employee_is_approved_by_their_own_administrator_only() -> None:
    row = RegistrationFactory(employee=True)
    assert row.institution is not None
    colleague = actor(ProviderFactory(membership__institution=row.institution))
    for by in (administrator_of(InstitutionFactory()), colleague):
        with pytest.raises(NotPermitted):
            services.approve_registration(registration_id=row.pk, by=by)
    membership = services.approve_registration(registration_id=row.pk, by=administrator_of(row.institution))
    assert (membership.role, membership.institution) == ("employee", row.institution)


def test_a_refusal_is_told_by_mail_with_its_reason() -> None:
    row = RegistrationFactory(email="vita@jauna.example")
    services.refuse_registration(registration_id=row.pk, explanation="Trūkst paraksta.", by=officer("approver"))
    letter = Delivery.objects.get(address="vita@jauna.example")
    assert "Trūkst paraksta." in letter.text
    assert not User.objects.filter(email="vita@jauna.example").exists()


# --- who and what is known already ---------------------------------------------------


def test_a_clash_is_the_agency_s_to_see_and_to_resolve() -> None:
    known = InstitutionFactory(company_number="40003123456", institution_number="3334567890")
    row = RegistrationFactory(company_number="40003123456", institution_number="3334567890")
    with pytest.raises(DomainError, match=known.name[:10]):
        services.approve_registration(registration_id=row.pk, by=officer("approver"))
    assert not Membership.objects.filter(institution=known).exists()
    services.approve_registration(registration_id=row.pk, institution_id=known.pk, by=officer("approver"))
    assert Membership.objects.get(institution=known).role == "administrator"
    assert Institution.objects.count() == 1


def test_an_institution_that_does_not_clash_cannot_be_named() -> None:
    other = InstitutionFactory()
    row = RegistrationFactory()
    membership = services.approve_registration(registration_id=row.pk, institution_id=other.pk, by=officer("approver"))
    assert membership.institution != other


def test_an_address_that_signs_in_already_gets_the_place_and_keeps_its_password() -> None:
    user = ProviderFactory(email="vita@jauna.example", password="Cita-parole-88")
    row = RegistrationFactory(email="vita@jauna.example")
    services.approve_registration(registration_id=row.pk, by=officer("approver"))
    user.refresh_from_db()
    assert user.check_password("Cita-parole-88")
    assert user.memberships.count() == 2


def test_acc_08_an_officer_s_address_is_never_linked() -> None:
    AgencyUserFactory(email="vita@jauna.example")
    row = RegistrationFactory(email="vita@jauna.example")
    with pytest.raises(DomainError) as refused:
        services.approve_registration(registration_id=row.pk, by=officer("approver"))
    assert refused.value.code == "is_staff"
    assert not Membership.objects.exists()


def test_somebody_who_left_comes_back() -> None:
    left = ProviderFactory(email="janis@jauna.example", membership__state="expired")
    place = left.memberships.get()
    row = RegistrationFactory(employee=True, email="janis@jauna.example", institution=place.institution)
    services.approve_registration(registration_id=row.pk, by=officer("approver"))
    place.refresh_from_db()
    assert (place.state, place.is_active) == (AccessState.APPROVED, True)


# --- in the admin --------------------------------------------------------------------


@pytest.fixture
def browser() -> Client:
    return signed_in(Client(), AgencyUserFactory())


ADDRESS = "/admin/accounts/registration/"


def test_the_most_urgent_stands_first_and_what_is_late_is_marked(browser: Client) -> None:
    later = RegistrationFactory(institution_name="Vēlāk", due_at=timezone.now() + timedelta(days=1))
    late = RegistrationFactory(institution_name="Agrāk", due_at=timezone.now() - timedelta(minutes=1))
    RegistrationFactory(institution_name="Nav apstiprinājis", unconfirmed=True)
    page = browser.get(ADDRESS).content.decode()
    assert page.index(late.institution_name) < page.index(later.institution_name)
    assert page.count("nokavēts") == 1
    assert "Nav apstiprinājis" not in page
    assert "Nav apstiprinājis" in browser.get(ADDRESS, {"gaida": "visi"}).content.decode()


def test_j20_an_officer_opens_and_approves(browser: Client) -> None:
    row = RegistrationFactory()
    page = browser.get(f"{ADDRESS}{row.pk}/change/").content.decode()
    assert f"{ADDRESS}{row.pk}/decide/approve/" in page
    assert browser.post(f"{ADDRESS}{row.pk}/decide/approve/").status_code == 302
    row.refresh_from_db()
    assert row.state == "approved"


def test_the_clash_stands_on_the_page(browser: Client) -> None:
    known = InstitutionFactory(institution_number="3334567890")
    row = RegistrationFactory(institution_number="3334567890")
    page = browser.get(f"{ADDRESS}{row.pk}/change/").content.decode()
    assert known.name in page.replace("&quot;", '"')
    assert "approve_into" in page
    assert "decide/approve/" not in page
    answer = browser.post(f"{ADDRESS}{row.pk}/decide/approve_into/", {"institution": known.pk})
    assert answer.status_code == 302
    assert Membership.objects.filter(institution=known).exists()


def test_the_page_tells_what_is_known_of_the_signature(browser: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    stored = laid(statement(), clean=True, content_type="application/vnd.etsi.asic-e+zip")
    row = RegistrationFileFactory(file=stored).registration
    files.request_signature_check(stored=stored)
    files.check_signatures()
    page = browser.get(f"{ADDRESS}{row.pk}/change/").content.decode()
    assert "Vita Kalniņa: paraksts nav bojāts" in page
    assert "uzticamība nav pārbaudīta" in page
    assert "12345" not in page.replace(row.company_number, "").replace(row.institution_number, "")


def test_upl_06_a_file_in_quarantine_has_no_link(browser: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    row = RegistrationFileFactory(file=laid(signing.plain_pdf())).registration
    answer = browser.get(f"{ADDRESS}{row.pk}/change/")
    assert answer.status_code == 200
    assert row.files.get().file.display_name in answer.content.decode()
    assert "/faili/" not in answer.content.decode()


def test_the_list_asks_the_same_at_one_and_three_rows(browser: Client) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(ADDRESS)
        return len(queries)

    RegistrationFactory()
    browser.get(ADDRESS)
    one = counted()
    RegistrationFactory(employee=True)
    RegistrationFactory()
    assert counted() == one


def test_others_do_not_see_the_list() -> None:
    for user in (ClientFactory(), ProviderFactory()):
        assert signed_in(Client(), user).get(ADDRESS)["Location"].startswith("/admin/login/")


# --- thirty days ---------------------------------------------------------------------


@pytest.mark.parametrize("how", [{"unconfirmed": True}, {}, {"employee": True}])
def test_gdp_02_what_nobody_approved_goes_after_thirty_days(how: dict[str, Any], settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    row = RegistrationFactory(**how)
    RegistrationFileFactory(registration=row, file=laid(signing.plain_pdf()))
    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23), tick=False):
        tasks.sweep_registrations()
        assert Registration.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1), tick=False):
        tasks.sweep_registrations()
    assert not Registration.objects.exists()
    assert not StoredFile.objects.exists()
    assert AuditEntry.objects.get(object_type="accounts.registration").action == "lapse"
    assert Delivery.objects.filter(address=row.email).count() == (0 if "unconfirmed" in how else 1)


def test_gdp_02_a_refused_one_goes_thirty_days_after_the_refusal() -> None:
    row = RegistrationFactory()
    services.refuse_registration(registration_id=row.pk, explanation="X", by=officer("approver"))
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert services.sweep_registrations(by=Actor.system("test")) == 1


def test_gdp_02_an_approved_one_stays() -> None:
    row = RegistrationFactory()
    services.approve_registration(registration_id=row.pk, by=officer("approver"))
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        assert services.sweep_registrations(by=Actor.system("test")) == 0
    assert Registration.objects.exists()


def test_only_a_named_job_sweeps() -> None:
    with pytest.raises(NotPermitted):
        services.sweep_registrations(by=officer("administrator"))
