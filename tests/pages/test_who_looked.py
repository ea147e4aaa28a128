"""Kas skatījis manus datus: every look by somebody else, in plain words, at once, and no page that forgets to write it."""

import csv
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, User
from stars.kernel import audit
from stars.kernel.actor import Actor, Role
from stars.kernel.admin import Watched
from stars.kernel.models import AccessEntry
from tests.architecture import house
from tests.conftest import Task, signed_in
from tests.factories import accounts as people
from tests.factories import registries
from tests.factories.applications import ApplicationFactory, ClosingFactory, EligibilityCheckFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.funding import (
    CorrectionFactory,
    GrantFactory,
    LedgerTransactionFactory,
    ReservationFactory,
    TargetGroupCheckFactory,
)
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.pages import DataExportFactory

pytestmark = pytest.mark.django_db
PAGE = "/profils/kas-skatijis"


def shown(user: User, query: str = "") -> str:
    response = signed_in(Client(), user).get(PAGE + query)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def look(person: Person, number: int = 1) -> None:
    institution = people.InstitutionFactory(name=f"Mācību centrs {number}")
    reader = Actor(role=Role.PROVIDER, user_id=number, institution_id=institution.pk, label="Lina Stirnlēja")
    audit.note_read(person.pk, by=reader, what=f"pieteikums {number}", purpose="pieteikuma izskatīšana")


def test_without_looks_the_page_says_so() -> None:
    assert "Jūsu datus vēl neviens nav skatījis." in shown(people.ClientFactory())


def test_aud_02_a_look_is_there_at_once_by_role_and_place_and_not_by_name() -> None:
    client = people.ClientFactory()
    look(client.person)
    page = shown(client)
    assert "Izglītības iestādes darbinieks, Mācību centrs 1" in page
    assert "pieteikums 1" in page
    assert "pieteikuma izskatīšana" in page
    assert "Lina Stirnlēja" not in page


def test_aud_02_a_coordinator_is_named_by_the_municipality() -> None:
    mandate = people.MandateFactory()
    right = mandate.right
    reader = Actor(role=Role.COORDINATOR, user_id=right.user_id, municipality_id=right.municipality_id, label="X")
    audit.note_read(mandate.client_id, by=reader, what="profils", purpose="palīdzība")
    assert f"Pašvaldības koordinators, {right.municipality}" in shown(mandate.client.user)


def test_acc_01_a_look_at_somebody_else_is_nobodys_business() -> None:
    look(people.ClientFactory().person)
    assert "pieteikums 1" not in shown(people.ClientFactory())


def test_ones_own_look_leaves_no_line() -> None:
    client = people.ClientFactory()
    signed_in(Client(), client).get("/profils/mans-profils")
    assert not AccessEntry.objects.about(client.person_id).exists()


def test_the_list_is_paged_newest_first() -> None:
    client = people.ClientFactory()
    for number in range(1, 27):
        audit.note_read(client.person_id, by=Actor.system("darbs"), what=f"ieraksts {number}.", purpose="pārbaude")
    first, second = shown(client), shown(client, "?lapa=2")
    assert "ieraksts 26." in first
    assert "ieraksts 1." not in first
    assert "ieraksts 1." in second
    assert "Portāls automātiski" in first


def test_it_costs_the_same_at_one_and_at_three() -> None:
    costs = []
    for number in (1, 3):
        client = people.ClientFactory()
        for one in range(number):
            look(client.person, one)
        browser = signed_in(Client(), client)
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_act_03_a_coordinator_does_not_read_it_for_the_client() -> None:
    mandate = people.MandateFactory()
    browser = signed_in(Client(), mandate.right.user)
    browser.post(f"/koordinators/klienti/{mandate.reference}/sakt")
    assert browser.get("/profils").status_code == 200
    assert browser.get(PAGE).status_code == 403
    assert "Jūsu sākumlapa" in shown(mandate.client.user)


def _person(user: User) -> Person:
    assert user.person is not None
    return user.person


