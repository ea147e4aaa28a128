"""C2, C3: broken once each, past the constraints, and found by name."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from calls import services
from calls.models import OfferedProgramme
from stars.pages import invariants
from tests.factories.calls import CallFactory
from tests.factories.evaluating import ScoreSheetFactory, SeatFactory, evaluator, offered, opened, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> OfferedProgramme:
    """One programme scored, approved and published; another waits for its scores."""
    programme = scored(opened(), (16, 7), (15, 8))
    by = evaluator()
    services.approve_programme(programme_id=programme.pk, by=by)
    services.record_contract(offer_id=programme.version.offer_id, number="2024/1", signed_on=date(2024, 11, 8), by=by)
    services.publish_offered(programme_id=programme.pk, by=by)
    offered(opened())
    assert invariants.check(only=["C2", "C3"]) == []
    return programme


BROKEN = [
    (
        "C2",
        "approved without their scores",
        "UPDATE calls_offeredprogramme SET state = 'approved', decided_at = now(), reason = 'x' WHERE decided_at IS NULL",
    ),
    ("C2", "far apart and none agreed", "UPDATE calls_call SET tolerance = 0 WHERE id = {call}"),
    ("C2", "declared to be free", "UPDATE calls_declaration SET has_conflict = true, reason = 'x'"),
    ("C2", "another call", "UPDATE calls_seat SET call_id = {other} WHERE role = 'member' AND call_id = {call}"),
    ("C3", "another price", "UPDATE catalog_programmeoffer SET price_cents = price_cents + 1"),
    ("C3", "without a contract", "DELETE FROM calls_contract"),
]


@pytest.mark.parametrize(("rule", "says", "statement"), BROKEN)
def test_a_breach_is_found_by_its_name(published: OfferedProgramme, rule: str, says: str, statement: str) -> None:
    other = CallFactory.create()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(other=other.pk, call=published.call_id))
    assert any(says in breach.says for breach in invariants.check(only=[rule]))


def test_c2_more_scores_than_the_call_takes_are_found(published: OfferedProgramme) -> None:
    seat = SeatFactory.create(call=published.call)
    ScoreSheetFactory.create(programme=published, seat=seat, given_at=timezone.now())
    assert any("more scores" in breach.says for breach in invariants.check(only=["C2"]))
