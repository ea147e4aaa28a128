"""I3: an employee asks for a place in an institution that is here already (terms 27.2)."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Registration
from stars.notices.models import Notice
from tests.accounts.registering import EMPLOYEE, employee, link_to
from tests.factories.accounts import InstitutionFactory, PolicyVersionFactory, ProviderFactory

pytestmark = pytest.mark.django_db
NAME = "Mācību centrs Saule"


@pytest.fixture(autouse=True)
def terms(db: None) -> None:
    PolicyVersionFactory()
    InstitutionFactory(name=NAME)


def send(**changes: Any) -> Any:
    return Client().post(EMPLOYEE, employee(NAME, **changes))


def test_the_page_has_the_words_of_the_terms_and_suggests_institutions() -> None:
    InstitutionFactory(name="Vairs nesadarbojas", is_active=False)
    page = Client().get(EMPLOYEE).content.decode()
    assert "<h1>Darbinieka reģistrācija</h1>" in page
    for label in ("Vārds un uzvārds", "Izglītības iestādes nosaukums", "E-pasta adrese", "Parole"):
        assert label in page
    assert f'<option value="{NAME}">' in page
    assert "Vairs nesadarbojas" not in page


def test_27_2_register_employee_sends_a_link_and_waits_for_the_administrator() -> None:
    browser = Client()
    assert browser.post(EMPLOYEE, employee(NAME))["Location"] == "/provider/gaida"
    kept = Registration.objects.get()
    assert (kept.kind, kept.state, str(kept.institution)) == ("employee", "unconfirmed", NAME)
    school = kept.institution
    boss = ProviderFactory(membership__institution=school, membership__role="administrator")
    ProviderFactory(membership__institution=school, membership__role="administrator", membership__state="expired")
    ProviderFactory(membership__role="administrator")
    assert not Notice.objects.exists()
    browser.post(link_to("janis@jauna.example"))
    told = Notice.objects.get()
    assert (told.recipient, told.path) == (boss, "/provider/lietotaji")
    assert told.title == "Darbinieks gaida Jūsu apstiprinājumu"
    assert "Jānis" not in told.body
    kept.refresh_from_db()
    assert kept.state == "waiting"
    page = browser.get("/provider/gaida").content.decode()
    assert "Jūs apstiprina Jūsu iestādes administrators" in page


@pytest.mark.parametrize("typed", ["mācību CENTRS saule", "  Mācību  centrs Saule ", "saule"])
def test_the_institution_is_found_as_people_write_it(typed: str) -> None:
    assert Client().post(EMPLOYEE, employee(typed)).status_code == 302


def test_an_unknown_institution_is_a_sentence() -> None:
    answer = Client().post(EMPLOYEE, employee("Nav tādas"))
    assert answer.status_code == 422
    assert "Iestāde ar šādu nosaukumu nav zināma. Izvēlieties no piedāvātajām" in answer.content.decode()


def test_several_institutions_of_one_word_ask_for_the_whole_name() -> None:
    InstitutionFactory(name="Mācību centrs Saulstari")
    answer = Client().post(EMPLOYEE, employee("Mācību centrs Saul"))
    assert "Šāds nosaukums ir vairākām iestādēm. Uzrakstiet to pilnībā" in answer.content.decode()
    assert Client().post(EMPLOYEE, employee(NAME)).status_code == 302


def test_pwd_05_a_known_address_gets_the_same_answer() -> None:
    ProviderFactory(email="janis@jauna.example")
    known, stranger = send(), send(email="cits@jauna.example")
    assert (known.status_code, known["Location"]) == (stranger.status_code, stranger["Location"])
    assert Registration.objects.count() == 2


def test_web_06_the_institution_is_told_by_name_only() -> None:
    other = InstitutionFactory()
    send(institution_id=str(other.pk), role="administrator")
    assert str(Registration.objects.get().institution) == NAME