# What the agency may look through that is about somebody, and how a row of it is made for one client.
MADE: dict[str, Callable[[User], Any]] = {
    "accounts.Person": lambda user: user.person,
    "accounts.User": lambda user: user,
    "accounts.Consent": lambda user: people.ConsentFactory(user=user),
    "accounts.Right": lambda user: people.RightFactory(user=user),
    "accounts.Membership": lambda user: people.MembershipFactory(user=user),
    "accounts.Mandate": lambda user: people.MandateFactory(client=user.person),
    "accounts.Denial": lambda user: people.DenialFactory(user=user),
    "accounts.SecondFactorReset": lambda user: people.SecondFactorResetFactory(user=user),
    "accounts.SignOnConflict": lambda user: people.SignOnConflictFactory(people=[user.person]),
    "applications.Application": lambda user: ApplicationFactory(client=user.person),
    "applications.EligibilityCheck": lambda user: EligibilityCheckFactory(application__client=user.person),
    "documents.Receipt": lambda user: ReceiptFactory(person_id=user.person_id),
    "funding.LearningAccount": lambda user: user.person.learning_account,
    "accounts.RegistryFact": lambda user: registries.RegistryFactFactory(person=user.person),
    "accounts.RegistryQuestion": lambda user: registries.RegistryQuestionFactory(person=user.person),
    "accounts.FactDispute": lambda user: registries.FactDisputeFactory(fact__person=user.person),
    "applications.Closing": lambda user: ClosingFactory(application__client=user.person),
    "funding.TargetGroupCheck": lambda user: TargetGroupCheckFactory(account=user.person.learning_account),
    "funding.Grant": lambda user: GrantFactory(account=user.person.learning_account),
    "funding.Correction": lambda user: CorrectionFactory(grant__account=user.person.learning_account),
    "funding.Reservation": lambda user: ReservationFactory(grant__account=user.person.learning_account),
    "funding.LedgerTransaction": lambda user: LedgerTransactionFactory(grant__account=user.person.learning_account),
    "kernel.AuditEntry": lambda user: audit.record(_person(user), "rename", by=Actor.system("sso")),
    "notices.Notice": lambda user: NoticeFactory(recipient=user),
    "pages.DataExport": lambda user: DataExportFactory(person=user.person),
    "notices.Delivery": lambda user: DeliveryFactory(recipient=user),
}
# Personal by the inventory, but the agency's page shows nobody: why no look is written.
SHOWS_NOBODY = {
    "accounts.Invitation": "employees and officers who were invited, before they are users",
    "accounts.Registration": "employees of institutions, who are no persons of the state's sign-on",
    "accounts.StaffTie": "officers, and nobody they have named",
    **dict.fromkeys(
        ("calls.Consensus", "calls.Contract", "calls.Declaration", "calls.ScoreSheet", "calls.Seat"),
        "members of commissions and officers, who are no persons of the state's sign-on",
    ),
    "calls.Offer": "what institutions offer, and no employee",
    "calls.OfferVersion": "what institutions have sent, and no employee",
    "applications.Draft": "that a draft is there, and not whose",
    "files.StoredFile": "names and states of files, and not whose",
    "files.HeldUpload": "names of files, and not whose",
    "files.RenderedDocument": "what waits to be made, and not what it says",
    "files.SignatureCheck": "states; the signers stand with what the file belongs to",
    "kernel.AccessEntry": "the log itself (security.md 1: not marked L)",
}


def watched() -> dict[str, Watched]:
    return {model._meta.label: one for model, one in admin.site._registry.items() if isinstance(one, Watched)}


def test_aud_02_every_page_of_the_agency_about_people_is_watched() -> None:
    with (house.ROOT / "docs/inventory.csv").open(encoding="utf-8") as lines:
        about_people = {row["model"] for row in csv.DictReader(lines) if row["class"] != "none"}
    registered = {model._meta.label for model in admin.site._registry}
    assert (about_people & registered) - SHOWS_NOBODY.keys() == watched().keys() & about_people
    assert SHOWS_NOBODY.keys() <= about_people & registered


@pytest.mark.parametrize("label", sorted(watched()))
def test_aud_02_the_agencys_list_and_page_are_written_down(label: str) -> None:
    client = people.ClientFactory()
    assert label in MADE, "say how a row of it is made for one client"
    row = MADE[label](client)
    browser = signed_in(Client(), people.AgencyUserFactory())
    address = f"/admin/{label.lower().replace('.', '/')}/"
    for path in (address, f"{address}{row.pk}/change/", f"{address}{row.pk}/history/"):
        before = AccessEntry.objects.about(client.person_id).count()
        assert browser.get(path).status_code == 200
        assert AccessEntry.objects.about(client.person_id).count() > before, path


def test_aud_02_nothing_stands_between_a_look_and_its_line(sent_tasks: list[Task]) -> None:
    """ "Within 5 s" by mechanism: no job and no cache, the row is there before the page that shows the data is answered."""
    application = ApplicationFactory()
    employee = people.ProviderFactory(membership__institution=application.programme.institution)
    own, reader = signed_in(Client(), application.client.user), signed_in(Client(), employee)
    address = f"/provider/pieteikumi/{application.reference}"
    assert application.number not in own.get(PAGE).content.decode()
    sent_tasks.clear()
    with CaptureQueriesContext(connection) as asked:
        reader.get(address)
    written = next(n for n, one in enumerate(asked) if 'INSERT INTO "kernel_accessentry"' in one["sql"])
    shown_after = [n for n, one in enumerate(asked) if "kernel_auditentry" in one["sql"]]  # the page's timeline
    assert all(written < n for n in shown_after)
    assert sent_tasks == []
    page = own.get(PAGE)
    assert application.number in page.content.decode()
    assert "no-store" in page["Cache-Control"]


PROVIDER_PAGES = ("", "/uznemt", "/neuznemt")


@pytest.mark.parametrize("page", PROVIDER_PAGES)
def test_aud_02_the_institutions_pages_are_written_down(page: str) -> None:
    application = ApplicationFactory()
    employee = people.ProviderFactory(membership__institution=application.programme.institution)
    answer = signed_in(Client(), employee).get(f"/provider/pieteikumi/{application.reference}{page}")
    assert answer.status_code == 200
    who = f"Izglītības iestādes darbinieks, {application.programme.institution.name}"
    assert who in html.unescape(shown(application.client.user))


@pytest.mark.parametrize("path", ["/provider", "/provider/pieteikumi"])
def test_aud_02_so_are_the_institutions_lists(path: str) -> None:
    application = ApplicationFactory()
    employee = people.ProviderFactory(membership__institution=application.programme.institution)
    assert signed_in(Client(), employee).get(path).status_code == 200
    assert AccessEntry.objects.about(application.client_id).count() == 1
