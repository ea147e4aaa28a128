"""Erasure by the inventory: what goes, what the law keeps without a name, what must be settled first."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person, PersonalCode, User
from accounts.selectors import actor_of, client_actor
from accounts.services.recognising import user_of
from accounts.sso import Identity
from accounts.states import MandateState
from applications import services as applications
from applications.models import Application
from funding import services as money
from funding.models import ErasedGrant, Grant, LearningAccount, LedgerEntry, TargetGroupCheck
from funding.services.erasing import was_given
from stars.files.models import RenderedDocument, StoredFile
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.kernel.secrets import blind_index
from stars.pages import invariants, own_data, services
from tests.conftest import signed_in
from tests.factories import accounts as people
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.files import RenderedDocumentFactory, StoredFileFactory
from tests.factories.funding import AllotmentFactory, ErasedGrantFactory, approved_account
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.pages import DataExportFactory
from tests.factories.registries import FactDisputeFactory, RegistryFactFactory

pytestmark = pytest.mark.django_db
PAGE = "/profils/mani-dati/dzest"
CODE = "01019012345"
SYSTEM = Actor.system("test")


@pytest.fixture
def client() -> User:
    user: User = people.ClientFactory.create(person__first_name="Ģirts", person__last_name="Šķēle", person__code=CODE)
    return user


def erase(user: User) -> None:
    assert user.person_id is not None
    services.erase_person(person_id=user.person_id, by=actor_of(user))


def test_gdp_03_each_field_is_kept_emptied_or_gone_as_the_inventory_says(client: User) -> None:
    assert client.person is not None
    ApplicationFactory(client=client.person, withdrawn=True, explanation="Anna zvanīja", withdrawal_reason="slimība")
    DraftFactory(client=client.person)
    NoticeFactory(recipient=client)
    DeliveryFactory(recipient=client)
    people.DenialFactory(user=client, words="Ģirts", lifted_words="Ģirts")
    people.EmailConfirmationFactory(person=client.person)
    ReceiptFactory(person_id=client.person_id)
    FactDisputeFactory(fact=RegistryFactFactory(person=client.person, verdict="unknown"))
    before = {label: rows(label, client).count() for label in own_data.WAYS}
    erase(client)
    for label, entries in own_data.entries().items():
        if label not in own_data.WAYS:
            continue
        left = rows(label, client)
        if entries[0].erasure == "delete":
            assert not left.exists(), label
            continue
        assert left.count() >= before[label], label
        for entry in entries:
            if entry.erasure == "blank" and entry.field not in {"first_name", "last_name", "password"}:
                assert {bool(value) for value in left.order_by().values_list(entry.field, flat=True)} <= {False}, entry


def rows(label: str, user: User) -> QuerySet[Person]:
    assert user.person_id is not None
    found: QuerySet[Person] = own_data.rows_of(label, user.person_id)  # type: ignore[assignment]
    return found


def test_gdp_03_no_name_code_or_contact_of_the_person_is_left_in_their_rows(client: User) -> None:
    assert client.person is not None
    email = client.person.profile.email
    erase(client)
    person = client.person
    person.refresh_from_db()
    assert person.full_name == "Dzēsta persona"
    assert not PersonalCode.objects.matching(CODE).exists()
    for label in own_data.WAYS:
        for row in rows(label, client).order_by().values():
            if label != "accounts.Consent":
                assert not {"Ģirts", "Šķēle", email} & {str(value) for value in row.values()}, label


def test_gdp_03_money_and_the_trail_stay_and_their_chains_hold(client: User) -> None:
    assert client.person is not None
    approved_account(client.person)
    ApplicationFactory(client=client.person, withdrawn=True)
    money = LedgerEntry.objects.count()
    before = {(one.rule, one.says) for one in invariants.check()}  # rows of factories have left no trail
    erase(client)
    assert LedgerEntry.objects.count() == money > 0
    assert Application.objects.filter(client=client.person).exists()
    entry = AuditEntry.objects.get(object_id=str(client.person_id), action="erase")
    assert entry.data["rows"]["accounts.PersonalCode"] == 1
    assert {(one.rule, one.says) for one in invariants.check()} <= before


def test_gdp_03_papers_and_the_own_file_go_too(client: User) -> None:
    assert client.person is not None
    application = ApplicationFactory(client=client.person, withdrawn=True)
    RenderedDocumentFactory(key=f"application:{application.pk}:abc")
    RenderedDocumentFactory(key=f"receipt:{ReceiptFactory(person_id=client.person_id).pk}")
    other = RenderedDocumentFactory(key=f"application:{application.pk + 1}:abc")
    DataExportFactory(person=client.person, ready=True)
    erase(client)
    assert list(RenderedDocument.objects.all()) == [other]
    assert not apps.get_model("pages.DataExport")._default_manager.exists()


def signed_on_again(*codes: str) -> User:
    now = timezone.now()
    return user_of(
        Identity(
            codes=codes or (CODE,),
            given_name="Ģirts",
            surname="Šķēle",
            issuer="idp",
            assertion_id="a1",
            request_id="r1",
            valid_until=now,
            means="eid",
            level=3,
            identified_at=now,
        )
    )


def test_who_signs_in_again_is_a_new_person(client: User) -> None:
    erase(client)
    anew = signed_on_again()
    assert anew.person_id != client.person_id
    assert not Application.objects.filter(client=anew.person).exists()


def test_a_live_application_stands_in_the_way_and_the_page_says_what_to_do(client: User) -> None:
    ApplicationFactory(client=client.person)
    with pytest.raises(DomainError) as refusal:
        erase(client)
    assert refusal.value.code == "erasure_waits"
    browser = signed_in(Client(), client)
    answer = browser.post(PAGE)
    assert answer.status_code == 409
    assert "Atsakieties no tā vai pagaidiet" in answer.content.decode()
    assert client.person is not None
    client.person.refresh_from_db()
    assert client.person.first_name == "Ģirts"


def test_a_right_to_work_for_others_stands_in_the_way(client: User) -> None:
    people.RightFactory(user=client)
    assert client.person_id is not None
    with pytest.raises(DomainError):
        services.erase_person(person_id=client.person_id, by=client_actor(client))


def test_live_mandates_end_and_the_coordinator_is_told(client: User) -> None:
    mandate = people.MandateFactory(client=client.person, signed=True)
    assert mandate.file is not None
    signed = mandate.file.pk
    erase(client)
    mandate.refresh_from_db()
    assert mandate.state == MandateState.ENDED
    assert (mandate.document, mandate.file) == ("", None)
    assert not StoredFile.objects.filter(pk=signed).exists()
    assert mandate.right.user.notices.exists()


def test_k4_the_account_is_held_so_no_application_is_sent_while_the_data_go(client: User) -> None:
    """A submit takes the same lock first: it is seen by the erasure, or finds its draft gone."""
    with CaptureQueriesContext(connection) as asked:
        erase(client)
    told = [one["sql"] for one in asked]
    held = next(at for at, sql in enumerate(told) if sql.startswith('EXECUTE "_of_person_'))
    looked = next(at for at, sql in enumerate(told) if 'FROM "applications_application"' in sql)
    assert held < looked


def test_nobody_else_erases(client: User, as_client: Callable[[User], Client]) -> None:
    assert client.person_id is not None
    for other in (people.ClientFactory(), people.AgencyUserFactory(), people.ProviderFactory()):
        with pytest.raises(NotPermitted):
            services.erase_person(person_id=client.person_id, by=actor_of(other))


def test_the_browser_is_signed_out_and_told(client: User) -> None:
    browser = signed_in(Client(), client)
    assert "Paliek bez vārda: to prasa likums." in browser.get(PAGE).content.decode()
    answer = browser.post(PAGE, follow=True)
    assert answer.redirect_chain == [("/dati-dzesti", 302)]
    assert "Jūsu dati ir dzēsti" in answer.content.decode()
    assert browser.get("/profils/mani-dati").status_code == 302


# --- the money of a round once, also after erasure (ADR 0011) --------------------------------------------


def grown_up(user: User) -> LearningAccount:
    """The account of somebody the register knows to be 40, checked."""
    person = user.person
    assert person is not None
    people.ClientProfileFactory(person=person)
    RegistryFactFactory(person=person, value="1985-01-01")
    account = money.open_account(person_id=person.pk, by=SYSTEM)
    money.check_account(account_id=account.pk, by=SYSTEM)
    account.refresh_from_db()
    return account


def test_whoever_comes_back_gets_no_second_grant_of_the_round(client: User) -> None:
    assert client.person is not None
    approved_account(client.person)
    erase(client)
    account = grown_up(signed_on_again())
    check = TargetGroupCheck.objects.get(account=account)
    assert (account.state, check.verdict) == ("pending", "not_met")
    assert [one["rule"] for one in check.findings if one["verdict"] == "not_met"] == ["given_before"]
    officer = actor_of(people.AgencyUserFactory())
    money.approve_account(account_id=account.pk, reason="Pārbaudīts.", by=officer)
    assert not Grant.objects.filter(account=account).exists()
    check.refresh_from_db()
    assert (check.state, check.reason) == ("denied", "Šīs kārtas nauda Jums jau ir piešķirta.")


def test_an_older_code_is_recognised_too(client: User) -> None:
    assert client.person is not None
    approved_account(client.person)
    erase(client)
    account = grown_up(signed_on_again("32907000123", CODE))
    assert TargetGroupCheck.objects.get(account=account).verdict == "not_met"


def test_an_officer_cannot_give_it_afterwards_either(client: User) -> None:
    assert client.person is not None
    approved_account(client.person)
    erase(client)
    account = grown_up(signed_on_again())
    officer = actor_of(people.AgencyUserFactory())
    LearningAccount.objects.filter(pk=account.pk).update(state="approved", decided_at=timezone.now())
    with pytest.raises(DomainError) as refusal:
        money.give_grant(check_id=TargetGroupCheck.objects.get(account=account).pk, reason="Lūdza.", by=officer)
    assert refusal.value.code == "given_before"


def test_remember_grants_is_for_the_person_and_once(client: User) -> None:
    assert client.person_id is not None
    assert client.person is not None
    approved_account(client.person)
    with pytest.raises(NotPermitted):
        money.remember_grants(person_id=client.person_id, by=actor_of(people.ClientFactory()))
    for _again in range(2):
        money.remember_grants(person_id=client.person_id, by=actor_of(client))
    assert ErasedGrant.objects.count() == 1


def test_who_had_no_grant_and_others_are_not_touched(client: User) -> None:
    other = people.ClientFactory.create(person__code="02029012345")
    assert other.person is not None
    approved_account(other.person)
    erase(other)
    erase(client)
    assert grown_up(signed_on_again()).state == "approved"


def test_the_next_round_is_open_to_them(client: User) -> None:
    assert client.person is not None
    approved_account(client.person)
    erase(client)
    anew = signed_on_again()
    assert anew.person_id is not None
    later = AllotmentFactory(opened_on=timezone.localdate() + timedelta(days=1))
    assert not was_given(person_id=anew.person_id, allotment=later)
    assert was_given(person_id=anew.person_id, allotment=Grant.objects.get().allotment)


def test_cod_02_the_hash_is_keyed_and_another_in_each_round(client: User, settings: Any) -> None:
    assert client.person is not None
    approved_account(client.person)
    erase(client)
    row = ErasedGrant.objects.get()
    assert row.digest not in {hashlib.sha256(CODE.encode()).hexdigest(), blind_index(CODE)}
    settings.STARS_INDEX_KEY = "another key of the index, long enough"
    anew = signed_on_again()
    assert anew.person_id is not None
    assert not was_given(person_id=anew.person_id, allotment=row.allotment)


def test_gdp_02_the_row_goes_when_the_money_has_ended(client: User) -> None:
    row = ErasedGrantFactory()
    day = timedelta(days=1)
    assert money.forget_erased_grants(by=SYSTEM, today=row.kept_until) == 0
    assert money.forget_erased_grants(by=SYSTEM, today=row.kept_until + day) == 1


def test_gdp_03_the_trail_names_nobody_the_state_has_signed_on(client: User) -> None:
    """The number of the user stays, so that the chain holds; the name is looked up while there is one."""
    assert client.person is not None
    application = ApplicationFactory(client=client.person)
    applications.withdraw(application_id=application.pk, by=actor_of(client), moment=timezone.now())
    erase(client)
    entries = AuditEntry.objects.filter(actor_user_id=client.pk)
    assert entries.exists()
    assert set(entries.values_list("actor_label", flat=True)) == {""}


def test_gdp_03_the_paper_that_delegates_and_work_contacts_go() -> None:
    right = people.RightFactory(state="expired", decided_at=timezone.now())
    request = people.RightRequestFactory(right=right, document=StoredFileFactory())
    assert right.user.person is not None
    erase(right.user)
    request.refresh_from_db()
    assert (request.position, request.email, request.phone, request.document) == ("", "", "", None)
    assert not StoredFile.objects.exists()
