"""Mani dati: what is kept and why, everything to read, a file that is its owner's alone, and that each field is classified."""

import csv
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as account_services
from accounts.models import User
from accounts.selectors import actor_of
from stars.files.models import StoredFile
from stars.files.states import ScanState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.pages import own_data, services, tasks
from stars.pages.models import DataExport
from tests.accounts.registering import link_to
from tests.architecture import house
from tests.conftest import signed_in
from tests.factories import accounts as people
from tests.factories.applications import ApplicationFactory, DraftFactory, EligibilityCheckFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.notices import NoticeFactory
from tests.factories.pages import DataExportFactory
from tests.factories.registries import RegistryFactFactory

PAGE, FULL, FILE = "/profils/mani-dati", "/profils/mani-dati/viss", "/profils/mani-dati/fails"


def own(user: User) -> Actor:
    return actor_of(user)


def models_about_people() -> dict[str, dict[str, str]]:
    with (house.ROOT / "docs/inventory.csv").open(encoding="utf-8") as lines:
        return {row["model"]: row for row in csv.DictReader(lines) if row["class"] != "none"}


# --- the inventory ----------------------------------------------------------------------------------------


def test_gdp_01_every_field_about_people_is_classified() -> None:
    known = {(entry.model, entry.field) for rows in own_data.entries().values() for entry in rows}
    real = {
        (label, field.name)
        for label in models_about_people()
        for field in apps.get_model(label)._meta.get_fields()
        if getattr(field, "concrete", False) and not field.auto_created
    }
    assert known ^ real == set(), "say in stars/pages/own_data/fields.csv what these fields are"


def test_gdp_01_the_words_of_the_list_are_the_four_and_the_three() -> None:
    for rows in own_data.entries().values():
        for entry in rows:
            assert entry.kind in {"none", "personal", "special", "secret"}, entry
            assert entry.erasure in {"keep", "blank", "delete"}, entry
            assert not (entry.is_exported and entry.kind in {"none", "secret"}), entry
        assert len({entry.erasure == "delete" for entry in rows}) == 1, "a row goes as a whole or not at all"


def test_gdp_04_what_is_exported_has_a_way_to_its_person_and_a_place_on_the_page() -> None:
    exported = {label for label, row in models_about_people().items() if row["export"] == "yes"}
    placed = [label for category in own_data.CATEGORIES for label in category.models]
    assert sorted(placed) == sorted(exported)
    assert exported <= own_data.WAYS.keys()
    with_fields = {label for label, rows in own_data.entries().items() if any(one.is_exported for one in rows)}
    assert with_fields == exported


# --- the page ---------------------------------------------------------------------------------------------


def shown(user: User, path: str = PAGE) -> str:
    response = signed_in(Client(), user).get(path)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


@pytest.mark.django_db
def test_the_page_says_what_is_kept_why_and_which_versions_were_accepted() -> None:
    client = people.ClientFactory()
    consent = people.ConsentFactory(user=client)
    page = shown(client)
    for category in own_data.CATEGORIES:
        assert str(category.title) in page
    assert consent.policy.title in page
    assert consent.policy.version in page
    assert re.search(r"<h3[^>]*>Persona</h3>", shown(client, "/profils/mani-dati/viss"))  # a card a row: of one thing


@pytest.mark.django_db
def test_gdp_04_everything_can_be_read() -> None:
    client = people.ClientFactory(person__code="01019012345")
    application = ApplicationFactory(client=client.person)
    page = shown(client, FULL)
    for words in (client.person.full_name, client.person.profile.email, application.number, "010190-*****", "IMK"):
        assert words in page
    assert "01019012345" not in page


@pytest.mark.django_db
def test_gdp_04_what_a_register_says_is_read_in_words() -> None:
    client = people.ClientFactory()
    RegistryFactFactory(person=client.person, kind="education", value="general_secondary")
    RegistryFactFactory(person=client.person, kind="employment", value="employed")
    people.MandateFactory(client=client.person)
    page = shown(client, FULL)
    for words in ("Vispārējā vidējā izglītība", "Darba ņēmējs", "Aizpildīt un mainīt profilu"):
        assert words in page
    assert "general_secondary" not in page


