"""I14: an institution's contacts, kept true by its administrator, version by version (terms 17.2, K6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.models import Institution, User
from stars.classifiers.models import Municipality
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.conftest import signed_in
from tests.factories.accounts import ProviderFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/provider/profils"


@pytest.fixture
def boss(db: None) -> User:
    user: User = ProviderFactory.create(membership__role="administrator")
    return user


def institution(user: User) -> Institution:
    return user.memberships.get().institution


def filled(user: User, **changes: Any) -> dict[str, Any]:
    kept = institution(user)
    fields = {
        "kind": kept.kind,
        "municipality": Municipality.objects.filter(valid_to=None).order_by("pk")[0].pk,
        "address": "Brīvības iela 1, Rīga",
        "email": kept.email,
        "phone": "67 123 456",
        "website": "www.skola.example",
        "description": "",
        "version": kept.version,
    }
    return fields | changes


def test_17_2_save_contacts_by_the_administrator(boss: User) -> None:
    browser = signed_in(Client(), boss)
    page = browser.get(ADDRESS).content.decode()
    assert "<h1>Iestādes profils</h1>" in page
    assert ">Saglabāt<" in page
    assert browser.post(ADDRESS, filled(boss)).status_code == 302
    kept = institution(boss)
    assert (kept.phone, kept.website, kept.version) == ("+371 67123456", "https://www.skola.example", 2)
    entry = AuditEntry.objects.get(object_type="accounts.institution")
    assert sorted(entry.data["changed"]) == ["address", "municipality", "phone", "website"]


def test_k6_a_stale_form_overwrites_nothing_and_shows_what_is_kept(boss: User) -> None:
    browser = signed_in(Client(), boss)
    stale = filled(boss, address="Otra iela 2")
    browser.post(ADDRESS, filled(boss, address="Pirmā iela 1"))
    answer = browser.post(ADDRESS, stale)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Kamēr aizpildījāt formu, dati mainījās" in page
    assert "Pirmā iela 1" in page
    assert "Otra iela 2" in page
    assert institution(boss).address == "Pirmā iela 1"
    again = answer.context["form"]
    browser.post(ADDRESS, stale | {"version": again.data["version"]})
    assert institution(boss).address == "Otra iela 2"


def test_employees_read_and_do_not_write() -> None:
    user = ProviderFactory.create()
    browser = signed_in(Client(), user)
    page = browser.get(ADDRESS).content.decode()
    assert "Šos datus pārvalda Jūsu iestādes administrators." in page
    assert browser.post(ADDRESS, filled(user)).status_code == 403
    assert institution(user).version == 1


def test_web_06_name_and_numbers_are_the_agency_s(boss: User) -> None:
    before = institution(boss)
    signed_in(Client(), boss).post(
        ADDRESS, filled(boss, name="Cita", company_number="1", institution_number="2", is_active="", code="x")
    )
    after = institution(boss)
    assert (after.name, after.company_number, after.code, after.is_active) == (
        before.name,
        before.company_number,
        before.code,
        True,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "123"}, "Ievadiet tālruņa numuru ar 8 cipariem, piemēram, 26\u00a0123\u00a0456"),
        ({"email": "x"}, "Ievadiet e-pasta adresi pareizā formā, piemēram, vards@piemers.lv"),
        ({"website": "javascript:alert(1)"}, "Ievadiet tīmekļvietni formā https://www.piemers.lv"),
        ({"address": ""}, "Ievadiet adresi"),
        ({"kind": "x"}, "Izvēlieties iestādes veidu"),
    ],
)
def test_a_wrong_answer_is_a_sentence(boss: User, changes: dict[str, str], words: str) -> None:
    answer = signed_in(Client(), boss).post(ADDRESS, filled(boss, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_17_2_who_has_not_looked_for_months_is_reminded_once_a_month(boss: User) -> None:
    ProviderFactory.create(membership__institution=institution(boss))
    Institution.objects.update(contacts_confirmed_at=timezone.now() - timedelta(days=180))
    for _ in range(2):
        tasks.remind_of_contacts()
    notice = Notice.objects.get()
    assert (notice.recipient, notice.path) == (boss, ADDRESS)
    browser = signed_in(Client(), boss)
    assert "Vai kontaktinformācija joprojām ir patiesa?" in browser.get(ADDRESS).content.decode()
    browser.post(ADDRESS, filled(boss))
    assert "Vai kontaktinformācija" not in browser.get(ADDRESS).content.decode()


def test_saving_without_a_change_confirms(boss: User) -> None:
    browser = signed_in(Client(), boss)
    browser.post(ADDRESS, filled(boss))
    Institution.objects.update(contacts_confirmed_at=timezone.now() - timedelta(days=180))
    browser.post(ADDRESS, filled(boss))
    kept = institution(boss)
    assert kept.version == 2
    assert timezone.now() - kept.contacts_confirmed_at < timedelta(minutes=1)
    tasks.remind_of_contacts()
    assert not Notice.objects.exists()
