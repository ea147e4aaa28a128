"""The client's pages round an application: check, receipt, its own page, withdrawal, history; foreign ones are 404."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from accounts.models import User
from accounts.selectors import actor_of
from applications import selectors, services
from applications.models import Application, Draft
from applications.services import submitting
from applications.states import State
from catalog.models import ApplicationRound
from stars.classifiers.models import RejectionReason
from tests.applications.test_draft import main_of
from tests.applications.test_submit import fingerprint_of, send
from tests.factories.accounts import ClientFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import CourseGroupFactory, RoundFactory, VenueFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(person__code="010190-12345")
    return user


@pytest.fixture
def draft(client: User) -> Draft:
    RoundFactory.create(source=imk())
    made: Draft = DraftFactory.create(client=client.person, source=imk())
    return made


def check_of(draft: Draft) -> str:
    return f"/pieteikums/{draft.reference}/parbaudit"


# --- check page ---------------------------------------------------------------------------


def test_everything_is_shown_before_it_is_sent(draft: Draft, client: User, as_client: Browse) -> None:
    approved_account(client.person)
    shown = main_of(as_client(client).get(check_of(draft)))
    for words in (
        "010190-12345",
        "26 123 456",
        "Grāmatvede",
        "Lai labāk paveiktu pašreizējo darbu",
        "0,00 €",
        "500,00 €",
        "72,57 €",
        "Pieteikties",
    ):
        assert words in shown, words
    assert shown.count("Mainīt") >= 6
    assert not Application.objects.exists()


def test_the_own_code_is_masked_until_asked_for_on_the_form_and_before_it_is_sent(
    draft: Draft, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    for path in (check_of(draft), f"/pieteikums/jauns/{draft.programme.number}/imk/1"):
        shown = main_of(browser.get(path))
        assert "010190-*****" in shown, path
        before, _, hidden = shown.partition("Rādīt visu personas kodu")  # closed until pressed, also without a script
        assert '<details class="more"><summary>' in before
        assert hidden.count("010190-12345") == 1
        assert "010190-12345" not in before


def test_x24_the_press_sends_and_a_second_press_shows_the_same_receipt(
    draft: Draft, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    mark = {"fingerprint": fingerprint_of(draft)}
    first = browser.post(check_of(draft), mark)
    second = browser.post(check_of(draft), mark)
    receipt = f"/pieteikums/{draft.reference}/apstiprinajums"
    assert first.headers["Location"] == second.headers["Location"] == receipt
    assert Application.objects.count() == 1
    assert browser.get(check_of(draft)).headers["Location"] == receipt  # the back button


def test_an_incomplete_draft_has_no_button_and_names_what_is_missing(
    draft: Draft, client: User, as_client: Browse
) -> None:
    draft.answers = draft.answers | {"profession": "", "knows_content": False}
    draft.save()
    browser = as_client(client)
    shown = main_of(browser.get(check_of(draft)))
    assert "Pieteikums vēl nav pilnīgs" in shown
    assert "Ievadiet profesiju, amatu" in shown
    assert 'name="fingerprint"' not in shown
    posted = browser.post(check_of(draft), {"fingerprint": fingerprint_of(draft)})
    assert posted.status_code == 422
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_changed_meanwhile_shows_the_new_answers(draft: Draft, client: User, as_client: Browse) -> None:
    mark = {"fingerprint": fingerprint_of(draft)}
    draft.answers = draft.answers | {"profession": "Programmētājs"}
    draft.save()
    answer = as_client(client).post(check_of(draft), mark)
    assert answer.status_code == 422
    shown = main_of(answer)
    assert "Kamēr aizpildījāt formu, dati mainījās." in shown
    assert "Programmētājs" in shown


def test_x27_full_meanwhile_keeps_the_draft_and_offers_like_groups(
    draft: Draft, client: User, as_client: Browse
) -> None:
    other = VenueFactory.create(institution=draft.programme.institution, address="Dzirnavu iela 7, Valmiera")
    draft.programme.groups.update(taken=20)
    CourseGroupFactory.create(programme=draft.programme, venue=other)
    answer = as_client(client).post(check_of(draft), {"fingerprint": fingerprint_of(draft)})
    assert answer.status_code == 409
    shown = main_of(answer)
    assert "Izvēlētajā norises vietā brīvu vietu vairs nav." in shown
    assert "Dzirnavu iela 7, Valmiera" in shown
    assert "Jūsu atbildes ir saglabātas melnrakstā." in shown
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_closed_meanwhile_names_the_deadline(draft: Draft, client: User, as_client: Browse) -> None:
    mark = {"fingerprint": fingerprint_of(draft)}
    ApplicationRound.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    answer = as_client(client).post(check_of(draft), mark)
    assert answer.status_code == 409
    assert "Pieteikties varēja līdz" in main_of(answer)


def test_k5_a_long_wait_becomes_a_retry_page_with_the_token(
    draft: Draft, client: User, as_client: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(**_: Any) -> None:
        raise OperationalError("lock timeout") from LockNotAvailable("lock timeout")

    mark = fingerprint_of(draft)
    with monkeypatch.context() as patched:
        patched.setattr(submitting, "take_place_at", wait)
        answer = as_client(client).post(check_of(draft), {"fingerprint": mark})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    shown = main_of(answer)
    assert mark in shown
    assert check_of(draft) in shown
    assert as_client(client).post(check_of(draft), {"fingerprint": mark}).status_code == 302


def test_another_failure_of_the_database_is_not_hidden(
    draft: Draft, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(submitting, "take_place_at", fail)
    with pytest.raises(OperationalError):
        send(draft, client)


def test_a_draft_that_is_gone(client: User, draft: Draft, as_client: Browse) -> None:
    address = check_of(draft)
    draft.delete()
    answer = as_client(client).post(address, {"fingerprint": "0" * 64})
    assert answer.status_code == 409
    assert "Šāda melnraksta vairs nav." in main_of(answer)


# --- receipt and own page ------------------------------------------------------------------


def test_receipt_says_number_moment_status_and_what_comes_next(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    shown = main_of(as_client(client).get(f"/pieteikums/{draft.reference}/apstiprinajums"))
    last_day = selectors.answer_by(application)
    for words in (
        application.number,
        "Pieteikts",
        f"Atbildi saņemsiet 10 darba dienu laikā, līdz {last_day:%d.%m.%Y}.",
        "Atteikties varat līdz",
    ):
        assert words in shown
    assert f"{timezone.localtime(application.submitted_at):%d.%m.%Y %H:%M}" in shown


def test_own_page_shows_way_answers_money_and_withdrawal(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    shown = main_of(as_client(client).get(f"/profils/pieteikumi/{application.reference}"))
    for words in ("Pieteikts", "Atbilstības pārbaude", "427,43 €", "Grāmatvede", "Atteikties var līdz"):
        assert words in shown
    assert "data-dialog" in shown


def test_after_the_round_a_line_says_why_and_whom_to_write(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    ApplicationRound.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    browser = as_client(client)
    shown = main_of(browser.get(f"/profils/pieteikumi/{application.reference}"))
    assert "Atteikties varēja līdz" in shown
    assert "stars@viaa.gov.lv" in shown
    assert f"{application.reference}/atteikties" not in shown
    for answer in (
        browser.get(f"/profils/pieteikumi/{application.reference}/atteikties"),
        browser.post(f"/profils/pieteikumi/{application.reference}/atteikties", {"reason": ""}),
    ):
        assert answer.status_code == 409
        assert "stars@viaa.gov.lv" in main_of(answer)


def test_a_rejection_shows_reason_text_and_next_step(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    reason = RejectionReason.objects.order_by("position")[0]
    services.reject(application_id=application.pk, by=SYSTEM, reason_id=reason.pk, explanation="Gaidām citā grupā.")
    shown = main_of(as_client(client).get(f"/profils/pieteikumi/{application.reference}"))
    assert reason.label in shown
    assert "Gaidām citā grupā." in shown
    assert f"{application.reference}/atteikties" not in shown


def test_x64_the_line_keeps_every_status(draft: Draft, client: User) -> None:
    approved_account(client.person)
    application = send(draft, client)
    services.admit(application_id=application.pk, by=SYSTEM)
    services.complete(application_id=application.pk, by=SYSTEM)
    application.refresh_from_db()
    application.client.gender = "m"
    assert [step.label for step in selectors.timeline_of(application)] == ["Pieteikts", "Uzņemts", "Pabeidzis"]


# --- withdrawal -------------------------------------------------------------------------------


def test_x40_consequences_first(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    address = f"/profils/pieteikumi/{application.reference}/atteikties"
    browser = as_client(client)
    shown = main_of(browser.get(address))
    assert f"Vai tiešām vēlaties atteikties no programmas «{application.programme.name}»?" in shown
    assert "Jūsu vieta tiks atbrīvota. Pēc atteikšanās varēsiet pieteikties citai programmai." in shown
    assert "Jā, atteikties" in shown
    assert "Nē, saglabāt pieteikumu" in shown
    application.refresh_from_db()
    assert application.state == State.SUBMITTED

    done = browser.post(address, {"reason": "Mainījās plāni."}, follow=True)
    assert done.redirect_chain == [("/profils", 302)]
    application.refresh_from_db()
    assert (application.state, application.withdrawal_reason) == (State.WITHDRAWN, "Mainījās plāni.")
    assert browser.get(address).status_code == 302
    again = browser.post(address, {"reason": ""})  # the same press twice is no error (F16)
    assert (again.status_code, again["Location"]) == (302, f"/profils/pieteikumi/{application.reference}")


def test_a_reason_too_long_is_an_error_of_the_field(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    answer = as_client(client).post(f"/profils/pieteikumi/{application.reference}/atteikties", {"reason": "x" * 501})
    assert answer.status_code == 422
    assert "Saīsiniet tekstu līdz 500 zīmēm" in answer.content.decode()


# --- history ---------------------------------------------------------------------------------------


def test_history_is_empty_with_the_words_of_the_manual(client: User, as_client: Browse) -> None:
    assert "Jūsu mācību vēsture vēl ir tukša" in main_of(as_client(client).get("/profils/vesture"))


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_the_same_whatever_its_length(
    client: User, as_client: Browse, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        ApplicationFactory.create(client=client.person, completed=True)
    browser = as_client(client)
    browser.get("/profils/vesture")
    with django_assert_max_num_queries(9):
        shown = main_of(browser.get("/profils/vesture"))
    assert shown.count("<article") == count


@pytest.mark.parametrize("count", [1, 3])
def test_cards_cost_as_much_for_one_as_for_three(client: User, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        ApplicationFactory.create(client=client.person, withdrawn=True)
        DraftFactory.create(client=client.person)
    with django_assert_num_queries(2):  # the applications, and their receipts
        assert len(selectors.history_of(client.person.pk)) == count
    with django_assert_num_queries(1):
        assert len(selectors.drafts_of(client.person.pk)) == count
    with django_assert_num_queries(1):
        assert selectors.current_applications(client.person.pk) == []


# --- other people's ----------------------------------------------------------------------------------


def test_acc_02_a_foreign_application_is_not_there(draft: Draft, client: User, as_client: Browse) -> None:
    application = send(draft, client)
    stranger = as_client(ClientFactory.create())
    for path in (
        f"/pieteikums/{application.reference}/apstiprinajums",
        f"/pieteikums/{application.reference}/parbaudit",
        f"/profils/pieteikumi/{application.reference}",
        f"/profils/pieteikumi/{application.reference}/atteikties",
    ):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/profils/pieteikumi/{application.reference}/atteikties").status_code == 404
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_cards_say_what_may_be_done(draft: Draft, client: User) -> None:
    send(draft, client)
    card = selectors.current_applications(client.person.pk)[0]
    assert card.may_withdraw
    assert card.steps[0].state == "done"
    later = selectors.current_applications(client.person.pk, card.withdraw_until + timedelta(microseconds=1))[0]
    assert not later.may_withdraw
    assert actor_of(client).is_client
