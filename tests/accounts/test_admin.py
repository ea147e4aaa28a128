"""What the agency sees of people: masked codes, no hashes, and a row for each look (ADM-01, AUD-02)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import totp
from accounts.models import DenialReason, Institution, PolicyVersion, Session, User
from stars.kernel.models import AccessEntry, AuditEntry
from tests.conftest import signed_in
from tests.factories.accounts import (
    PASSWORD,
    SECRET,
    AgencyUserFactory,
    ClientFactory,
    ConsentFactory,
    DenialFactory,
    InstitutionFactory,
    MandateFactory,
    PersonFactory,
    PolicyVersionFactory,
    ProviderFactory,
    RegistrationFileFactory,
    RightFactory,
    RightRequestFactory,
    SecondFactorFactory,
    agree,
)
from tests.factories.files import laid

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return signed_in(Client(), AgencyUserFactory())


def test_aud_02_opening_a_person_is_written_down(browser: Client) -> None:
    client = ClientFactory(person__code="01019012345")
    page = browser.get(f"/admin/accounts/person/{client.person_id}/change/")
    text = page.content.decode()
    assert "010190-*****" in text
    assert "01019012345" not in text
    entry = AccessEntry.objects.get(person_id=client.person_id)
    assert (entry.actor_role, entry.what, entry.purpose) == ("agency", "profils", "aģentūras uzraudzība")


def test_aud_02_so_is_opening_their_user(browser: Client) -> None:
    client = ClientFactory()
    browser.get(f"/admin/accounts/user/{client.pk}/change/")
    assert AccessEntry.objects.filter(person_id=client.person_id).count() == 1


def test_aud_02_so_is_a_denial_of_one_of_their_rights(browser: Client) -> None:
    right = RightFactory()
    denial = DenialFactory(user=None, right=right, reason=DenialReason.TERM_OVER)
    assert right.user.label in browser.get("/admin/accounts/denial/").content.decode()
    browser.get(f"/admin/accounts/denial/{denial.pk}/change/")
    assert AccessEntry.objects.filter(person_id=right.user.person_id).count() == 2


def opened_by(address: str, browser: str) -> int:
    """What a link to a file answers to whoever calls their browser so."""
    answer = Client().get(address, headers={"host": "localhost:8000", "user-agent": browser})
    if answer.streaming:
        answer.close()
    return answer.status_code


@pytest.mark.parametrize("kind", ["registration", "right", "mandate"])
def test_acc_07_an_officer_s_link_to_a_paper_opens_in_their_browser_and_while_they_are_signed_in(kind: str) -> None:
    stored = laid(clean=True)
    if kind == "registration":
        pk = RegistrationFileFactory(file=stored).registration_id
    elif kind == "right":
        pk = RightRequestFactory(document=stored).right_id
    else:
        pk = MandateFactory(signed=True, file=stored).pk
    mine, another, links = "Mozilla/5.0 (X11)", "Mozilla/5.0 (iPhone)", []
    officers = AgencyUserFactory.create(), AgencyUserFactory.create()
    for officer in officers:
        browser = signed_in(Client(headers={"user-agent": mine}), officer)
        page = browser.get(f"/admin/accounts/{kind}/{pk}/change/").content.decode()
        links += re.findall(r'href="http://localhost:8000(/faili/[^"]+)"', page)
    gone, live = links
    Session.objects.filter(user=officers[0]).delete()
    assert opened_by(gone, mine) == 404
    assert opened_by(live, another) == 404
    assert opened_by(live, mine) == 200  # last: who closes a file closes the connection


@pytest.mark.parametrize("model", ["person", "user", "consent"])
def test_aud_02_so_is_standing_in_a_list(browser: Client, model: str) -> None:
    client = ClientFactory()
    ConsentFactory(user=client)
    agree(User.objects.get(is_superuser=True))
    browser.get(f"/admin/accounts/{model}/")
    assert AccessEntry.objects.get(person_id=client.person_id).what.startswith("saraksts: ")


def test_aud_02_no_names_are_suggested_while_typing(browser: Client) -> None:
    person = PersonFactory()
    asked = {"app_label": "applications", "model_name": "application", "field_name": "client", "term": person.last_name}
    assert browser.get("/admin/autocomplete/", asked).status_code == 403


def test_adm_01_no_sealed_value_digest_or_hash_is_shown(browser: Client) -> None:
    client, employee = ClientFactory(), ProviderFactory()
    assert client.person is not None
    code = client.person.codes.get()
    pages = [
        f"/admin/accounts/person/{client.person_id}/change/",
        f"/admin/accounts/user/{employee.pk}/change/",
        "/admin/accounts/person/",
        "/admin/accounts/user/",
    ]
    for address in pages:
        text = browser.get(address).content.decode()
        for secret in (code.sealed, code.digest, employee.password):
            assert secret not in text


def test_what_services_own_is_read_only(browser: Client) -> None:
    client, employee = ClientFactory(), ProviderFactory()
    consent = ConsentFactory(user=client)
    agree(User.objects.get(is_superuser=True))
    membership = employee.memberships.get()
    for address in (
        f"/admin/accounts/person/{client.person_id}/change/",
        f"/admin/accounts/user/{client.pk}/change/",
        f"/admin/accounts/membership/{membership.pk}/change/",
        f"/admin/accounts/consent/{consent.pk}/change/",
    ):
        assert browser.get(address).status_code == 200
        assert browser.post(address, {"is_staff": "on", "first_name": "X"}).status_code == 403
        assert browser.get(address.replace("change/", "delete/")).status_code == 403
    assert not User.objects.get(pk=client.pk).is_staff


def test_an_accepted_version_of_the_terms_cannot_be_changed(browser: Client) -> None:
    kept = PolicyVersionFactory(body="1. Sākums.")
    agree(User.objects.get(is_superuser=True))
    coming = PolicyVersionFactory(published_at=timezone.now() + timedelta(days=3))
    fields = {"kind": "terms", "version": "9", "title": "T", "body": "Cits", "amendments": ""}
    late = timezone.localtime(timezone.now() + timedelta(days=1))
    fields |= {"published_at_0": f"{late:%d.%m.%Y}", "published_at_1": f"{late:%H:%M}"}
    assert browser.post(f"/admin/accounts/policyversion/{kept.pk}/change/", fields).status_code == 403
    assert browser.post(f"/admin/accounts/policyversion/{coming.pk}/change/", fields).status_code == 302
    assert PolicyVersion.objects.get(pk=kept.pk).body == "1. Sākums."
    assert PolicyVersion.objects.get(pk=coming.pk).body == "Cits"


def test_no_version_comes_into_force_in_the_past(browser: Client) -> None:
    fields = {"kind": "terms", "version": "9", "title": "T", "body": "B", "amendments": ""}
    fields |= {"published_at_0": "01.01.2025", "published_at_1": "10:00"}
    page = browser.post("/admin/accounts/policyversion/add/", fields)
    assert "Redakcija nevar stāties spēkā pagātnē" in page.content.decode()


@pytest.mark.parametrize("model", ["person", "user", "institution", "membership", "consent", "policyversion"])
def test_lists_open_and_search(browser: Client, model: str) -> None:
    PersonFactory()
    InstitutionFactory()
    assert browser.get(f"/admin/accounts/{model}/").status_code == 200


@pytest.mark.parametrize("model", ["person", "user", "membership", "consent"])
def test_lists_ask_the_same_at_one_and_three_rows(browser: Client, model: str) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/admin/accounts/{model}/")
        return len(queries)

    ConsentFactory(user=ClientFactory())
    ProviderFactory()
    one = counted()
    for _ in range(2):
        ConsentFactory(user=ClientFactory())
        ProviderFactory()
    assert counted() == one


def test_others_do_not_see_the_admin() -> None:
    for user in (ClientFactory(), ProviderFactory()):
        assert signed_in(Client(), user).get("/admin/accounts/person/")["Location"].startswith("/admin/login/")


def test_aud_01_institutions_and_terms_leave_a_trail(browser: Client) -> None:
    kept = InstitutionFactory()
    fields = {name: getattr(kept, name) for name in ("code", "name", "kind", "company_number", "institution_number")}
    fields |= {"email": "cits@skola.example", "phone": kept.phone, "website": "", "description": "", "is_active": "on"}
    nested = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    address = f"/admin/accounts/institution/{kept.pk}/change/"
    assert browser.post(address, fields | nested).status_code == 302
    entry = AuditEntry.objects.get(object_type="accounts.institution", object_id=str(kept.pk))
    assert "email" in entry.data["changed"]
    assert Institution.objects.get(pk=kept.pk).email == "cits@skola.example"

    for number, words in (("32673012345", "Šis ir personas kods"), ("4000312345A", "11 cipari")):  # I13
        answer = browser.post(address, fields | nested | {"company_number": number})
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert Institution.objects.get(pk=kept.pk).company_number == kept.company_number

    coming = PolicyVersionFactory(published_at=timezone.now() + timedelta(days=3))
    assert browser.post(f"/admin/accounts/policyversion/{coming.pk}/delete/", {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.get(object_type="accounts.policyversion").action == "drop"
    assert not PolicyVersion.objects.filter(pk=coming.pk).exists()


def test_pwd_08_an_officer_s_browser_is_remembered() -> None:
    officer = AgencyUserFactory(email="ieva@agentura.example")
    SecondFactorFactory(user=officer)
    browser, stranger = Client(), Client()

    def enter(client: Client, password: str) -> int:
        fields = {"email": officer.email, "password": password, "next": "/admin/"}
        return client.post("/admin/login/", fields).status_code

    assert enter(browser, PASSWORD) == 302
    step = totp.step_of(timezone.now())
    assert browser.post("/pieslegties/kods", {"code": totp.code_at(SECRET, step)})["Location"] == "/admin/"
    browser.post("/iziet")
    answers = [enter(stranger, "nepareiza") for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert enter(stranger, PASSWORD) == 429
    assert enter(browser, PASSWORD) == 302
