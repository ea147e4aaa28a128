"""I2 to I4: an institution registers and confirms its address; strangers learn nothing (terms 27.1, PWD-05, PWD-06)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.errors import LinkSpent, TooManyTries
from accounts.models import EntryLink, Registration, User
from accounts.services.limiting import Limit, count_try
from accounts.services.registering_institutions import ADDRESS_RULES
from stars.demo import signing
from stars.files.models import HeldUpload, SignatureCheck, StoredFile
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery
from tests.accounts.registering import GOOD, INSTITUTION, institution, link_to, registered
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    EmployeeFactory,
    InstitutionFactory,
    PolicyVersionFactory,
    ProviderFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
VITA = "vita@jauna.example"


@pytest.fixture(autouse=True)
def terms(db: None) -> None:
    PolicyVersionFactory()
    PolicyVersionFactory(kind="privacy")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def send(**changes: Any) -> Any:
    return Client().post(INSTITUTION, institution(**changes))


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_the_page_has_the_words_of_the_terms() -> None:
    page = Client().get(INSTITUTION).content.decode()
    assert "<h1>Izglītības iestādes reģistrācija</h1>" in page
    for label in (
        "Izglītības iestādes nosaukums",
        "Uzņēmuma reģistrācijas numurs",
        "Izglītības iestādes reģistrācijas numurs",
        "E-pasta adrese",
        "Parole",
        "Dokumenti un papildu informācija",
        ">Iesniegt<",
    ):
        assert label in page, label


def test_terms_27_1_register_institution_keeps_what_was_typed_and_sends_a_link() -> None:
    browser = Client()
    path = registered(browser)
    kept = Registration.objects.get()
    assert (kept.kind, kept.state, kept.email) == ("institution", "unconfirmed", VITA)
    assert (kept.company_number, kept.institution_number) == ("40003123456", "3334567890")
    assert path.startswith("/provider/apstiprinat-epastu/")
    assert kept.files.get().part == "statement"
    assert SignatureCheck.objects.filter(file=kept.files.get().file).exists()
    assert "Apstipriniet e-pasta adresi" in browser.get("/provider/gaida").content.decode()
    assert not User.objects.filter(email=VITA).exists()


def test_terms_17_1_the_terms_are_accepted_first() -> None:
    assert "agreed" in errors(send(agreed=None))
    registered()
    assert Registration.objects.get().policies.count() == 2


def test_terms_16_a_version_that_came_meanwhile_is_shown_first() -> None:
    fields = institution()
    PolicyVersionFactory(published_at=timezone.now())
    answer = Client().post(INSTITUTION, fields)
    assert "Noteikumi tikko mainījās" in str(errors(answer)["__all__"])
    assert not Registration.objects.exists()


PERSONS_CODE = "Šis ir personas kods. Ievadiet uzņēmuma numuru, kāds tas ir Uzņēmumu reģistrā"


@pytest.mark.parametrize("code", ["01019012345", "32673012345", "39999999999"])
@pytest.mark.parametrize("factory", [InstitutionFactory, RegistrationFactory])
def test_i13_the_database_takes_no_code_for_a_company_s_number(factory: Any, code: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(company_number=code)
    assert factory(company_number="40003123456").pk


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"company_number": "123"}, "company_number", "Ievadiet uzņēmuma reģistrācijas numuru ar 11 cipariem"),
        ({"company_number": "010190-12345"}, "company_number", PERSONS_CODE),
        ({"company_number": "326730-12345"}, "company_number", PERSONS_CODE),
        ({"company_number": "4000312345A"}, "company_number", "Ievadiet uzņēmuma reģistrācijas numuru ar 11 cipariem"),
        (
            {"institution_number": "12345678901"},
            "institution_number",
            "Ievadiet izglītības iestādes reģistrācijas numuru ar 10 cipariem",
        ),
        ({"institution_name": " "}, "institution_name", "Ievadiet izglītības iestādes nosaukumu"),
        ({"name": ""}, "name", "Ievadiet vārdu un uzvārdu"),
        ({"statement": None}, "statement", "Pievienojiet parakstītu apliecinājumu"),
        (
            {"password": "Zilonis7"},
            "password",
            "Parolei jābūt vismaz 9 zīmes garai, ar lielo un mazo burtu, ciparu un speciālo simbolu",
        ),
    ],
)
def test_a_wrong_answer_is_a_sentence(changes: dict[str, Any], field: str, words: str) -> None:
    assert errors(send(**changes))[field] == [words]


def test_upl_01_the_statement_is_signed() -> None:
    plain = SimpleUploadedFile("apliecinājums.pdf", signing.plain_pdf())
    assert errors(send(statement=plain))["statement"] == [
        "apliecinājums.pdf: Dokuments nav parakstīts. Parakstiet to ar elektronisko parakstu un pievienojiet vēlreiz"
    ]


@pytest.mark.parametrize("email", ["a@b.lv\nBcc: x@y.lv", "a@b.lv\r\nSubject: x", "a\0@b.lv"])
def test_pwd_13_no_line_break_reaches_a_mail(email: str) -> None:
    assert "email" in errors(send(email=email))
    assert not Delivery.objects.exists()


def test_what_was_typed_survives_an_error_files_too() -> None:
    browser = Client()
    answer = browser.post(INSTITUTION, institution(company_number="1"))
    page = answer.content.decode()
    for value in ("Rīgas Jaunā tehnikuma skola", "3334567890", "Vita Kalniņa", VITA, "apliecinājums.edoc"):
        assert value in page, value
    assert GOOD not in page
    token = answer.context["form"].initial["statement"][0].token
    again = institution(statement=None) | {"statement-held": token}
    assert browser.post(INSTITUTION, again).status_code == 302
    assert StoredFile.objects.count() == 1
    assert not HeldUpload.objects.exists()


def test_other_documents_come_along() -> None:
    papers = [SimpleUploadedFile(f"{n}.pdf", signing.plain_pdf()) for n in range(2)]
    registered(documents=papers)
    assert sorted(one.part for one in Registration.objects.get().files.all()) == ["other", "other", "statement"]


def test_pwd_08_a_flood_from_one_address_ends() -> None:
    with time_machine.travel(datetime(2025, 6, 10, 9, tzinfo=UTC), tick=False):
        for _ in range(60):
            count_try([Limit("registration:127.0.0.1", ADDRESS_RULES)])
        assert send().status_code == 429
        assert not Registration.objects.exists()


def test_pwd_08_count_uploads_ends_a_flood_of_files() -> None:
    with time_machine.travel(datetime(2025, 6, 10, 9, tzinfo=UTC), tick=False), pytest.raises(TooManyTries):
        for _ in range(1000):
            services.count_uploads(address="127.0.0.1")


# --- nothing is told to strangers (PWD-05) -------------------------------------------


KNOWN: dict[str, Callable[[], Any]] = {
    "employee": lambda: ProviderFactory(email=VITA),
    "blocked": lambda: ProviderFactory(email=VITA, membership__state="blocked"),
    "without a place": lambda: EmployeeFactory(email=VITA),
    "inactive": lambda: EmployeeFactory(email=VITA, is_active=False),
    "officer": lambda: AgencyUserFactory(email=VITA),
    "client": lambda: ClientFactory(profile__email=VITA),
    "waiting": lambda: RegistrationFactory(email=VITA),
    "company": lambda: InstitutionFactory(company_number="40003123456"),
    "number": lambda: InstitutionFactory(institution_number="3334567890"),
}


@pytest.mark.parametrize("who", KNOWN)
def test_pwd_05_one_answer_whoever_is_known(who: str) -> None:
    """Status, place, page, length, rows and letter are those of a stranger."""

    def answered(email: str, number: str) -> tuple[Any, ...]:
        browser = Client()
        before = Registration.objects.count(), Delivery.objects.count(), StoredFile.objects.count()
        answer = browser.post(INSTITUTION, institution(email=email, institution_number=number))
        page = browser.get("/provider/gaida").content.decode().replace(email, "")
        after = Registration.objects.count(), Delivery.objects.count(), StoredFile.objects.count()
        letter = Delivery.objects.filter(address=email).order_by("-pk")[0]
        words = letter.text.replace(link_to(email), "")
        rows = [later - earlier for earlier, later in zip(before, after, strict=True)]
        return answer.status_code, answer["Location"], _without_token(page), rows, letter.subject, words

    KNOWN[who]()
    assert answered(VITA, "3334567890") == answered("cits@jauna.example", "3334567891")


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_pwd_05_the_link_works_for_a_known_address_and_leaves_its_password_alone() -> None:
    user = ProviderFactory(email=VITA, password="Cita-parole-88")
    Client().post(registered())
    registration = Registration.objects.get()
    assert registration.state == "waiting"
    user.refresh_from_db()
    assert user.check_password("Cita-parole-88")


# --- the link ------------------------------------------------------------------------


def test_pwd_06_looking_changes_nothing_pressing_confirms() -> None:
    path = registered()
    browser = Client()
    for method in (browser.get, browser.head):
        assert method(path).status_code == 200
    assert Registration.objects.get().state == "unconfirmed"
    assert browser.post(path)["Location"] == "/provider/gaida"
    kept = Registration.objects.get()
    assert kept.state == "waiting"
    page = browser.get("/provider/gaida").content.decode()
    assert "<h1>Jūsu pieteikums tiek izskatīts</h1>" in page
    assert "Lietotāja apstiprināšana notiek vienas darba dienas laikā" in page
    trail = AuditEntry.objects.filter(object_type="accounts.registration").order_by("pk")
    assert [entry.action for entry in trail] == ["ask", "confirm"]


def test_pwd_06_a_link_works_once() -> None:
    path = registered()
    assert Client().post(path).status_code == 302
    for answer in (Client().post(path), Client().get(path)):
        assert answer.status_code == 410
    assert AuditEntry.objects.filter(action="confirm").count() == 1


def test_pwd_06_a_link_works_for_an_hour() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = registered()
        clock.shift(timedelta(minutes=60))
        assert Client().post(path).status_code == 410
        assert Registration.objects.get().state == "unconfirmed"


def test_pwd_06_resend_registration_link_ends_the_old_one() -> None:
    browser = Client()
    old = registered(browser)
    assert browser.post("/provider/gaida/saite")["Location"] == "/provider/gaida"
    new = link_to(VITA)
    assert new != old
    assert Client().post(old).status_code == 410
    assert Client().post(new).status_code == 302


def test_a_lapsed_link_offers_another_one() -> None:
    path = registered()
    EntryLink.objects.update(expires_at=timezone.now())
    browser = Client()
    page = browser.get(path)
    assert page.status_code == 410
    assert "Nosūtīt saiti vēlreiz" in page.content.decode()
    browser.post("/provider/gaida/saite")
    assert Client().post(link_to(VITA)).status_code == 302


def test_nobody_s_mailbox_is_filled() -> None:
    for number in range(7):
        registered(institution_number=f"33345678{number:02d}")
    assert Delivery.objects.filter(address=VITA).count() == 5


def test_pwd_06_the_address_of_the_link_is_fixed(settings: Any) -> None:
    settings.STARS_PUBLIC_BASE_URL = "https://stars.gov.lv"
    Client().post(INSTITUTION, institution(), headers={"host": "127.0.0.1"})
    assert "https://stars.gov.lv/provider/apstiprinat-epastu/" in Delivery.objects.get().text


def test_a_token_of_another_kind_confirms_nothing() -> None:
    with pytest.raises(LinkSpent):
        services.confirm_registration(token="no-such-token")


def test_the_clock_of_one_working_day_runs_from_the_confirmation() -> None:
    """Confirmed on a Thursday before a weekend with a feast: due by the end of the first working day after."""
    with time_machine.travel(datetime(2025, 4, 17, 12, tzinfo=UTC), tick=False):
        Client().post(registered())
    kept = Registration.objects.get()
    assert kept.due_at is not None
    assert kept.due_at == datetime(2025, 4, 22, 21, tzinfo=UTC)


def test_a_newer_registration_takes_the_place_of_one_that_waits() -> None:
    Client().post(registered())
    Client().post(registered(name="Vita Kalniņa-Ozola"))
    assert Registration.objects.get().name == "Vita Kalniņa-Ozola"
    assert StoredFile.objects.count() == 1
    assert AuditEntry.objects.filter(action="replace").count() == 1


def test_a_browser_that_sent_nothing_reads_general_words() -> None:
    page = Client().get("/provider/gaida")
    assert page.status_code == 200
    assert "<h1>Šajā pārlūkprogrammā reģistrācijas nav</h1>" in page.content.decode()
    assert "Lietotāja apstiprināšana notiek vienas darba dienas laikā" in page.content.decode()
    assert "tiek izskatīts" not in page.content.decode()
    assert "adrese ir apstiprināta" not in page.content.decode()
    assert Client().post("/provider/gaida/saite").status_code == 302
    assert not Delivery.objects.exists()


def test_web_06_state_and_institution_cannot_be_posted() -> None:
    other = InstitutionFactory()
    registered(state="approved", kind="employee", institution=str(other.pk), user="1")
    kept = Registration.objects.get()
    assert (kept.state, kept.kind, kept.institution) == ("unconfirmed", "institution", None)


@pytest.mark.parametrize("fields", [{}, {"shown": "x"}, {"email": "a\0b"}, {"statement": "not a file"}])
def test_web_07_odd_input_is_a_form_error(fields: dict[str, Any]) -> None:
    assert Client().post(INSTITUTION, fields).status_code == 422
