"""R2 and R3: the registration form, its words, its wrong answers, and the account that comes of it."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.forms import RegistrationForm
from accounts.models import ClientProfile, EmailConfirmation, Person, PolicyVersion, RegistryFact, User
from accounts.selectors import actor_of, grown_up_on
from accounts.signals import client_registered
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from tests.accounts.declared import answers, person_of, reason, sector
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, PersonFactory, PolicyVersionFactory, ProviderFactory, UserFactory
from tests.factories.registries import RegistryFactFactory

ADDRESS = "/registreties"
# screens.md 5, letter by letter, in order.
LABELS = [
    "E-pasta adrese",
    "Tālrunis",
    "APLIECINU savu ekonomiskās aktivitātes statusu",
    "APLIECINU savu līdz šim iegūto izglītību (atzīmējiet visaugstāko no izglītībām)",
    "APLIECINU, ka pārstāvu mājsaimniecību, kurai piešķirts maznodrošinātas vai trūcīgas personas statuss",
    "Lūdzu norādīt galvenos iemeslus, kāpēc Jūs vēlaties reģistrēties prasmju pārvaldības platformā?",
    "Ja nolemsiet mācīties, ar kādu nozari/jomu saistītas izglītības programmas izvēlēsieties?",
    "Kā Jūs uzzinājāt par prasmju pārvaldības platformu?",
]


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(person=PersonFactory(code="01019012345", first_name="Anna", last_name="Bērziņa"))


@pytest.fixture
def browser(user: User) -> Client:
    return signed_in(Client(), user)


def test_the_labels_are_those_of_the_manual_in_its_order(browser: Client) -> None:
    page = browser.get(ADDRESS).content.decode()
    places = [page.find(label) for label in ("Vārds", "Uzvārds", "Personas kods", *LABELS, ">Saglabāt<")]
    assert -1 not in places
    assert places == sorted(places)
    for heading in ("Kontaktinformācija", "Par Jums", "Jūsu mērķi", "Izvēlieties atbilstošo"):
        assert heading in page
    form = RegistrationForm()
    assert [name for name, field in form.fields.items() if field.required] == [
        *("email", "phone", "economic_status", "education"),
        *("registration_reasons", "sectors", "information_sources"),
    ]


def test_the_code_is_masked_until_asked_for(browser: Client) -> None:
    page = browser.get(ADDRESS).content.decode()
    assert "010190-*****" in page
    assert "<summary" in page[: page.find("010190-12345")]


def test_registering_makes_the_profile_and_tells(browser: Client, user: User) -> None:
    heard: list[Any] = []

    def hear(**told: Any) -> None:
        heard.append((told["person_id"], told["by"]))

    client_registered.connect(hear)
    try:
        response = browser.post(ADDRESS, answers(low_income="no"))
    finally:
        client_registered.disconnect(hear)
    assert response["Location"] == "/registreties/paldies"
    assert user.person is not None
    profile = ClientProfile.objects.get(pk=user.person_id)
    assert (profile.email, profile.phone, profile.low_income) == ("anna@example.lv", "+371 26123456", False)
    assert profile.email_confirmed_at is None
    assert [one.number for one in profile.sectors.all()] == [3]
    assert heard == [(user.person_id, actor_of(user))]
    assert user.person.learning_account.state == "pending"
    assert Notice.objects.get(key=f"person:{user.person_id}:registered").title == (
        "Jūsu individuālais mācību konts ir izveidots"
    )
    assert EmailConfirmation.objects.get().email == "anna@example.lv"
    audited = AuditEntry.objects.filter(object_type="accounts.person", object_id=str(user.person_id))
    assert [entry.action for entry in audited] == ["register"]


def test_news_wait_for_the_confirmed_address_and_the_link_goes_out(browser: Client, user: User) -> None:
    browser.post(ADDRESS, answers())
    states = {row.key.partition(":")[0]: row.state for row in Delivery.objects.filter(recipient=user)}
    assert states == {"person": "held", "email_confirmation": "due"}


def test_j1_within_ten_presses_and_seven_fields(user: User) -> None:
    """A press is one of a link, a button, a radio or a tick."""
    PolicyVersionFactory()
    browser = signed_in(Client(), user)
    consent = browser.get("/piekrisana").context["form"].initial["shown"]
    presses = ["Iedzīvotājs", "Turpināt uz Vienotās pieteikšanās moduli"]
    browser.post("/piekrisana", {"agreed": "on", "shown": consent})
    presses += ["agreed", "Apstiprināt"]
    form = answers()
    assert browser.post(ADDRESS, form)["Location"] == "/registreties/paldies"
    presses += ["registration_reasons", "sectors", "information_sources", "Saglabāt"]
    page = browser.get("/registreties/paldies").content.decode()
    assert "Skatīt programmas" in page
    presses += ["Skatīt programmas"]
    assert len(presses) <= 10
    assert len(form) == 7


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"email": ""}, "Ievadiet e-pasta adresi"),
        ({"email": "anna"}, "Ievadiet e-pasta adresi pareizā formā, piemēram, vards@piemers.lv"),
        ({"email": "a@b.lv\r\nBcc: x@y.lv"}, "Ievadiet e-pasta adresi pareizā formā, piemēram, vards@piemers.lv"),
        ({"phone": ""}, "Ievadiet tālruņa numuru"),
        ({"phone": "2612345"}, "Ievadiet tālruņa numuru ar 8 cipariem, piemēram, 26\u00a0123\u00a0456"),
        ({"phone": "+370 26123456"}, "Ievadiet tālruņa numuru ar 8 cipariem, piemēram, 26\u00a0123\u00a0456"),
        ({"economic_status": ""}, "Izvēlieties savu ekonomiskās aktivitātes statusu"),
        ({"economic_status": "999999"}, "Izvēlieties savu ekonomiskās aktivitātes statusu"),
        ({"education": ""}, "Izvēlieties savu līdz šim iegūto izglītību"),
        ({"low_income": "maybe"}, "Izvēlieties Jā vai Nē"),
        ({"registration_reasons": []}, "Atzīmējiet vismaz vienu iemeslu"),
        ({"registration_reasons": ["x"]}, "Atzīmējiet vismaz vienu iemeslu"),
        ({"sectors": []}, "Atzīmējiet vismaz vienu jomu"),
        ({"information_sources": []}, "Atzīmējiet vismaz vienu atbildi"),
        ({"other_reason": "x" * 301}, "Ievadiet atbildi, ne garāku par 300 zīmēm"),
    ],
)
def test_each_wrong_answer_has_its_sentence_and_loses_nothing(
    browser: Client, changes: dict[str, Any], text: str
) -> None:
    response = browser.post(ADDRESS, answers(phone="29 999 999") | changes if changes else {})
    if not all(changes.values()):
        response = browser.post(ADDRESS, {name: value for name, value in (answers() | changes).items() if value})
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count(text) >= 2  # in the summary and beside the field
    assert "<title>Kļūda: Reģistrēties – STARS</title>" in page
    if "email" not in changes:
        assert 'value="anna@example.lv"' in page
    assert not ClientProfile.objects.exists()


@pytest.mark.parametrize("number", [19, 20])
def test_not_knowing_excludes_the_fields(browser: Client, number: int) -> None:
    response = browser.post(ADDRESS, answers(sectors=[sector(number), sector(3)]))
    assert response.status_code == 422
    assert "Atzīmējiet vai nu jomas, vai tikai" in response.content.decode()
    assert browser.post(ADDRESS, answers(sectors=[sector(number)])).status_code == 302


def test_another_answer_needs_words(browser: Client) -> None:
    response = browser.post(ADDRESS, answers(registration_reasons=[reason("other")]))
    assert response.status_code == 422
    assert "Ievadiet savu citu atbildi" in response.content.decode()


def test_words_tick_the_other_answer(browser: Client) -> None:
    assert browser.post(ADDRESS, answers(registration_reasons=[], other_reason="Ziņkāre")).status_code == 302
    profile = ClientProfile.objects.get()
    assert [one.code for one in profile.registration_reasons.all()] == ["other"]
    assert profile.other_reason == "Ziņkāre"


@pytest.mark.parametrize(
    "typed", ["26123456", "+371 26 123 456", "00371 26123456", "(+371) 26-123-456", "２６１２３４５６"]
)
def test_phones_are_taken_as_people_write_them(browser: Client, typed: str) -> None:
    assert browser.post(ADDRESS, answers(phone=typed)).status_code == 302
    assert ClientProfile.objects.get().phone == "+371 26123456"


def test_web_06_what_the_form_does_not_name_changes_nothing(browser: Client, user: User) -> None:
    other = PersonFactory()
    assert user.person is not None
    extra = {
        "first_name": "Cits",
        "last_name": "Cits",
        "person": str(other.pk),
        "person_id": str(other.pk),
        "code": "32123456789",
        "email_confirmed_at": "2025-01-01",
        "version": "99",
        "is_staff": "on",
        "role": "agency",
    }
    browser.post(ADDRESS, answers() | extra)
    profile = ClientProfile.objects.get()
    user.refresh_from_db()
    assert (profile.person_id, profile.version, profile.email_confirmed_at) == (user.person_id, 1, None)
    assert (user.is_staff, user.person.full_name, user.person.current_code) == (False, "Anna Bērziņa", "01019012345")


def test_x7_a_second_send_changes_nothing(browser: Client) -> None:
    browser.post(ADDRESS, answers())
    assert browser.post(ADDRESS, answers(email="other@example.lv"))["Location"] == "/registreties/paldies"
    assert ClientProfile.objects.get().email == "anna@example.lv"
    assert EmailConfirmation.objects.count() == 1
    assert browser.get(ADDRESS)["Location"] == "/profils/mans-profils"


def declared(**changes: Any) -> services.Declared:
    form = RegistrationForm(_query(answers(**changes)))
    assert form.is_valid(), form.errors
    return form.declared()


def _query(form: Any) -> Any:
    request = Client().request().wsgi_request
    data = request.GET.copy()
    for name, value in form.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.mark.django_db
def test_nobody_registers_another(user: User) -> None:
    for stranger in (UserFactory(), ProviderFactory()):
        with pytest.raises(NotPermitted):
            services.register_client(person_id=person_of(user), declared=declared(), by=actor_of(stranger))


@pytest.mark.django_db
def test_sso_18_no_registration_without_consent(user: User) -> None:
    PolicyVersionFactory()
    with pytest.raises(DomainError) as refused:
        services.register_client(person_id=person_of(user), declared=declared(), by=actor_of(user))
    assert refused.value.code == "no_consent"
    assert not ClientProfile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_x7_two_registrations_at_once_make_one_account() -> None:
    assert not PolicyVersion.objects.exists()
    user = UserFactory()
    start = threading.Barrier(2)
    results: list[Any] = []

    def register(email: str) -> None:
        try:
            wanted = declared(email=email)
            start.wait(timeout=5)
            results.append(
                services.register_client(person_id=person_of(user), declared=wanted, by=actor_of(user)).email
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(f"{name}@example.lv",)) for name in ("anna", "anita")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(results) == 2
    assert len(set(results)) == 1
    assert (ClientProfile.objects.count(), EmailConfirmation.objects.count(), Notice.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_paldies_leads_on_to_where_the_person_wanted_to_go(browser: Client) -> None:
    browser.get("/profils/mans-profils")
    browser.post(ADDRESS, answers())
    page = browser.get("/registreties/paldies").content.decode()
    assert "<h1" in page
    assert "Jūsu individuālais mācību konts ir izveidots" in page
    assert 'href="/profils/mans-profils"' in page
    assert "anna@example.lv" in page


@pytest.mark.django_db
def test_paldies_offers_nothing_to_go_on_with_to_who_came_to_register(browser: Client) -> None:
    browser.get("/profils")
    browser.post(ADDRESS, answers())
    page = browser.get("/registreties/paldies").content.decode()
    assert "Turpināt iesākto" not in page
    assert "Uz savu sākumlapu" in page


@pytest.mark.django_db
def test_people_who_are_no_clients_are_refused() -> None:
    assert signed_in(Client(), ProviderFactory()).get(ADDRESS).status_code == 403
    assert Client().get(ADDRESS)["Location"] == "/pieslegties?next=%2Fregistreties"
    assert signed_in(Client(), ClientFactory(profile=False)).get("/registreties/paldies")["Location"] == ADDRESS


# --- under 18 (birth date of the register only, COD-05) ---------------------------------


def born(user: User, years: int, *, days: int = 0) -> date:
    """The register says that the person turned `years` so many days ago."""
    assert user.person is not None
    today = timezone.localdate() - timedelta(days=days)
    day = today.replace(year=today.year - years)
    RegistryFactFactory.create(person=user.person, kind="birth_date", value=day.isoformat())
    user.person.birth_date = day
    user.person.save()
    return day


@pytest.mark.django_db
def test_cod_05_who_is_under_18_by_the_register_opens_no_profile(browser: Client, user: User) -> None:
    born(user, 18, days=-1)  # turns 18 tomorrow
    tomorrow = timezone.localdate() + timedelta(days=1)
    for response in (browser.get(ADDRESS), browser.post(ADDRESS, answers())):
        page = response.content.decode()
        assert response.status_code == 403
        assert f"Reģistrēties varēsiet no {tomorrow:%d.%m.%Y}." in page
        assert "Apskatīt programmas" in page
    with pytest.raises(DomainError) as refused:
        services.register_client(person_id=person_of(user), declared=declared(), by=actor_of(user))
    assert refused.value.code == "under_age"
    assert not ClientProfile.objects.exists()


@pytest.mark.django_db
def test_cod_05_on_the_birthday_the_profile_opens(browser: Client, user: User) -> None:
    born(user, 18)
    assert browser.post(ADDRESS, answers()).status_code == 302
    assert ClientProfile.objects.exists()


@pytest.mark.django_db
def test_i15_a_register_that_has_not_answered_keeps_nobody_out(browser: Client, user: User) -> None:
    assert user.person is not None
    assert user.person.birth_date is None
    assert browser.post(ADDRESS, answers()).status_code == 302


@pytest.mark.django_db
def test_i15_whoever_disputes_the_birth_date_may_register_meanwhile(browser: Client, user: User) -> None:
    born(user, 12)
    fact = RegistryFact.objects.get(kind="birth_date")
    assert f'href="/profils/mans-profils/registri/{fact.pk}"' in browser.get(ADDRESS).content.decode()
    browser.post(f"/profils/mans-profils/registri/{fact.pk}", {"reason": "Gads ir nepareizs."})
    assert browser.post(ADDRESS, answers()).status_code == 302


@pytest.mark.parametrize(
    ("today", "waits"), [("2026-02-28", date(2026, 3, 1)), ("2026-03-01", None)], ids=["the day before", "the day"]
)
def test_cod_05_born_on_a_leap_day(today: str, waits: date | None) -> None:
    with time_machine.travel(f"{today}T12:00:00+02:00", tick=False):
        assert grown_up_on(Person(birth_date=date(2008, 2, 29))) == waits
