"""From the outbox to the mail server: a real one on a port, with a knob for its faults."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.notices import services, tasks
from stars.notices.models import Delivery, Notice
from stars.notices.services import delivering
from stars.notices.states import DeliveryState
from tests.factories.notices import DeliveryFactory
from tests.notices.conftest import mailbox
from tests.standins.servers import Server

AGENCY = Actor(role=Role.AGENCY, user_id=1, label="Aģentūra")


@pytest.mark.django_db
def test_a_due_letter_arrives_whole(post_office: Server) -> None:
    letter = DeliveryFactory(
        address="vesela@pasts.example",
        subject="Jūs esat uzņemts programmā «Web»",
        text="Pirmā rinda\notrā rinda\n\n<b>Nav HTML</b>\n\nhttp://127.0.0.1:8000/profils?a=1&b=2",
    )
    tasks.deliver_due()
    [arrived] = mailbox(post_office, "vesela@pasts.example")
    assert arrived["subject"] == "Jūs esat uzņemts programmā «Web»"
    assert arrived["from"] == "stars@viaa.gov.lv"
    assert ["From", "STARS <stars@viaa.gov.lv>"] in arrived["headers"]
    assert arrived["message_id"] == letter.message_id
    assert arrived["text"].startswith("Labdien,\n\nPirmā rinda\notrā rinda\n\n<b>Nav HTML</b>")
    assert "+371\u00a067359075" in arrived["text"]
    assert "&lt;b&gt;Nav HTML&lt;/b&gt;" in arrived["html"]
    assert 'href="http://127.0.0.1:8000/profils?a=1&amp;b=2"' in arrived["html"]
    assert "<style" not in arrived["html"]
    assert 'style="' in arrived["html"]
    letter.refresh_from_db()
    assert letter.state == DeliveryState.SENT
    assert letter.sent_at is not None
    assert (letter.attempts, letter.last_error, letter.leased_until) == (1, "", None)


@pytest.mark.django_db
def test_a_second_run_does_nothing(post_office: Server) -> None:
    DeliveryFactory(address="viena@pasts.example")
    assert services.deliver_due() == 1
    assert services.deliver_due() == 0
    assert len(mailbox(post_office, "viena@pasts.example")) == 1


@pytest.mark.django_db
def test_held_sent_dead_and_future_letters_stay(post_office: Server) -> None:
    now = timezone.now()
    DeliveryFactory(address="", state=DeliveryState.HELD)
    DeliveryFactory(state=DeliveryState.SENT, sent_at=now)
    DeliveryFactory(state=DeliveryState.DEAD)
    DeliveryFactory(due_at=now + timedelta(minutes=1))
    DeliveryFactory(leased_until=now + timedelta(minutes=1))
    assert services.deliver_due() == 0


@pytest.mark.django_db
def test_o2_a_lapsed_lease_is_taken_again_under_the_same_message_id(post_office: Server) -> None:
    letter = DeliveryFactory(
        address="miris@pasts.example", leased_until=timezone.now() - timedelta(seconds=1), attempts=1
    )
    assert timedelta(minutes=2) > delivering.LEASE
    assert services.deliver_due() == 1
    assert [one["message_id"] for one in mailbox(post_office, "miris@pasts.example")] == [letter.message_id]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_letter_once(post_office: Server) -> None:
    DeliveryFactory(address="divi@pasts.example")
    assert _two_workers() == [0, 1]
    assert len(mailbox(post_office, "divi@pasts.example")) == 1


@pytest.mark.django_db(transaction=True)
def test_control_two_workers_without_the_lease_send_it_twice(
    post_office: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = DeliveryFactory(address="kontrole@pasts.example")
    both_hold_it = threading.Barrier(2)
    turns = threading.local()

    def claim_without_lease() -> Delivery | None:
        if getattr(turns, "done", False):
            return None
        turns.done = True
        row = Delivery.objects.get(pk=letter.pk)
        both_hold_it.wait(10)
        return row

    monkeypatch.setattr(delivering, "_claim", claim_without_lease)
    _two_workers()
    assert len(mailbox(post_office, "kontrole@pasts.example")) == 2


def _two_workers() -> list[int]:
    start, sent = threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait(10)
            sent.append(services.deliver_due())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(sent)


@pytest.mark.django_db
def test_f10_a_mail_server_that_is_away_costs_one_letter_an_attempt_and_the_mail_goes_later(
    post_office: Server, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    first, second = DeliveryFactory(address="velak@pasts.example"), DeliveryFactory(address="velak@pasts.example")
    assert services.deliver_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.attempts) == (DeliveryState.DUE, 1, 0)
    assert first.due_at > timezone.now()
    assert first.last_error == "ConnectionRefusedError"
    settings.EMAIL_PORT = port
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert services.deliver_due() == 2
    assert len(mailbox(post_office, "velak@pasts.example")) == 2


@pytest.mark.django_db
def test_a_busy_mail_server_delays_the_letter(post_office: Server) -> None:
    post_office.turn("busy")
    letter = DeliveryFactory()
    assert services.deliver_due() == 0
    letter.refresh_from_db()
    assert letter.state == DeliveryState.DUE
    assert letter.due_at > timezone.now()


@pytest.mark.django_db
def test_o5_a_letter_refused_for_good_is_given_up_with_an_alarm_and_a_word_in_the_portal(
    post_office: Server, caplog: pytest.LogCaptureFixture
) -> None:
    post_office.turn("refuse")
    letter = DeliveryFactory(address="nav@pasts.example")
    assert services.deliver_due() == 0
    letter.refresh_from_db()
    assert letter.state == DeliveryState.DEAD
    assert [(record.levelname, "nav@pasts.example" in record.getMessage()) for record in caplog.records] == [
        ("ERROR", False)
    ]
    notice = Notice.objects.get(recipient=letter.recipient)
    assert letter.subject in notice.body
    assert not Delivery.objects.exclude(pk=letter.pk).exists()


@pytest.mark.django_db
def test_o5_one_refused_letter_does_not_stop_the_next(post_office: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    post_office.turn("refuse")
    DeliveryFactory(), DeliveryFactory()
    services.deliver_due()
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 2


@pytest.mark.django_db
def test_o5_after_the_last_attempt_a_letter_is_given_up(post_office: Server, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    letter = DeliveryFactory(attempts=delivering.MOST_ATTEMPTS - 1)
    services.deliver_due()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (DeliveryState.DEAD, delivering.MOST_ATTEMPTS)


@pytest.mark.django_db
def test_no_transaction_is_open_while_the_mail_server_thinks(
    post_office: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    DeliveryFactory()
    outer, depths = len(connection.savepoint_ids), []
    original = delivering.letter_of

    def watched(row: Delivery) -> Any:
        depths.append(len(connection.savepoint_ids))
        return original(row)

    monkeypatch.setattr(delivering, "letter_of", watched)
    services.deliver_due()
    assert depths == [outer]


def test_pauses_double_up_to_half_an_hour_and_differ() -> None:
    first = [services.delay_before(2).total_seconds() for _ in range(50)]
    assert 8 <= min(first) < max(first) <= 12
    assert 16 <= services.delay_before(3).total_seconds() <= 24
    assert services.delay_before(24).total_seconds() <= 1800 * 1.2
    assert services.delay_before(1000).total_seconds() <= 1800 * 1.2


@pytest.mark.django_db
def test_the_agency_sends_a_given_up_letter_again(post_office: Server) -> None:
    letter = DeliveryFactory(
        state=DeliveryState.DEAD, attempts=24, last_error="SMTPDataError 550", address="velreiz@pasts.example"
    )
    assert services.send_again(delivery_id=letter.pk, by=AGENCY)
    assert services.deliver_due() == 1
    assert not services.send_again(delivery_id=letter.pk, by=AGENCY)
    assert len(mailbox(post_office, "velreiz@pasts.example")) == 1


@pytest.mark.django_db
def test_nobody_else_may_send_it_again() -> None:
    letter = DeliveryFactory(state=DeliveryState.DEAD)
    for actor in (
        Actor(),
        Actor(role=Role.CLIENT, user_id=5),
        Actor(role=Role.PROVIDER_ADMIN, user_id=5, institution_id=-1),
    ):
        with pytest.raises(NotPermitted):
            services.send_again(delivery_id=letter.pk, by=actor)
