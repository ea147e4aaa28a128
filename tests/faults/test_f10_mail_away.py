"""F10: the mail server is away, busy, refuses, or takes a letter and hangs up. Nobody waits for it, and nobody is told twice."""

from typing import Any

import pytest
from django.utils import timezone

from local import processes
from stars.notices import services
from stars.notices.models import Delivery
from stars.notices.services import delivering
from stars.notices.states import DeliveryState
from tests.factories.notices import DeliveryFactory
from tests.faults.conftest import ROUNDS
from tests.faults.person import Acknowledged, Applicant
from tests.faults.portal import Portal
from tests.notices.conftest import mail_server, mailbox, post_office
from tests.standins.servers import Server

__all__ = ["mail_server", "post_office"]
LETTER = "SELECT state, attempts, message_id, last_error, due_at > now(), id FROM notices_delivery WHERE address = %s"


@pytest.fixture
def applicant(portal: Portal) -> tuple[Applicant, str]:
    """Signed on, with an address of their own where the letter about the application goes."""
    ready, email = portal.somebody()
    ready.browser.sign_on(ready.name, ready.code)
    return ready, email


def letter_about(portal: Portal, address: str, number: str) -> tuple[Any, ...]:
    """State, attempts, Message-ID, last error, whether it waits, and its id."""
    [row] = portal.stack.facts(f"{LETTER} AND subject LIKE %s", address, f"%{number}%")
    return row


def send_while(portal: Portal, applicant: Applicant, email: str, fault: str) -> Acknowledged:
    """An application sent while the mail server is at fault, with no older letters that would be tried before its own.

    A task writes the letter.
    """
    portal.drain()
    portal.mail_fault(fault)
    sent = applicant.send(applicant.fill())
    assert sent is not None
    assert applicant.statuses.count(200) == len(applicant.statuses)
    mine = (email, f"%{sent.number}%")
    assert processes.wait_until(lambda: bool(portal.stack.facts(f"{LETTER} AND subject LIKE %s", *mine)), 90)
    return sent


def arrived(portal: Portal, address: str, number: str) -> list[str]:
    """Message-IDs of the letters about this application that the server has."""
    found = portal.stack.letters(address, wait=0.1)
    return [one["message_id"] for one in found if number in one["subject"]]


def an_hour_passes(portal: Portal) -> None:
    """Time moves by hand: what waits for its next attempt is due now."""
    portal.stack.change("UPDATE notices_delivery SET due_at = now() WHERE state = 'due'")


def its_turn_comes(portal: Portal, address: str) -> None:
    """One letter is the next to be tried: a run ends with the first that finds the server away, so others would delay it."""
    portal.stack.change(
        "UPDATE notices_delivery SET due_at = now() - interval '1 day' WHERE state = 'due' AND address = %s", address
    )


def is_put_off(portal: Portal, address: str, number: str, tries: int) -> bool:
    """O5: tried so many times, and not at once again. While it is being tried, neither is known yet."""
    _, attempts, _, _, waits, _ = letter_about(portal, address, number)
    return bool(attempts >= tries and waits)


@pytest.mark.parametrize("attempt", range(ROUNDS))
@pytest.mark.parametrize("fault", ["down", "busy", "drop"])
def test_f10_a_letter_that_did_not_go_is_tried_again_under_its_message_id(
    portal: Portal, applicant: tuple[Applicant, str], fault: str, attempt: int
) -> None:
    person, address = applicant
    try:
        sent = send_while(portal, person, address, fault)
        for tries in (1, 2):
            assert processes.wait_until(lambda n=tries: is_put_off(portal, address, sent.number, n), 60)  # type: ignore[misc]
            state, _, message_id, error, _, _ = letter_about(portal, address, sent.number)
            assert state == "due"
            assert error
            its_turn_comes(portal, address)
    finally:
        portal.mail_fault("")
    an_hour_passes(portal)
    portal.drain()
    assert letter_about(portal, address, sent.number)[0] == "sent"
    assert set(arrived(portal, address, sent.number)) == {message_id}
    portal.refuse_breaches(person.accepted)


@pytest.mark.parametrize("fault", ["refuse", "down"])
def test_f10_a_letter_given_up_rings_and_is_told_in_the_portal(
    portal: Portal, applicant: tuple[Applicant, str], fault: str
) -> None:
    """For good: the server will never take it (5xx), or it has been tried for eight hours."""
    person, address = applicant
    try:
        sent = send_while(portal, person, address, fault)
        if fault == "down":
            assert processes.wait_until(lambda: letter_about(portal, address, sent.number)[1] >= 1, 60)
            last = delivering.MOST_ATTEMPTS - 1
            portal.stack.change("UPDATE notices_delivery SET attempts = %s WHERE address = %s", last, address)
            its_turn_comes(portal, address)
        assert processes.wait_until(lambda: letter_about(portal, address, sent.number)[0] == "dead", 60)
    finally:
        portal.mail_fault("")
    pk = letter_about(portal, address, sent.number)[5]
    said = f"ERROR stars.notices.services.delivering request=- mail_given_up delivery={pk} "
    assert processes.wait_until(lambda: said in portal.log("worker"), 20)
    assert address not in portal.log("worker")
    notices = person.browser.get("/profils/pazinojumi")
    assert "Jums adresēts e-pasts nav piegādāts" in notices.words, notices.words
    assert "letters_given_up" in portal.alarms()
    an_hour_passes(portal)
    portal.drain()
    assert arrived(portal, address, sent.number) == []  # given up is given up, until the agency sends it again
    portal.refuse_breaches(person.accepted)
    portal.stack.change("UPDATE notices_delivery SET state = 'sent', sent_at = now() WHERE state = 'dead'")


# --- the same with a hand on the letter, and its twin ------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("fixed", [True, False], ids=["fixed at birth", "control"])
def test_f10_control_an_id_made_at_sending_would_show_a_letter_twice(
    post_office: Server, monkeypatch: pytest.MonkeyPatch, fixed: bool
) -> None:
    """A server that takes the letter and hangs up gets it again: only the same Message-ID lets a mailbox see one."""
    letter = DeliveryFactory.create(address=f"divreiz-{fixed}@pasts.example")
    if not fixed:
        original = delivering.letter_of

        def new_id(row: Delivery) -> Any:
            made = original(row)
            made.extra_headers["Message-ID"] = f"<{timezone.now().timestamp()}@stars.gov.lv>"
            return made

        monkeypatch.setattr(delivering, "letter_of", new_id)
    post_office.turn("drop")
    assert services.deliver_due() == 0
    post_office.turn("")
    Delivery.objects.update(due_at=timezone.now())
    assert services.deliver_due() == 1
    seen = [one["message_id"] for one in mailbox(post_office, letter.address)]
    assert len(seen) == 2
    assert len(set(seen)) == (1 if fixed else 2)
    letter.refresh_from_db()
    assert letter.state == DeliveryState.SENT
