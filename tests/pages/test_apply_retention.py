"""GDP-02: what is past its time goes by night; the terms are the agency's data, and a dry run says what would go."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Denial, Person, PersonalCode, Right, User
from accounts.selectors import actor_of
from accounts.services import forget_user
from applications.models import Application
from stars.files.models import StoredFile
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.notices.models import Delivery, Notice
from stars.pages import retention, services, tasks
from stars.pages.models import RetentionTerm
from tests.architecture import house
from tests.conftest import signed_in
from tests.factories import accounts as people
from tests.factories.applications import ApplicationFactory
from tests.factories.files import StoredFileFactory
from tests.factories.funding import ErasedGrantFactory
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.registries import RegistryQuestionFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
# Deleted by other jobs as soon as their time is over.
SWEPT = {
    "accounts.FailedSignIn": "accounts.sweep_sign_in",
    "accounts.PasswordRequest": "answered within minutes, and then gone",
    "accounts.PersonalCode": "goes with its person",
    "accounts.RecoveryCode": "goes when renewed, and with its user",
    "accounts.Registration": "accounts.sweep_registrations",
    "accounts.RegistrationFile": "goes with its registration",
    "accounts.RegistryFact": "goes with its person",
    "accounts.SecondFactor": "goes when switched off",
    "accounts.Session": "accounts.sweep_sign_in and clearsessions",
    "accounts.SignInHandle": "accounts.sweep_sign_in",
    "accounts.SignOnSession": "accounts.sweep_sign_in",
    "accounts.StaffTie": "taken away by the officer",
    "accounts.UsedAssertion": "accounts.sweep_sign_in",
    "applications.Draft": "applications.sweep_drafts",
    "calls.Paper": "taken away by the institution, or goes with its draft",
    "catalog.SavedProgramme": "the client removes it, or it goes with its person",
    "catalog.SavedSearch": "the client removes it, or it goes with its person",
    "documents.FailedCheck": "documents.sweep_checks",
    "files.HeldUpload": "files.drop_held",
    "files.RenderedDocument": "goes with what it shows",
    "files.SignatureCheck": "goes with its file",
    "files.StoredFile": "goes with what it belongs to",
    "kernel.JobRun": "kernel.forget_runs",
    "pages.DataExport": "pages.exports_due",
}


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def made(subject: str, days: int) -> Any:
    """One row whose time has run for so many days."""
    makers: dict[str, Any] = {
        "notices": lambda: NoticeFactory(created_at=ago(days)),
        "letters": lambda: DeliveryFactory(state="sent", sent_at=ago(days)),
        "address_links": lambda: people.EmailConfirmationFactory(created_at=ago(days + 1), expires_at=ago(days)),
        "entry_links": lambda: people.EntryLinkFactory(created_at=ago(days + 1), expires_at=ago(days)),
        "mailed_links": lambda: people.MailedLinkFactory(created_at=ago(days + 1), expires_at=ago(days)),
        "questions": lambda: RegistryQuestionFactory(state="answered", answered_at=ago(days)),
        "invitations": lambda: people.InvitationFactory(state="withdrawn", closed_at=ago(days)),
        "mandates": lambda: people.MandateFactory(signed=True, valid_from=ago(days + 9), valid_until=ago(days)),
        "denials": lambda: people.DenialFactory(since=ago(days + 9), until=ago(days)),
        "registrations": lambda: _approved(days),
        "looks": lambda: _look(days),
        "erased_grants": lambda: ErasedGrantFactory(kept_until=ago(days).date()),
        "right_requests": lambda: _ended(days),
    }
    return makers[subject]()


def _approved(days: int) -> Any:
    """A registration with its statement, approved so many days ago."""
    member = people.MembershipFactory()
    moments = {
        "asked_at": ago(days + 2),
        "confirmed_at": ago(days + 2),
        "due_at": ago(days + 1),
        "decided_at": ago(days),
    }
    row = people.RegistrationFactory(state="approved", user=member.user, institution=member.institution, **moments)
    people.RegistrationFileFactory(registration=row)
    return row


def _ended(days: int) -> Any:
    """What a coordinator told of their work when they asked for a right whose term ended so many days ago."""
    term = {"valid_from": ago(days + 9), "valid_until": ago(days), "decided_at": ago(days + 9)}
    right = people.RightFactory(state="expired", **term)
    return people.RightRequestFactory(right=right, document=StoredFileFactory())


def _look(days: int) -> Any:
    return AccessEntry.objects.create(person_id=uuid4(), actor_role="agency", what="x", purpose="x", at=ago(days))


SUBJECTS = [
    "notices",
    "letters",
    "address_links",
    "entry_links",
    "mailed_links",
    "questions",
    "invitations",
    "mandates",
    "denials",
    "registrations",
    "looks",
    "erased_grants",
    "right_requests",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_gdp_02_what_is_past_its_time_goes_and_the_rest_stays(subject: str) -> None:
    days = RetentionTerm.objects.get(subject=subject).days
    old, young = made(subject, days + 1), made(subject, days - 1)
    services.apply_retention(by=SYSTEM)
    assert list(type(old).objects.filter(pk__in=[old.pk, young.pk])) == [young]


def test_gdp_02_a_dry_run_reports_and_deletes_nothing() -> None:
    made("notices", 5000)
    said = StringIO()
    call_command("apply_retention", "--dry-run", stdout=said)
    assert "notices: 1 (after 1096 days)" in said.getvalue()
    assert Notice.objects.count() == 1


def test_gdp_02_the_trail_says_how_many_went_and_a_second_run_does_nothing() -> None:
    made("notices", 5000)
    tasks.apply_retention()
    services.apply_retention(by=SYSTEM)
    term = RetentionTerm.objects.get(subject="notices")
    entry = AuditEntry.objects.get(object_type="pages.retentionterm", object_id=str(term.pk), action="apply")
    assert entry.data == {"rows": 1, "days": 1096}


def test_gdp_02_the_agency_changes_a_term_and_not_below_a_month() -> None:
    term = RetentionTerm.objects.get(subject="letters")
    browser = signed_in(Client(), people.AgencyOfficerFactory.create(duties=["content"]))
    address = f"/admin/pages/retentionterm/{term.pk}/change/"
    assert "Ievadiet vismaz 30 dienas" in browser.post(address, {"days": "29"}).content.decode()
    assert browser.post(address, {"days": "60"}).status_code == 302
    term.refresh_from_db()
    assert term.days == 60


def test_gdp_02_a_denial_s_time_runs_from_the_day_it_was_lifted_and_never_while_it_lasts() -> None:
    officer = people.AgencyOfficerFactory()
    lasts = people.DenialFactory(since=ago(5000))
    old = people.DenialFactory(since=ago(5000), lifted_at=ago(4000), lifted_by=officer)
    young = people.DenialFactory(since=ago(5000), lifted_at=ago(40), lifted_by=officer)
    services.apply_retention(by=SYSTEM)
    assert set(Denial.objects.filter(pk__in=[lasts.pk, old.pk, young.pk])) == {lasts, young}


def test_gdp_02_forget_registration_takes_the_statement_along_once_approved_long_ago() -> None:
    row = made("registrations", 5000)
    stored = row.files.get().file
    services.apply_retention(by=SYSTEM)
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_gdp_02_forget_mandate_takes_the_signed_document_along() -> None:
    row = made("mandates", 5000)
    services.apply_retention(by=SYSTEM)
    assert not StoredFile.objects.filter(pk=row.file.pk).exists()


def test_gdp_02_forget_right_request_takes_the_paper_along_and_the_right_stays() -> None:
    row = made("right_requests", 5000)
    services.apply_retention(by=SYSTEM)
    assert not StoredFile.objects.filter(pk=row.document.pk).exists()
    assert Right.objects.filter(pk=row.right_id).exists()


def test_gdp_02_an_employee_s_name_and_address_go_five_years_after_the_last_sign_in() -> None:
    def seen(days: int, **more: Any) -> User:
        user = people.ProviderFactory(name="Māra Kalna", **more)
        User.objects.filter(pk=user.pk).update(created_at=ago(9000), last_login=ago(days) if days else None)
        return user

    old, young, never = seen(1827), seen(1825), seen(0)
    officer = people.AgencyOfficerFactory(duties=["finance"])
    User.objects.filter(pk=officer.pk).update(created_at=ago(9000), last_login=ago(4000))
    client = people.ClientFactory()
    User.objects.filter(pk=client.pk).update(
        created_at=ago(3000), last_login=ago(3000)
    )  # people have a term of their own
    people.SecondFactorFactory(user=old)
    services.apply_retention(by=SYSTEM)
    for user in (old, never, officer):
        user.refresh_from_db()
        assert user.label == "Dzēsts lietotājs"
        assert user.email.endswith("@erased.invalid")
        assert not user.is_active
        assert not user.has_usable_password()
        assert AuditEntry.objects.filter(object_id=str(user.pk), action="forget").count() == 1
    assert not old.memberships.get().is_active
    assert not hasattr(User.objects.get(pk=old.pk), "second_factor")
    assert officer.rights.get().state == "expired"
    young.refresh_from_db()
    client.refresh_from_db()
    assert young.name == "Māra Kalna"
    assert client.is_active
    tasks.apply_retention()
    assert AuditEntry.objects.filter(action="forget").count() == 3  # a second run does nothing
    with pytest.raises(NotPermitted):
        forget_user(user_id=young.pk, by=Actor(role=Role.AGENCY, user_id=officer.pk))


def _idle(days: int, warned: int = 31) -> User:
    """Last here so many days ago, and told so many days ago that the data will be erased; 0 = not told."""
    user = people.ClientFactory()
    User.objects.filter(pk=user.pk).update(created_at=ago(9000), last_login=ago(days))
    if warned:
        NoticeFactory(recipient=user, key="erasure:1", created_at=ago(warned))
    return user


def _is_erased(user: User) -> bool:
    return not PersonalCode.objects.filter(person=user.person_id).exists()


def test_gdp_02_nobody_is_erased_unawares_a_notice_and_a_letter_go_a_month_before() -> None:
    soon, later, past, denied = _idle(3625, 0), _idle(3620, 0), _idle(5000, 0), _idle(5000, 0)
    User.objects.filter(pk=denied.pk).update(is_active=False)
    tasks.apply_retention()
    told = Notice.objects.filter(key__startswith="erasure:")
    assert {notice.recipient_id for notice in told} == {soon.pk, past.pk}
    assert Delivery.objects.filter(recipient__in=[soon, past], subject__startswith="Pēc ").count() == 2
    assert "Mani dati" in told[0].body
    assert (_is_erased(past), _is_erased(denied)) == (False, True)  # nobody can be told of what is closed
    services.warn_of_erasure(by=SYSTEM)
    assert told.count() == 2  # once is enough
    told.filter(recipient=past).update(created_at=ago(29))
    services.apply_retention(by=SYSTEM)
    assert not _is_erased(past)
    told.filter(recipient=past).update(created_at=ago(31))
    services.apply_retention(by=SYSTEM)
    assert _is_erased(past)
    assert not _is_erased(later)


def test_gdp_02_who_has_been_here_since_the_warning_is_kept_and_would_be_told_again() -> None:
    came = _idle(3654, warned=4000)
    services.apply_retention(by=SYSTEM)
    assert not _is_erased(came)
    assert services.warn_of_erasure(by=SYSTEM) == 1
    with pytest.raises(NotPermitted):
        services.warn_of_erasure(by=Actor(role=Role.AGENCY, user_id=1))


def test_gdp_02_a_client_is_erased_ten_years_after_the_last_application_and_sign_in() -> None:
    old, came, applied, at_work = _idle(3654), _idle(3652), _idle(9000), _idle(9000)
    since = {"submitted_at": ago(3700), "closed_at": ago(3652)}
    ApplicationFactory(client=applied.person, withdrawn=True)
    Application.objects.update(**since)
    ApplicationFactory(client=at_work.person, submitted_at=ago(5000))  # still under way
    long_ago = _idle(9000)
    before = ApplicationFactory(client=long_ago.person, withdrawn=True)
    Application.objects.filter(pk=before.pk).update(submitted_at=ago(3800), closed_at=ago(3700))
    services.apply_retention(by=SYSTEM)
    for user in (old, long_ago):
        person = Person.objects.get(user=user)
        assert person.full_name == "Dzēsta persona"
        assert not PersonalCode.objects.filter(person=person).exists()
        assert not User.objects.get(pk=user.pk).is_active
    for user in (came, applied, at_work):
        assert Person.objects.get(user=user).full_name == user.person.full_name
        assert PersonalCode.objects.filter(person=user.person_id).exists()
    entries = AuditEntry.objects.filter(action="erase", object_type="accounts.person").count()
    services.apply_retention(by=SYSTEM)
    assert AuditEntry.objects.filter(action="erase", object_type="accounts.person").count() == entries == 2
    assert came.person is not None
    with pytest.raises(NotPermitted):
        services.forget_person(person_id=came.person.pk, by=actor_of(came))


def test_gdp_02_who_works_for_others_or_has_an_open_mandate_still_uses_the_portal() -> None:
    coordinator, helped = _idle(9000), _idle(9000)
    people.RightFactory(user=coordinator)
    people.MandateFactory(client=helped.person)
    services.apply_retention(by=SYSTEM)
    assert PersonalCode.objects.filter(person__in=[coordinator.person_id, helped.person_id]).count() == 2


def test_log_04_looks_stay_for_two_years_whatever_the_agency_types() -> None:
    term = RetentionTerm.objects.get(subject="looks")
    browser = signed_in(Client(), people.AgencyOfficerFactory.create(duties=["content"]))
    address = f"/admin/pages/retentionterm/{term.pk}/change/"
    assert "Ievadiet vismaz 731 dienu" in browser.post(address, {"days": "730"}).content.decode()
    assert browser.post(address, {"days": "731"}).status_code == 302
    term.days = 730
    with pytest.raises(IntegrityError), transaction.atomic():
        term.save()
    old, young = _look(732), _look(730)
    services.apply_retention(by=SYSTEM)
    assert set(AccessEntry.objects.filter(pk__in=[old.pk, young.pk])) == {young}


def test_aud_01_the_portal_s_own_role_deletes_no_look_and_everything_else_goes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    look, notice = made("looks", 5000), made("notices", 5000)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE runs_only")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO runs_only")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO runs_only")
        cursor.execute("REVOKE UPDATE, DELETE, TRUNCATE ON kernel_accessentry FROM runs_only")
        cursor.execute("SET LOCAL ROLE runs_only")
        services.apply_retention(by=SYSTEM)
        cursor.execute("RESET ROLE")
    assert AccessEntry.objects.filter(pk=look.pk).exists()
    assert not Notice.objects.filter(pk=notice.pk).exists()
    assert "retention_waits_for_owner subject=looks" in caplog.text
    services.apply_retention(by=SYSTEM)
    assert not AccessEntry.objects.filter(pk=look.pk).exists()


def test_gdp_02_what_is_still_in_use_has_no_time() -> None:
    open_one = people.InvitationFactory(state="open", closed_at=None, invited_at=ago(5000))
    question = RegistryQuestionFactory(state="due", answered_at=None, asked_at=ago(5000))
    services.apply_retention(by=SYSTEM)
    for row in (open_one, question):
        row.refresh_from_db()


def test_gdp_02_everything_to_be_deleted_has_a_term_or_a_job() -> None:
    with (house.ROOT / "docs/inventory.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len({row["model"] for row in rows}), "a model stands twice in the inventory"
    deleted = {row["model"] for row in rows if row["action"] == "delete"}
    known = {kept.model for kept in retention.ROWS.values()} | SWEPT.keys()
    assert deleted - known == set()


def test_every_subject_has_its_rows_and_its_term() -> None:
    assert set(retention.ROWS) | set(retention.CHOSEN) == set(retention.Subject)
    assert set(RetentionTerm.objects.values_list("subject", flat=True)) == {one.value for one in retention.Subject}


def test_only_the_job_deletes() -> None:
    with pytest.raises(NotPermitted):
        services.apply_retention(by=Actor())
