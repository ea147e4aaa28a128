"""R1: nobody goes on before the terms and the policy in force are confirmed, and again for a new version."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.browsers import unsent
from accounts.models import Consent, PolicyVersion, User
from accounts.selectors import actor_of, needs_consent
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AuditEntry
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    MandateFactory,
    PolicyVersionFactory,
    ProviderFactory,
    UserFactory,
    agree,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policies() -> tuple[PolicyVersion, PolicyVersion]:
    return PolicyVersionFactory(), PolicyVersionFactory(kind="privacy", title="Privātuma politika")


def shown(browser: Client) -> str:
    return str(browser.get("/piekrisana").context["form"].initial["shown"])


def test_sso_18_the_first_sign_in_shows_the_terms_and_nothing_else_opens() -> None:
    browser = signed_in(Client(), UserFactory())
    assert browser.get("/profils")["Location"] == "/piekrisana"
    assert browser.get("/registreties")["Location"] == "/piekrisana"
    assert browser.get("/profils/mans-profils")["Location"] == "/piekrisana"


def test_the_words_are_those_of_the_manual() -> None:
    page = signed_in(Client(), UserFactory()).get("/piekrisana").content.decode()
    assert "<h1>Lietošanas noteikumi un privātuma politika</h1>" in page
    assert (
        'Esmu iepazinies/-usies ar Platformas lietošanas <a href="/lietosanas-noteikumi" target="_blank" '
        'rel="noopener">noteikumiem</a> un <a href="/privatuma-politika.pdf" download>privātuma politiku</a>'
    ) in page
    for label in ("Apstiprināt", "Iziet"):
        assert label in page


def test_confirming_leads_to_registration() -> None:
    user = UserFactory()
    browser = signed_in(Client(), user)
    response = browser.post("/piekrisana", {"agreed": "on", "shown": shown(browser)})
    assert response["Location"] == "/registreties"
    assert Consent.objects.filter(user=user).count() == 2
    entry = AuditEntry.objects.get(object_type="accounts.user", object_id=str(user.pk))
    assert set(entry.data) == {"terms", "privacy"}
    assert browser.get("/piekrisana")["Location"] == "/registreties"


def test_the_way_to_an_account_is_drawn_for_who_is_on_it() -> None:
    browser = signed_in(Client(), UserFactory())
    browser.get("/profils")
    assert "Trīs soļi līdz Jūsu kontam" in browser.get("/piekrisana").content.decode()
    coordinator = signed_in(Client(), UserFactory())
    coordinator.get("/koordinators/registracija")
    assert "Trīs soļi līdz Jūsu kontam" not in coordinator.get("/piekrisana").content.decode()


def test_without_the_tick_nothing_is_kept() -> None:
    browser = signed_in(Client(), UserFactory())
    response = browser.post("/piekrisana", {"shown": shown(browser)})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Apstipriniet, ka esat iepazinies/-usies ar lietošanas noteikumiem un privātuma politiku" in page
    assert "<title>Kļūda: Lietošanas noteikumi un privātuma politika – STARS</title>" in page
    assert not Consent.objects.exists()


def test_terms_16_a_new_version_is_accepted_again_and_the_way_back_is_kept() -> None:
    user = ClientFactory()
    browser = signed_in(Client(), user)
    PolicyVersionFactory(published_at=timezone.now(), amendments="Mainīts 25. punkts.")
    assert browser.get("/profils/mans-profils?a=1")["Location"] == "/piekrisana"
    page = browser.get("/piekrisana")
    assert "Mainīts 25. punkts." in page.content.decode()
    response = browser.post("/piekrisana", {"agreed": "on", "shown": shown(browser)})
    assert response["Location"] == "/profils/mans-profils?a=1"


@pytest.mark.parametrize(
    ("make", "path", "title"),
    [
        (ClientFactory, "/profils/mans-profils", "«Mans profils»"),
        (AgencyUserFactory, "/admin/pages/frequentquestion/add/", "«Pievienot: biežāk uzdots jautājums»"),
    ],
    ids=["a client", "an officer in the admin"],
)
def test_terms_16_what_was_written_while_the_terms_change_is_kept_until_they_are_confirmed(
    make: Callable[[], User], path: str, title: str
) -> None:
    user = make()
    agree(user)
    browser = signed_in(Client(), user)
    PolicyVersionFactory(published_at=timezone.now())
    sent = {
        "other_reason": "Gribu mainīt profesiju, jo darba vairs nav.",
        "sectors": ["3", "5"],
        "position": "7",
        "_save": "Saglabāt",
        "initial-at": "15:56:14",
    }
    answer = browser.post(path, sent, headers={"referer": f"http://testserver{path}"})
    assert answer.status_code == 409
    assert 'href="/piekrisana"' in answer.content.decode()
    response = browser.post("/piekrisana", {"agreed": "on", "shown": shown(browser)}, follow=True)
    main = response.content.decode().partition("<main")[2]
    assert "Gribu mainīt profesiju, jo darba vairs nav." in main
    assert f"Atvērt lapu {title} jaunā cilnē" in main
    assert ("<p>7</p>" in main) == path.startswith("/admin")  # a number that page asks for
    assert "Saglabāt" not in main  # neither the button's word nor what the form itself remembers is theirs
    assert "15:56:14" not in main
    again = browser.get(path)
    assert again.status_code == 200
    assert "Gribu mainīt profesiju" not in again.content.decode()  # shown once


def test_terms_16_of_what_a_script_keeps_half_written_nothing_waits() -> None:
    browser, path = signed_in(Client(), ClientFactory()), "/profils/mans-profils"
    PolicyVersionFactory(published_at=timezone.now())
    headers = {"referer": f"http://testserver{path}", "X-Requested-With": "autosave"}
    assert browser.post(path, {"other_reason": "Gribu mai"}, headers=headers)["Location"] == "/piekrisana"
    assert unsent.name() not in browser.cookies


def test_terms_16_of_a_form_too_long_to_keep_the_texts_can_be_copied() -> None:
    browser = signed_in(Client(), ClientFactory())
    PolicyVersionFactory(published_at=timezone.now())
    sent = {"other_reason": "Gribu mainīt profesiju. " + secrets.token_hex(3000)}
    answer = browser.post("/profils/mans-profils", sent, headers={"referer": "http://testserver/profils/mans-profils"})
    assert answer.status_code == 409
    assert "Gribu mainīt profesiju." in answer.content.decode()
    assert unsent.name() not in browser.cookies


def test_who_acts_for_a_client_reads_that_they_confirm_for_themselves() -> None:
    mandate = MandateFactory.create()
    agree(mandate.right.user)
    browser = signed_in(Client(), mandate.right.user)
    browser.post(f"/koordinators/klienti/{mandate.reference}/sakt")
    PolicyVersionFactory(published_at=timezone.now())
    assert "savā, nevis klienta vārdā" in browser.get("/piekrisana").content.decode()


def test_17_1_officers_of_the_agency_accept_a_new_version_too() -> None:
    officer = AgencyUserFactory()
    browser = signed_in(Client(), officer)
    assert browser.get("/admin/").status_code == 200
    PolicyVersionFactory(published_at=timezone.now())
    assert browser.get("/admin/")["Location"] == "/piekrisana"
    assert browser.post("/piekrisana", {"agreed": "on", "shown": shown(browser)})["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_a_version_to_come_asks_nobody_yet() -> None:
    user = ClientFactory()
    PolicyVersionFactory(published_at=timezone.now() + timedelta(days=1))
    assert not needs_consent(user)


def test_what_was_not_shown_is_not_accepted(policies: tuple[PolicyVersion, PolicyVersion]) -> None:
    browser = signed_in(Client(), UserFactory())
    old = shown(browser)
    PolicyVersionFactory(published_at=timezone.now())
    response = browser.post("/piekrisana", {"agreed": "on", "shown": old})
    assert response.status_code == 422
    assert "Noteikumi tikko mainījās" in response.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.parametrize("odd", ["", "x", "1,,2", "9" * 40, "1;DROP"])
def test_web_07_odd_versions_are_a_form_error(odd: str) -> None:
    browser = signed_in(Client(), UserFactory())
    assert browser.post("/piekrisana", {"agreed": "on", "shown": odd}).status_code == 422


def test_twice_changes_nothing(policies: tuple[PolicyVersion, PolicyVersion]) -> None:
    user = UserFactory()
    for _ in range(2):
        services.accept_policies(user_id=user.pk, shown=[one.pk for one in policies], by=actor_of(user))
    assert Consent.objects.count() == 2
    assert AuditEntry.objects.filter(action="accept_policies").count() == 1


def test_nobody_accepts_for_another(policies: tuple[PolicyVersion, PolicyVersion]) -> None:
    with pytest.raises(NotPermitted):
        services.accept_policies(user_id=UserFactory().pk, shown=[], by=actor_of(UserFactory()))


def test_a_refusal_names_itself(policies: tuple[PolicyVersion, PolicyVersion]) -> None:
    user = UserFactory()
    with pytest.raises(DomainError) as refused:
        services.accept_policies(user_id=user.pk, shown=[policies[0].pk], by=actor_of(user))
    assert refused.value.code == "terms_changed"


def test_employees_accept_the_terms_too() -> None:
    user = ProviderFactory(consents=False)
    browser = signed_in(Client(), user)
    assert isinstance(user, User)
    assert browser.get("/provider")["Location"] == "/piekrisana"
    response = browser.post("/piekrisana", {"agreed": "on", "shown": shown(browser)})
    assert response["Location"] == "/provider"


def test_a_visitor_signs_in_first() -> None:
    assert Client().get("/piekrisana")["Location"] == "/pieslegties?next=%2Fpiekrisana"