@pytest.mark.django_db
def test_gdp_04_answers_rules_and_channels_are_read_in_words() -> None:
    client = people.ClientFactory()
    says = {
        "question": "reasons",
        "label": "Kādi ir iemesli?",
        "value": ["career"],
        "says": "Lai uzlabotu karjeras iespējas",
    }
    EligibilityCheckFactory(
        application=ApplicationFactory(client=client.person, answers=[says]),
        findings=[
            {"rule": "adult", "says": "Ir 18 gadi vai vairāk", "origin": "fpr", "verdict": "met", "version": "1"}
        ],
    )
    draft = DraftFactory(client=client.person, answers={"reasons": ["career"], "profession": "Pavāre"})
    policy = people.PolicyVersionFactory(version="2024-09-04")
    people.ConsentFactory(user=client, policy=policy, channel="registration")
    page = shown(client, FULL)
    for words in (
        "Kādi ir iemesli?: Lai uzlabotu karjeras iespējas",
        "iespējas esošajā darba vietā",
        "Ir 18 gadi vai vairāk: Atbilst",
        "reģistrācijas formā",
        "(04.09.2024.)",
    ):
        assert words in page
    for code in ("career", "fpr", "adult", "registration", "portal<", "2024-09-04"):
        assert code not in page
    [row] = own_data.as_data(client.person.pk)["data"]["applications.Draft"]
    assert row["answers"] == draft.answers  # for systems as it is kept


@pytest.mark.django_db
def test_pwd_06_a_letter_s_link_is_not_told_to_who_has_not_opened_the_mailbox() -> None:
    client = people.ClientFactory(profile__email_confirmed_at=None)
    account_services.request_email_confirmation(person_id=client.person.pk, by=own(client))
    address = link_to(client.person.profile.email)
    secret = address.rpartition("/")[2]
    for told in (shown(client, FULL), json.dumps(own_data.as_data(client.person.pk))):
        assert address.removesuffix(secret) in told
        assert secret not in told


@pytest.mark.django_db
def test_gdp_04_reading_asks_who_sits_there() -> None:
    browser = Client()
    browser.force_login(people.ClientFactory())
    for path in (FULL, FILE, f"{PAGE}/dzest"):
        assert browser.get(path)["Location"].startswith("/apstiprinat-sevi?")


@pytest.mark.django_db
def test_reading_everything_costs_the_same_at_one_and_at_three() -> None:
    costs = []
    for number in (1, 3):
        client = people.ClientFactory()
        for _ in range(number):
            ApplicationFactory(client=client.person, withdrawn=True)
            NoticeFactory(recipient=client)
            ReceiptFactory(person_id=client.person_id)
            people.MandateFactory(client=client.person)
            DraftFactory(client=client.person)
        with CaptureQueriesContext(connection) as queries:
            own_data.as_data(client.person_id)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.django_db
def test_act_03_a_coordinator_gets_none_of_it() -> None:
    mandate = people.MandateFactory()
    browser = signed_in(Client(), mandate.right.user)
    browser.post(f"/koordinators/klienti/{mandate.reference}/sakt")
    assert {browser.get(path).status_code for path in (PAGE, FULL, FILE, f"{PAGE}/dzest")} == {403}
    with pytest.raises(NotPermitted):
        services.request_export(person_id=mandate.client_id, by=own(mandate.right.user))


# --- the file ---------------------------------------------------------------------------------------------


def made(user: User) -> DataExport:
    """Asked for, made and scanned."""
    assert user.person_id is not None
    export = services.request_export(person_id=user.person_id, by=own(user))
    tasks.make_export(export.pk)
    StoredFile.objects.filter(state=ScanState.QUARANTINED).update(state=ScanState.CLEAN, scanned_at=timezone.now())
    export.refresh_from_db()
    return export


def content_of(export: DataExport) -> dict[str, Any]:
    assert export.file is not None
    with default_storage.open(export.file.path) as file:
        found: dict[str, Any] = json.load(file)
    return found


