"""Erasure by the inventory: what goes, what the law keeps without a name, what must be settled first."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.models import Person, PersonalCode, User
from accounts.selectors import actor_of, client_actor
from accounts.services.recognising import user_of
from accounts.sso import Identity
from accounts.states import MandateState
from applications.models import Application
from funding.models import LedgerEntry
from stars.files.models import RenderedDocument
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.pages import invariants, own_data, services
from tests.conftest import signed_in
from tests.factories import accounts as people
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.files import RenderedDocumentFactory
from tests.factories.funding import approved_account
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.pages import DataExportFactory
from tests.factories.registries import FactDisputeFactory, RegistryFactFactory

pytestmark = pytest.mark.django_db
PAGE = "/profils/mani-dati/dzest"
CODE = "01019012345"


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


def test_who_signs_in_again_is_a_new_person(client: User) -> None:
    erase(client)
    now = timezone.now()
    anew = user_of(
        Identity(
            codes=(CODE,),
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
    mandate = people.MandateFactory(client=client.person)
    erase(client)
    mandate.refresh_from_db()
    assert mandate.state == MandateState.ENDED
    assert mandate.right.user.notices.exists()


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
