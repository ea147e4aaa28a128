"""C1: each rule about sent offers is broken once, past the constraints, and found by its words."""

from datetime import timedelta

import pytest
from django.db import connection

from calls import selectors, services
from calls.models import Offer
from stars.pages import invariants
from tests.factories.calls import JOB, OfferFactory

pytestmark = pytest.mark.django_db
UNSEALED = "ALTER TABLE calls_offerversion DISABLE TRIGGER calls_version_stays;"
BROKEN = [
    ("not what was sent", UNSEALED + "UPDATE calls_offerversion SET content = content || '{\"version\": 9}'"),
    ("outside the call's window", "UPDATE calls_call SET opens_at = now() + interval '1 hour'"),
    ("standing version disagree", "UPDATE calls_offer SET state = 'draft' WHERE state = 'submitted'"),
    ("withdrawn and count", "UPDATE calls_offeredprogramme SET state = 'withdrawn'"),
    ("over a limit", "UPDATE calls_callkind SET most = 1"),
    ("do not add up", "UPDATE calls_offeredprogramme SET requested_cents = 1"),
    ("without their receipt", "DELETE FROM documents_receipt WHERE kind = 'offer_withdrawn'"),
]


@pytest.fixture(autouse=True)
def sent() -> Offer:
    """Submitted, withdrawn and submitted again, beside another one of the same institution."""
    offer: Offer = OfferFactory.create(submitted=True)
    opens_at = offer.call.opens_at
    services.withdraw_offer(offer_id=offer.pk, arrived_at=opens_at + timedelta(hours=1), by=JOB)
    offer.refresh_from_db()
    shown = selectors.drafted(offer, offer.call).fingerprint
    services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=opens_at + timedelta(hours=2), by=JOB)
    OfferFactory.create(call=offer.call, institution=offer.institution, submitted=True)
    return offer


def found() -> list[str]:
    return [breach.says for breach in invariants.check(only=["C1", "R1"])]


def test_what_the_services_leave_breaks_nothing() -> None:
    assert invariants.check() == []


@pytest.mark.parametrize(("word", "sql"), BROKEN, ids=[word for word, _sql in BROKEN])
def test_a_broken_rule_is_found(word: str, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)
    assert any(word in says for says in found()), found()


def test_r1_a_receipt_of_no_offer_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE documents_receipt SET subject = gen_random_uuid() WHERE kind = 'offer_sent'")
    assert any("no offer" in says for says in found())
