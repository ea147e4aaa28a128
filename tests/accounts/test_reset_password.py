"""A new password by a mailed link: for who reads the mailbox, once, within an hour, and nobody learns who is known."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts import services, tasks
from accounts.models import FailedSignIn, MailedLink, PasswordRequest, Session, User
from accounts.selectors import actor_of
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Delivery, Notice
from tests.conftest import Task, signed_in
from tests.factories.accounts import (
    PASSWORD,
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    DenialFactory,
    PasswordRequestFactory,
    ProviderFactory,
)

ASK, ASKED = "/parole/aizmirsta", "/parole/aizmirsta/nosutita"
NEW = "Kaija-8-bura"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    found: User = ProviderFactory.create(email="mara@example.lv")
    return found


def ask(email: str = "mara@example.lv", **extra: Any) -> Any:
    return Client().post(ASK, {"email": email}, **extra)


def answer() -> None:
    for request in PasswordRequest.objects.order_by("pk"):
        tasks.answer_password_request(request.pk)


def link_of(user: User) -> str:
    text = Delivery.objects.filter(recipient=user, key__startswith="password:link:").latest("pk").text
    found = re.search(r"https?://\S+(/parole/jauna/\S+)", text)
    assert found, text
    return found[1]


def asked_for(user: User) -> str:
    ask(str(user.email))
    answer()
    return link_of(user)


def test_the_whole_way(user: User, settings: Settings) -> None:
    settings.STARS_PUBLIC_BASE_URL = "https://stars.example.lv"
    assert ask(" MARA@example.lv ")["Location"] == ASKED
    answer()
    assert "https://stars.example.lv/parole/jauna/" in Delivery.objects.get(recipient=user).text
    path, browser = link_of(user), Client()
    page = browser.get(path)
    assert page.status_code == 200
    assert 'autocomplete="new-password"' in page.content.decode()
    done = browser.post(path, {"password": NEW, "again": NEW})
    assert done["Location"] == "/provider/login"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "_auth_user_id" not in browser.session
    assert Notice.objects.filter(recipient=user, title="Jūsu parole ir nomainīta").exists()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"ask_password", "choose_password"}


@pytest.mark.parametrize("who", ["unknown", "inactive", "person", "denied"])
def test_pwd_05_one_answer_and_the_same_work_for_every_address(
    user: User, who: str, sent_tasks: list[Task], django_capture_on_commit_callbacks: Any
) -> None:
    """The request looks nobody up: the statements are the same, so the time is; the task finds out later."""
    match who:
        case "inactive":
            ProviderFactory.create(email="x@example.lv", is_active=False)
        case "person":
            ClientFactory.create(profile__email="x@example.lv")
        case "denied":
            DenialFactory.create(user=ProviderFactory.create(email="x@example.lv"))

    def observed(email: str, address: str) -> tuple[Any, list[str]]:
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
            response = ask(email, REMOTE_ADDR=address)
        kinds = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries.captured_queries]
        return response, kinds

    known, same = observed("mara@example.lv", "198.51.100.7")
    other, statements = observed("x@example.lv", "198.51.100.8")
    assert (known.status_code, known["Location"], known.content) == (
        other.status_code,
        other["Location"],
        other.content,
    )
    assert statements == same
    assert [name for name, _ in sent_tasks].count("accounts.answer_password_request") == 2
    answer()
    assert MailedLink.objects.get().user == user


def test_pwd_05_the_form_says_the_same_for_both(user: User) -> None:
    assert Client().get(ASKED).content.decode().count("Ja ar šo adresi kāds pieslēdzas") == 1
    assert ask("nav adrese").status_code == 422


def test_pwd_06_a_link_works_once(user: User) -> None:
    path = asked_for(user)
    assert Client().post(path, {"password": NEW, "again": NEW}).status_code == 302
    for response in (Client().get(path), Client().post(path, {"password": "Kaija-9-bura", "again": "Kaija-9-bura"})):
        assert response.status_code == 410
        assert "Šī saite vairs nedarbojas" in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_pwd_06_a_link_works_for_an_hour(user: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = asked_for(user)
        clock.shift(timedelta(minutes=59, seconds=59))
        assert Client().get(path).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert Client().get(path).status_code == 410
        assert Client().post(path, {"password": NEW, "again": NEW}).status_code == 410


def test_pwd_06_looking_uses_nothing_up(user: User) -> None:
    path = asked_for(user)
    for _ in range(3):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert MailedLink.objects.get().closed_at is None


def test_pwd_06_only_the_newest_link_works(user: User) -> None:
    first = asked_for(user)
    second = asked_for(user)
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_pwd_06_a_link_is_bound_to_the_address_it_was_sent_to(user: User) -> None:
    path = asked_for(user)
    User.objects.filter(pk=user.pk).update(email="cita@example.lv")
    assert Client().post(path, {"password": NEW, "again": NEW}).status_code == 410


def test_pwd_06_the_token_is_kept_as_a_digest_only(user: User) -> None:
    token = asked_for(user).rpartition("/")[2]
    assert token != MailedLink.objects.get().digest
    assert token not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    assert len(token) >= 43


@pytest.mark.parametrize("password", ["short", "Parole123!", "mara@Example1"])
def test_pwd_01_03_the_rules_hold_here_too_and_the_link_stays(user: User, password: str) -> None:
    path = asked_for(user)
    assert Client().post(path, {"password": password, "again": password}).status_code == 422
    assert Client().post(path, {"password": NEW, "again": NEW + "x"}).status_code == 422
    assert Client().get(path).status_code == 200


def test_pwd_04_a_new_password_ends_every_session(user: User) -> None:
    browser = signed_in(Client(), user)
    path = asked_for(user)
    Client().post(path, {"password": NEW, "again": NEW})
    assert not Session.objects.filter(user=user).exists()
    assert browser.get("/provider")["Location"].startswith("/provider/login")


def test_pwd_08_whoever_is_locked_out_comes_in_by_a_new_password(user: User) -> None:
    for _ in range(6):
        Client().post("/provider/login", {"email": user.email, "password": "wrong"})
    path = asked_for(user)
    Client().post(path, {"password": NEW, "again": NEW})
    assert not FailedSignIn.objects.filter(key__startswith="account:").exists()
    assert Client().post("/provider/login", {"email": user.email, "password": NEW}).status_code == 302


def test_pwd_10_requests_of_one_address_are_limited(user: User) -> None:
    codes = [ask(f"user{n}@example.lv").status_code for n in range(31)]
    assert codes == [302] * 30 + [429]
    assert PasswordRequest.objects.count() == 30


def test_a_mailbox_gets_five_links_an_hour(user: User) -> None:
    for _ in range(7):
        ask()
    answer()
    assert MailedLink.objects.count() == 5
    assert not PasswordRequest.objects.exists()


def test_a_denied_user_reads_why_and_gets_no_link(user: User) -> None:
    DenialFactory.create(user=user, words="Konts nodots citam.")
    for _ in range(3):
        ask()
    answer()
    assert not MailedLink.objects.exists()
    letter = Delivery.objects.get(recipient=user)
    assert "32.5. punktu" in letter.text
    assert "Konts nodots citam." in letter.text


def test_request_password_writes_a_row_and_rings_a_bell(
    sent_tasks: list[Task], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.request_password(email=" Mara@Example.lv ", address="198.51.100.7")
    assert PasswordRequest.objects.get().email == "mara@example.lv"
    assert [name for name, _ in sent_tasks] == ["accounts.answer_password_request"]


def test_answer_password_request_twice_sends_one_letter(user: User) -> None:
    request = PasswordRequestFactory.create(email=user.email)
    assert services.answer_password_request(request_id=request.pk)
    assert not services.answer_password_request(request_id=request.pk)
    assert Delivery.objects.count() == 1


def test_unanswered_password_requests_are_answered_by_the_sweep(user: User) -> None:
    lost = PasswordRequestFactory.create(email=user.email, asked_at=timezone.now() - timedelta(minutes=2))
    PasswordRequestFactory.create(email=user.email)
    assert services.unanswered_password_requests() == [lost.pk]
    tasks.guard_doors()
    assert PasswordRequest.objects.count() == 1
    assert MailedLink.objects.count() == 1


# --- started by the agency (terms 31.3) ------------------------------------------------


def test_start_password_reset_sends_a_link_and_tells_the_officer_nothing(user: User) -> None:
    officer = AgencyOfficerFactory.create(duties=["approver"])
    before = user.password
    services.start_password_reset(user_id=user.pk, by=actor_of(officer))
    assert link_of(user)
    user.refresh_from_db()
    assert user.password == before
    entry = AuditEntry.objects.get(action="start_password_reset")
    assert (entry.actor_user_id, entry.data) == (officer.pk, {})


@pytest.mark.parametrize(
    "by", [Actor(), Actor(role=Role.CLIENT, user_id=1), Actor(role=Role.PROVIDER_ADMIN, user_id=1)]
)
def test_start_password_reset_is_the_agency_s(user: User, by: Actor) -> None:
    with pytest.raises(NotPermitted):
        services.start_password_reset(user_id=user.pk, by=by)


def test_people_of_the_sign_on_have_no_password_to_reset() -> None:
    with pytest.raises(NotPermitted):
        services.start_password_reset(user_id=ClientFactory.create().pk, by=actor_of(AgencyUserFactory.create()))


def test_pwd_04_the_admin_s_button_shows_no_link(user: User) -> None:
    browser = signed_in(Client(), AgencyUserFactory.create())
    address = f"/admin/accounts/user/{user.pk}/"
    assert "Sūtīt saiti jaunai parolei" in browser.get(f"{address}change/").content.decode()
    response = browser.post(f"{address}decide/start_reset/", {}, follow=True)
    assert "/parole/jauna/" not in response.content.decode()
    assert MailedLink.objects.filter(user=user).count() == 1


def test_officers_links_lead_to_the_admin_s_own_address(settings: Settings) -> None:
    settings.STARS_ADMIN_BASE_URL = "https://admin.example.lv"
    officer = AgencyUserFactory.create(email="ilze@agentura.example")
    asked_for(officer)
    assert "https://admin.example.lv/parole/jauna/" in Delivery.objects.get(recipient=officer).text


def test_mfa_01_a_new_password_does_not_skip_the_second_step() -> None:
    officer = AgencyUserFactory.create(email="ilze@agentura.example", password=PASSWORD)
    path = asked_for(officer)
    browser = Client()
    browser.post(path, {"password": NEW, "again": NEW})
    response = browser.post("/admin/login/", {"email": officer.email, "password": NEW})
    assert response["Location"] == "/pieslegties/otrais-faktors"
    assert browser.get("/admin/")["Location"].startswith("/admin/login/")