@pytest.mark.django_db
def test_gdp_04_the_file_holds_what_the_inventory_lets_out_and_nothing_else() -> None:
    client = people.ClientFactory(person__code="01019012345")
    application = ApplicationFactory(client=client.person)
    ApplicationFactory()
    data = content_of(made(client))["data"]
    assert [one["number"] for one in data["applications.Application"]] == [application.number]
    assert data["accounts.ClientProfile"][0]["email"] == client.person.profile.email
    for label, rows in data.items():
        exported = {entry.field for entry in own_data.entries()[label] if entry.is_exported}
        assert {name for row in rows for name in row} - {"value"} == exported
    assert "01019012345" not in json.dumps(data)


@pytest.mark.django_db
def test_gdp_04_what_a_register_says_is_told_in_clear() -> None:
    client = people.ClientFactory()
    RegistryFactFactory(person=client.person, value="1990-01-01")
    assert content_of(made(client))["data"]["accounts.RegistryFact"][0]["value"] == "1990-01-01"


@pytest.mark.django_db
def test_gdp_04_asking_is_written_down_and_asking_twice_makes_one_file() -> None:
    client = people.ClientFactory()
    first = services.request_export(person_id=client.person_id, by=own(client))
    assert services.request_export(person_id=client.person_id, by=own(client)) == first
    assert AuditEntry.objects.filter(object_id=str(client.person_id), action="export").count() == 1
    tasks.make_export(first.pk)
    tasks.make_export(first.pk)
    assert StoredFile.objects.count() == 1
    assert client.notices.filter(key=f"export:{first.reference}").count() == 1


@pytest.mark.django_db
def test_acc_07_the_owner_fetches_it_and_nobody_else_does(settings: Any) -> None:
    client = people.ClientFactory()
    browser = signed_in(Client(), client)
    assert browser.post(FILE).status_code == 302
    assert "Tiek gatavots" in browser.get(FILE).content.decode()
    made(client)
    page = browser.get(FILE).content.decode()
    address = re.search(r'href="([^"]+)"[^>]*download', page)
    assert address is not None
    host = settings.STARS_FILES_BASE_URL.partition("//")[2]
    path = address[1].removeprefix(settings.STARS_FILES_BASE_URL)
    answer = browser.get(path, headers={"host": host})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert json.loads(answer.getvalue())["portal"] == "STARS"
    assert Client().get(path, headers={"host": host, "user-agent": "Cits"}).status_code == 404
    assert "Sagatavot failu" in shown(people.ClientFactory(), FILE)
    browser.post("/iziet")
    assert browser.get(path, headers={"host": host}).status_code == 404


@pytest.mark.django_db
def test_exp_02_the_file_is_gone_after_a_day(django_capture_on_commit_callbacks: Any) -> None:
    export = made(people.ClientFactory())
    assert export.file is not None
    path = export.file.path
    DataExport.objects.update(asked_at=timezone.now() - timedelta(days=2), expires_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.exports_due()
    assert not DataExport.objects.exists()
    assert not StoredFile.objects.exists()
    assert not default_storage.exists(path)


@pytest.mark.django_db
def test_a_file_no_bell_rang_for_is_made_by_the_clock() -> None:
    waiting = DataExportFactory()
    assert services.exports_to_make() == [waiting.pk]
    tasks.exports_due()
    waiting.refresh_from_db()
    assert waiting.state == DataExport.State.READY
    assert not services.make_export(export_id=waiting.pk)
    assert services.drop_expired_exports() == 0


@pytest.mark.django_db
def test_the_looks_of_others_stand_in_the_file_without_their_names() -> None:
    client = people.ClientFactory()
    audit.note_read(client.person_id, by=own(people.AgencyUserFactory()), what="profils", purpose="uzraudzība")
    rows = content_of(made(client))["data"]["kernel.AccessEntry"]
    assert [(row["actor_role"], row["what"]) for row in rows] == [("Aģentūras darbinieks", "profils")]
    assert "Ilze" not in json.dumps(rows)
