"""C2, C3: what the commission gave stands behind every decision, and the catalogue shows what was offered."""

from collections.abc import Iterator

from .breach import Breach, breaches, firsts

DECIDED_WITHOUT = """
SELECT p.id FROM calls_offeredprogramme p JOIN calls_call c ON c.id = p.call_id
LEFT JOIN calls_scoresheet s ON s.programme_id = p.id AND s.given_at IS NOT NULL
WHERE p.state = 'approved' OR p.state = 'rejected' AND p.reason = ''
GROUP BY p.id, c.scores_needed HAVING count(s.id) < c.scores_needed ORDER BY p.id
"""
# Points times weight of each given sheet; farther apart than the call allows, something must be agreed on (ADR 0016).
FAR_APART = """
SELECT total.programme_id FROM (
  SELECT s.programme_id, s.id, SUM(o.points * o.weight) AS points FROM calls_scoresheet s
  JOIN calls_points o ON o.sheet_id = s.id
  WHERE s.given_at IS NOT NULL GROUP BY s.programme_id, s.id
) total
JOIN calls_offeredprogramme p ON p.id = total.programme_id AND p.state = 'approved'
JOIN calls_call c ON c.id = p.call_id
WHERE NOT EXISTS (SELECT FROM calls_consensus a WHERE a.programme_id = p.id)
GROUP BY total.programme_id, c.tolerance HAVING MAX(total.points) - MIN(total.points) > c.tolerance
ORDER BY total.programme_id
"""
TOO_MANY = """
SELECT p.id FROM calls_offeredprogramme p JOIN calls_call c ON c.id = p.call_id
JOIN calls_scoresheet s ON s.programme_id = p.id AND s.given_at IS NOT NULL
GROUP BY p.id, c.scores_needed HAVING count(s.id) > c.scores_needed ORDER BY p.id
"""
BY_THE_CONFLICTED = """
SELECT s.id FROM calls_scoresheet s JOIN calls_offeredprogramme p ON p.id = s.programme_id
JOIN calls_offerversion v ON v.id = p.version_id
LEFT JOIN calls_declaration d ON d.seat_id = s.seat_id AND d.offer_id = v.offer_id AND NOT d.has_conflict
WHERE s.given_at IS NOT NULL AND d.id IS NULL ORDER BY s.id
"""
OF_ANOTHER_CALL = """
SELECT s.id FROM calls_scoresheet s JOIN calls_offeredprogramme p ON p.id = s.programme_id
JOIN calls_seat seat ON seat.id = s.seat_id WHERE seat.call_id <> p.call_id ORDER BY s.id
"""
OTHER_PRICE = """
SELECT p.id FROM calls_offeredprogramme p JOIN calls_call c ON c.id = p.call_id
LEFT JOIN catalog_programmeoffer o ON o.programme_id = p.programme_id AND o.source_id = c.source_id
WHERE p.programme_id IS NOT NULL AND o.price_cents IS DISTINCT FROM p.requested_cents ORDER BY p.id
"""
WITHOUT_CONTRACT = """
SELECT p.id FROM calls_offeredprogramme p JOIN calls_offerversion v ON v.id = p.version_id
LEFT JOIN calls_contract k ON k.offer_id = v.offer_id
WHERE p.programme_id IS NOT NULL AND k.id IS NULL ORDER BY p.id
"""


def scores_stand_behind_decisions() -> Iterator[Breach]:
    """Two given scores, or a refusal with its reason; given by members of the call's commission who declared no conflict."""
    yield from breaches(
        "C2", "programmes approved without their scores, or refused without a reason", firsts(DECIDED_WITHOUT)
    )
    yield from breaches("C2", "programmes approved with scores far apart and none agreed", firsts(FAR_APART))
    yield from breaches("C2", "programmes with more scores than the call takes", firsts(TOO_MANY))
    yield from breaches("C2", "scores of who has not declared to be free", firsts(BY_THE_CONFLICTED))
    yield from breaches("C2", "scores from the commission of another call", firsts(OF_ANOTHER_CALL))


def the_catalogue_shows_what_was_offered() -> Iterator[Breach]:
    yield from breaches("C3", "published programmes at another price than requested", firsts(OTHER_PRICE))
    yield from breaches("C3", "programmes published without a contract", firsts(WITHOUT_CONTRACT))
