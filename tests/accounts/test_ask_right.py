"""K1 and N1: signed on by the state, address proved, approved with a term; a typed code gives nothing (28, 29, PWD-07)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import services, tasks
from accounts.models import EntryLink, Right, RightKind, RightRequest, User
from accounts.selectors import actor_of
from accounts.services import AskedRight
from accounts.states import AccessState
from stars.classifiers.models import Municipality
from stars.demo import signing
from stars.files.models import SignatureCheck, StoredFile
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.notices.models import Delivery, Notice
from tests.accounts.registering import link_to
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    InstitutionFactory,
    PolicyVersionFactory,
    ProviderFactory,
    RightFactory,
    RightRequestFactory,
    UserFactory,
    agree,
)

pytestmark = pytest.mark.django_db
COORDINATOR, CONSULTANT = "/koordinators/registracija", "/konsultants/registracija"
WORK = "liga@pasvaldiba.example"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def person(db: None) -> User:
    """Somebody the state has signed on, who has accepted the terms and is no client."""
    PolicyVersionFactory()
    user: User = UserFactory.create()
    agree(user)
    return user


def municipality() -> Municipality:
    return Municipality.objects.filter(valid_to=None).order_by("pk")[0]


def filled(**changes: Any) -> dict[str, Any]:
    fields = {
        "municipality": municipality().pk,
        "position": "Izglītības speciāliste",
        "email": WORK,
        "phone": "67 123 456",
        "document": SimpleUploadedFile("pilnvarojums.pdf", signing.plain_pdf()),
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def asked(user: User, address: str = COORDINATOR, **changes: Any) -> Right:
    answer = signed_in(Client(), user).post(address, filled(**changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return Right.objects.get(user=user)


def test_17_1_who_has_not_accepted_the_terms_in_force_asks_for_nothing(person: User) -> None:
    """The service says so too, whatever page a request comes from."""
    PolicyVersionFactory()  # newer than the ones accepted
    told = AskedRight(
        kind=RightKind.CONSULTANT,
        municipality=None,
        institution=None,
        position="Konsultante",
        email=WORK,
        phone="67123456",
        document=None,
    )
    with pytest.raises(DomainError) as refused:
        services.ask_right(user_id=person.pk, asked=told, by=actor_of(person))
    assert refused.value.code == "no_consent"
    assert not Right.objects.exists()


# --- the whole way -------------------------------------------------------------------


def test_28_a_coordinator_comes_in(person: User) -> None:
    browser = signed_in(Client(), person)
    assert browser.get("/koordinators")["Location"] == COORDINATOR
    page = browser.get(COORDINATOR).content.decode()
    assert "<h1>Pieteikties koordinatora tiesībām</h1>" in page
    for label in (
        "Vārds",
        "Uzvārds",
        "Personas kods",
        "Pašvaldība",
        "Amats",
        "Darba e-pasts",
        "Tālrunis",
        "Pilnvarojums",
    ):
        assert label in page, label
    assert browser.post(COORDINATOR, filled())["Location"] == "/profils/tiesibas"
    right = Right.objects.get()
    assert (right.kind, right.state, right.municipality) == ("coordinator", "unconfirmed", municipality())
    assert "E-pasts nav apstiprināts" in browser.get("/profils/tiesibas").content.decode()

    path = link_to(WORK)
    assert path.startswith("/koordinators/apstiprinat-epastu/")
    assert Client().get(path).status_code == 200
    assert Client().post(path).status_code == 200
    right.refresh_from_db()
    assert right.state == "waiting"
    assert right.due_at is not None
    assert actor_of(User.objects.get(pk=person.pk)).role is Role.CLIENT

    services.approve_right(right_id=right.pk, by=officer(), valid_until=timezone.now() + timedelta(days=365))
    assert browser.get("/koordinators").status_code == 200
    assert Delivery.objects.filter(address=WORK, subject="Jūsu tiesības ir apstiprinātas").count() == 1


def officer() -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=["approver"]))


@pytest.mark.parametrize(
    ("works_for", "place"),
    [("institution", "Mācību centrs Saule"), ("municipality", None), ("own", "")],
)
def test_29_a_consultant_comes_in(person: User, works_for: str, place: str | None) -> None:
    InstitutionFactory.create(name="Mācību centrs Saule")
    changes = {"works_for": works_for, "institution": "Mācību centrs Saule"}
    right = asked(person, CONSULTANT, **changes)
    expected = str(municipality()) if place is None else place
    assert (right.kind, right.place) == ("consultant", expected)
    assert link_to(WORK).startswith("/konsultants/apstiprinat-epastu/")


def test_29_3_an_institutions_consultant_is_approved_by_it(person: User) -> None:
    school = InstitutionFactory.create(name="Mācību centrs Saule")
    right = asked(person, CONSULTANT, works_for="institution", institution="Mācību centrs Saule")
    boss = ProviderFactory.create(membership__institution=school, membership__role="administrator")
    Client().post(link_to(WORK))
    told = Notice.objects.get(recipient=boss)
    assert (told.title, told.path) == ("Karjeras konsultants gaida Jūsu apstiprinājumu", "/provider/lietotaji")
    stranger = ProviderFactory.create(membership__role="administrator")
    with pytest.raises(NotPermitted):
        services.approve_right(right_id=right.pk, by=actor_of(stranger))
    services.approve_right(right_id=right.pk, by=actor_of(boss))
    assert actor_of(User.objects.get(pk=person.pk)).is_consultant


# --- PWD-07: all of sign-on, address and approval ------------------------------------


def test_pwd_07_nobody_asks_without_the_states_sign_on() -> None:
    assert Client().get(COORDINATOR)["Location"].startswith("/pieslegties")
    assert Client().post(COORDINATOR, filled()).status_code == 302
    for user in (ProviderFactory.create(), AgencyUserFactory.create()):
        assert signed_in(Client(), user).post(COORDINATOR, filled()).status_code == 403
    assert not Right.objects.exclude(user__is_staff=True).exists()


def test_pwd_07_somebody_elses_code_typed_into_the_form_gives_nothing(person: User) -> None:
    other = ClientFactory.create(person__code="01019012345")
    typed = {"personal_code": "010190-12345", "person": str(other.person_id), "user": str(other.pk)}
    signed_in(Client(), person).post(COORDINATOR, filled(**typed))
    assert Right.objects.get().user == person
    assert not Right.objects.filter(user=other).exists()


@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "refused", "blocked", "expired"])
def test_pwd_07_nothing_less_than_approved_works(person: User, state: str) -> None:
    decided = {} if state in {"unconfirmed", "waiting"} else {"decided_at": timezone.now()}
    RightFactory.create(user=person, state=state, **({"decided_at": None} | decided))
    assert not actor_of(person).is_coordinator
    assert signed_in(Client(), person).get("/koordinators").status_code == 302


def test_pwd_07_the_link_proves_the_address_and_nothing_more(person: User) -> None:
    right = asked(person)
    stranger = Client()
    stranger.post(link_to(WORK))
    right.refresh_from_db()
    assert right.state == "waiting"
    assert stranger.get("/koordinators").status_code == 302


def test_the_terms_are_accepted_first() -> None:
    PolicyVersionFactory()
    user = UserFactory.create()
    browser = signed_in(Client(), user)
    assert browser.get("/koordinators")["Location"] == "/piekrisana"
    shown = browser.get("/piekrisana").context["form"]["shown"].value()
    assert browser.post("/piekrisana", {"agreed": "on", "shown": shown})["Location"] == "/koordinators"
    with pytest.raises(NotPermitted):
        services.ask_right(user_id=user.pk, asked=_asked(), by=Actor(user_id=user.pk + 1))


def _asked() -> services.AskedRight:
    return services.AskedRight(
        kind=RightKind.COORDINATOR,
        municipality=municipality(),
        institution=None,
        position="X",
        email=WORK,
        phone="",
        document=None,
    )


def test_a_duty_of_the_agency_cannot_be_asked_for(person: User) -> None:
    for kind in (RightKind.FINANCE, RightKind.ADMINISTRATOR, RightKind.ASSESSOR, RightKind.COMMISSION_MEMBER):
        wanted = services.AskedRight(
            kind=kind, municipality=None, institution=None, position="X", email=WORK, phone="", document=None
        )
        with pytest.raises(NotPermitted):
            services.ask_right(user_id=person.pk, asked=wanted, by=actor_of(person))


# --- the form ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"municipality": ""}, "Izvēlieties pašvaldību"),
        ({"position": ""}, "Ievadiet amatu"),
        ({"email": "x"}, "Ievadiet e-pasta adresi pareizā formā, piemēram, vards@piemers.lv"),
        ({"phone": "1"}, "Ievadiet tālruņa numuru ar 8 cipariem, piemēram, 26\u00a0123\u00a0456"),
        ({"document": None}, "Pievienojiet pilnvarojumu"),
    ],
)
def test_a_wrong_answer_is_a_sentence(person: User, changes: dict[str, Any], words: str) -> None:
    answer = signed_in(Client(), person).post(COORDINATOR, filled(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Izvēlieties, kur konsultējat"),
        ({"works_for": "institution"}, "Ievadiet izglītības iestādes nosaukumu"),
        ({"works_for": "institution", "institution": "Nav tādas"}, "Iestāde ar šādu nosaukumu nav zināma"),
        ({"works_for": "municipality", "municipality": ""}, "Izvēlieties pašvaldību"),
    ],
)
def test_a_consultant_says_where(person: User, changes: dict[str, Any], words: str) -> None:
    answer = signed_in(Client(), person).post(CONSULTANT, filled(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_what_was_typed_survives_an_error_the_file_too(person: User) -> None:
    browser = signed_in(Client(), person)
    answer = browser.post(COORDINATOR, filled(position=""))
    page = answer.content.decode()
    assert WORK in page
    assert "pilnvarojums.pdf" in page
    token = answer.context["form"].initial["document"][0].token
    assert browser.post(COORDINATOR, filled(document=None) | {"document-held": token}).status_code == 302
    assert StoredFile.objects.count() == 1


def test_the_authorisation_is_checked_for_signatures(person: User) -> None:
    right = asked(person)
    assert SignatureCheck.objects.filter(file=right.request.document).exists()


# --- asking again ----------------------------------------------------------------------


def test_asking_again_before_the_link_takes_the_new_answers(person: User) -> None:
    asked(person)
    first = link_to(WORK)
    right = asked(person, email="cits@pasvaldiba.example", position="Vadītāja")
    assert Right.objects.count() == RightRequest.objects.count() == StoredFile.objects.count() == 1
    assert right.request.position == "Vadītāja"
    assert Client().post(first).status_code == 410
    assert Client().post(link_to("cits@pasvaldiba.example")).status_code == 200


@pytest.mark.parametrize("state", ["waiting", "approved", "blocked"])
def test_what_one_has_is_not_asked_for_again(person: User, state: str) -> None:
    decided = None if state == "waiting" else timezone.now()
    RightFactory.create(user=person, municipality=municipality(), state=state, decided_at=decided)
    answer = signed_in(Client(), person).post(COORDINATOR, filled())
    assert answer.status_code == 422
    assert "Jūs jau esat lūdzis šīs tiesības" in answer.content.decode()


@pytest.mark.parametrize("state", ["refused", "expired"])
def test_what_was_refused_or_has_ended_may_be_asked_for_again(person: User, state: str) -> None:
    RightFactory.create(user=person, municipality=municipality(), state=state, decided_at=timezone.now())
    signed_in(Client(), person).post(COORDINATOR, filled())
    assert Right.objects.filter(user=person, state="unconfirmed").count() == 1


def test_another_municipality_is_another_right(person: User) -> None:
    RightFactory.create(user=person, municipality=municipality())
    other = Municipality.objects.filter(valid_to=None).order_by("pk")[1]
    browser = signed_in(Client(), person)
    assert browser.post(COORDINATOR, filled(municipality=other.pk)).status_code == 302


# --- the link (PWD-06) -----------------------------------------------------------------


def test_pwd_06_a_link_works_once_and_for_an_hour(person: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked(person)
        path = link_to(WORK)
        clock.shift(timedelta(minutes=60))
        assert Client().post(path).status_code == 410
        reference = Right.objects.get().reference
        signed_in(Client(), person).post(f"/profils/tiesibas/{reference}/saite")
        again = link_to(WORK)
        assert Client().post(again).status_code == 200
        assert Client().post(again).status_code == 410


def test_pwd_06_a_link_is_bound_to_its_purpose(person: User) -> None:
    asked(person)
    token = link_to(WORK).rpartition("/")[2]
    for page in ("/konsultants/apstiprinat-epastu/", "/provider/apstiprinat-epastu/", "/uzaicinajums/"):
        assert Client().post(f"{page}{token}").status_code == 410
    assert Right.objects.get().state == "unconfirmed"


def test_acc_02_another_persons_right_is_not_there(person: User) -> None:
    other = RightRequestFactory(right__state="unconfirmed", right__decided_at=None).right
    answer = signed_in(Client(), person).post(f"/profils/tiesibas/{other.reference}/saite")
    assert answer.status_code == 404
    assert not EntryLink.objects.exists()
    with pytest.raises(NotPermitted):
        services.resend_right_link(right_id=other.pk, by=actor_of(person))


# --- letters -----------------------------------------------------------------------------


def test_letters_go_to_the_confirmed_work_address(person: User) -> None:
    assert person.mail_address == ""
    right = asked(person)
    assert User.objects.get(pk=person.pk).mail_address == ""
    services.confirm_right_address(token=link_to(WORK).rpartition("/")[2])
    assert User.objects.get(pk=person.pk).mail_address == WORK
    services.refuse_right(right_id=right.pk, explanation="Nav pilnvarojuma.", by=officer())
    assert "Nav pilnvarojuma." in Delivery.objects.filter(address=WORK).order_by("-pk")[0].text


def test_a_client_s_own_address_comes_first() -> None:
    client = ClientFactory.create(profile__email="anna@example.lv")
    RightRequestFactory(right__user=client, email_confirmed_at=timezone.now())
    assert client.mail_address == "anna@example.lv"


# --- the end (32.1) ------------------------------------------------------------------------


def test_32_1_a_right_ends_by_itself_and_only_that_one() -> None:
    client = ClientFactory.create()
    over = RightFactory.create(user=client, valid_until=timezone.now() - timedelta(minutes=1))
    kept = RightFactory.create(user=client, kind="consultant", municipality=None)
    tasks.end_rights()
    over.refresh_from_db()
    kept.refresh_from_db()
    assert (over.state, kept.state) == (AccessState.EXPIRED, AccessState.APPROVED)
    assert over.get_state_display() == "Termiņš beidzies"
    assert Notice.objects.filter(recipient=client).count() == 1
    tasks.end_rights()
    assert Notice.objects.filter(recipient=client).count() == 1
    assert actor_of(client).is_client


def test_32_1_a_blocked_right_ends_too_and_others_stay() -> None:
    over = RightFactory.create(state="blocked", valid_until=timezone.now())
    open_ended = RightFactory.create(valid_until=None)
    later = RightFactory.create(valid_until=timezone.now() + timedelta(days=300))
    assert services.end_rights(by=Actor.system("test")) == 1
    assert [Right.objects.get(pk=one.pk).state for one in (over, open_ended, later)] == [
        "expired",
        "approved",
        "approved",
    ]


def test_the_holder_hears_thirty_and_seven_days_before_once_each() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        right = RightFactory.create(valid_until=timezone.now() + timedelta(days=40))
        counts = []
        for days in (9, 2, 1, 22, 1, 6):
            clock.shift(timedelta(days=days))
            tasks.end_rights()
            tasks.end_rights()
            counts.append(Notice.objects.filter(recipient=right.user).count())
    assert counts == [0, 1, 1, 2, 2, 3]


def test_a_short_right_is_warned_of_once() -> None:
    right = RightFactory.create(valid_until=timezone.now() + timedelta(days=5))
    tasks.end_rights()
    assert Notice.objects.filter(recipient=right.user).count() == 1


def test_gdp_02_what_nobody_approved_goes_after_thirty_days(person: User) -> None:
    right = asked(person)
    Client().post(link_to(WORK))
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        assert services.sweep_rights(by=Actor.system("test")) == 0
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        tasks.sweep_registrations()
    assert not Right.objects.exists()
    assert not StoredFile.objects.exists()
    assert AuditEntry.objects.filter(object_type="accounts.right", object_id=str(right.pk)).count() == 3
    assert Notice.objects.filter(recipient=person).count() == 1


def test_only_a_named_job_ends_and_sweeps() -> None:
    for verb in (services.end_rights, services.sweep_rights):
        with pytest.raises(NotPermitted):
            verb(by=officer())


# --- in the admin ------------------------------------------------------------------------


ADDRESS = "/admin/accounts/right/"


def test_an_officer_approves_with_a_term(person: User) -> None:
    right = asked(person)
    Client().post(link_to(WORK))
    browser = signed_in(Client(), AgencyUserFactory.create())
    assert str(person) in browser.get(ADDRESS, {"gaida": "ja"}).content.decode()
    page = browser.get(f"{ADDRESS}{right.pk}/change/").content.decode()
    for words in ("Izglītības speciāliste", WORK, "pilnvarojums.pdf", "decide/approve/", "decide/refuse/"):
        assert words in page
    assert browser.post(f"{ADDRESS}{right.pk}/decide/approve/", {"valid_until": "2099-12-31"}).status_code == 302
    right.refresh_from_db()
    assert right.state == "approved"
    assert right.valid_until is not None
    assert AccessEntry.objects.filter(person_id=str(person.person_id)).exists()


def test_a_late_one_is_marked() -> None:
    RightFactory.create(state="waiting", decided_at=None, due_at=timezone.now() - timedelta(hours=1))
    page = signed_in(Client(), AgencyUserFactory.create()).get(ADDRESS, {"gaida": "ja"}).content.decode()
    assert page.count("nokavēts") == 1


@pytest.mark.parametrize("action", ["refuse", "block"])
def test_an_officer_explains(action: str) -> None:
    state = "waiting" if action == "refuse" else "approved"
    right = RightFactory.create(state=state, decided_at=None if state == "waiting" else timezone.now())
    browser = signed_in(Client(), AgencyUserFactory.create())
    assert browser.post(f"{ADDRESS}{right.pk}/decide/{action}/").status_code == 422
    assert browser.post(f"{ADDRESS}{right.pk}/decide/{action}/", {"explanation": "Nav pilnvaras."}).status_code == 302
    right.refresh_from_db()
    assert right.explanation == "Nav pilnvaras."
