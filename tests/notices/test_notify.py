"""Telling a person: rows in the caller's transaction, once an event."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.selectors import actor_of
from stars.notices import services
from stars.notices.models import Delivery, Notice
from stars.notices.states import DeliveryState
from tests.factories.accounts import ClientFactory, UserFactory

Tasks = list[tuple[str, tuple[Any, ...]]]


def tell(user: Any, **words: Any) -> Notice:
    said = {"key": "application:17:admitted", "title": "Jūs esat uzņemts", "body": "Mācības sāksies 1. septembrī."}
    services.notify(recipient=user, **said | words)
    return Notice.objects.get(recipient=user, key="application:17:admitted")


@pytest.mark.django_db
def test_a_person_is_told_in_the_portal_and_by_mail(sent_tasks: Tasks, django_capture_on_commit_callbacks: Any) -> None:
    user = ClientFactory(profile__email="anna@pasts.example")
    Delivery.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        notice = tell(user, path="/profils/vesture")
    assert (notice.recipient, notice.title, notice.path) == (user, "Jūs esat uzņemts", "/profils/vesture")
    letter = Delivery.objects.get()
    assert (letter.state, letter.address, letter.subject) == (
        DeliveryState.DUE,
        "anna@pasts.example",
        "Jūs esat uzņemts",
    )
    assert letter.text.startswith("Mācības sāksies 1. septembrī.\n\n")
    assert letter.text.endswith("\n\nhttp://127.0.0.1:8000/profils/vesture")
    assert sent_tasks == [("notices.deliver_due", ())]


@pytest.mark.django_db
def test_i8_telling_twice_changes_nothing() -> None:
    user = ClientFactory()
    before = Delivery.objects.count()
    first = tell(user)
    services.mark_read(notice_id=first.pk, by=actor_of(user))
    second = tell(user, title="Citi vārdi")
    assert (second.pk, second.title) == (first.pk, "Jūs esat uzņemts")
    assert second.read_at is not None
    assert Delivery.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_i8_two_at_the_same_moment_tell_once_and_neither_fails() -> None:
    user = UserFactory()
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def both() -> None:
        try:
            with transaction.atomic():
                barrier.wait(10)
                tell(user)
        except BaseException as error:  # noqa: BLE001 - the test shows whatever it was
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=both) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Notice.objects.filter(recipient=user).count() == 1
    assert Delivery.objects.filter(recipient=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_o1_what_is_rolled_back_was_never_told(sent_tasks: Tasks) -> None:
    user = ClientFactory()
    told, rung = Notice.objects.count(), len(sent_tasks)

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        tell(user)
        raise Undone
    assert Notice.objects.count() == told
    assert len(sent_tasks) == rung


@pytest.mark.django_db
def test_mail_waits_for_a_confirmed_address_and_then_goes() -> None:
    user = ClientFactory(profile__email_confirmed_at=None)
    tell(user)
    letter = Delivery.objects.get(recipient=user, key="application:17:admitted")
    assert (letter.state, letter.address) == (DeliveryState.HELD, "")
    assert services.release_held(recipient_id=user.pk, address="anna@pasts.example") >= 1
    letter.refresh_from_db()
    assert (letter.state, letter.address) == (DeliveryState.DUE, "anna@pasts.example")
    assert services.release_held(recipient_id=user.pk, address="anna@pasts.example") == 0


@pytest.mark.django_db
def test_32_8_mail_that_is_held_goes_nowhere_and_another_person_s_goes_on() -> None:
    user, other = ClientFactory(), ClientFactory()
    tell(user)
    tell(other)
    assert services.hold_mail(recipient_id=user.pk) >= 1
    assert services.hold_mail(recipient_id=user.pk) == 0
    letters = Delivery.objects.filter(recipient=user)
    assert set(letters.values_list("state", "address")) == {(DeliveryState.HELD, "")}
    assert Delivery.objects.filter(recipient=other, state=DeliveryState.DUE).exists()


@pytest.mark.django_db
def test_telling_costs_two_statements_where_the_address_is_known() -> None:
    user = UserFactory()
    known = SimpleNamespace(pk=user.pk, mail_address="anna@pasts.example")
    with CaptureQueriesContext(connection) as seen:
        services.notify(recipient=known, key="x", title="x", body="x")
    assert len(seen) == 2


@pytest.mark.django_db
def test_a_notice_for_the_portal_only_writes_no_letter() -> None:
    user = ClientFactory()
    before = Delivery.objects.count()
    tell(user, mail=False)
    assert Delivery.objects.count() == before


@pytest.mark.django_db
def test_pwd_13_a_line_break_reaches_no_header() -> None:
    user = ClientFactory(profile__email="anna@pasts.example")
    notice = tell(user, title="Uzņemts\r\nBcc: cits@pasts.example")
    assert notice.title == "Uzņemts Bcc: cits@pasts.example"
    with pytest.raises(ValueError, match="line break"):
        services.mail(address="a@b.lv\nBcc: c@d.lv", key="x", subject="x", text="x")
    with pytest.raises(ValueError, match="line break"):
        services.release_held(recipient_id=user.pk, address="a@b.lv\r\nBcc: c@d.lv")


@pytest.mark.django_db
def test_a_title_longer_than_a_subject_ends_with_dots() -> None:
    notice = tell(UserFactory(), title="ā" * 400)
    assert len(notice.title) == 250
    assert notice.title.endswith("…")


@pytest.mark.django_db
def test_a_letter_alone_goes_once_an_event_and_address() -> None:
    for address in ("anna@pasts.example", "anna@pasts.example", "janis@pasts.example"):
        services.mail(address=address, key="reset:5", subject="Parole", text="Saite")
    assert sorted(Delivery.objects.values_list("address", flat=True)) == ["anna@pasts.example", "janis@pasts.example"]
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_letter_needs_an_address() -> None:
    with pytest.raises(ValueError, match="address"):
        services.mail(address="", key="x", subject="x", text="x")
