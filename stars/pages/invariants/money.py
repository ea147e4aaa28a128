"""I6, I7: double entry in whole cents, every reservation open, spent or returned, prices as they were frozen."""

from collections.abc import Iterator

from .breach import Breach, breaches, firsts

UNBALANCED = """
SELECT t.id FROM funding_ledgertransaction t LEFT JOIN funding_ledgerentry e ON e.transaction_id = t.id
GROUP BY t.id HAVING coalesce(sum(e.amount_cents), 0) <> 0 OR count(e.id) < 2 ORDER BY t.id
"""
SUMS = """
SELECT g.id AS grant_id, g.amount_cents,
  coalesce(sum(e.amount_cents) FILTER (WHERE e.bucket = 'available'), 0) AS available,
  coalesce(sum(e.amount_cents) FILTER (WHERE e.bucket = 'reserved'), 0) AS reserved,
  coalesce(sum(e.amount_cents) FILTER (WHERE e.bucket = 'spent'), 0) AS spent,
  coalesce(sum(e.amount_cents) FILTER (WHERE t.movement = 'grant' AND e.bucket = 'available'), 0) AS posted
FROM funding_grant g
LEFT JOIN funding_ledgertransaction t ON t.grant_id = g.id
LEFT JOIN funding_ledgerentry e ON e.transaction_id = t.id
GROUP BY g.id
"""
NEGATIVE = f"SELECT grant_id FROM ({SUMS}) s WHERE available < 0 OR reserved < 0 OR spent < 0 ORDER BY 1"  # noqa: S608
TOO_MUCH = f"SELECT grant_id FROM ({SUMS}) s WHERE available + reserved + spent > amount_cents ORDER BY 1"  # noqa: S608
NOT_POSTED = f"SELECT grant_id FROM ({SUMS}) s WHERE posted <> amount_cents ORDER BY 1"  # noqa: S608
MISSTATED = """
SELECT r.id FROM funding_reservation r LEFT JOIN funding_ledgertransaction t ON t.reservation_id = r.id
LEFT JOIN funding_ledgerentry e ON e.transaction_id = t.id AND e.bucket IN ('reserved', 'spent')
GROUP BY r.id
HAVING coalesce(sum(e.amount_cents) FILTER (WHERE e.bucket = 'reserved'), 0)
    <> CASE r.state WHEN 'open' THEN r.amount_cents ELSE 0 END
  OR coalesce(sum(e.amount_cents) FILTER (WHERE e.bucket = 'spent'), 0)
    <> CASE r.state WHEN 'captured' THEN r.amount_cents ELSE 0 END
  OR count(DISTINCT t.id) <> CASE r.state WHEN 'open' THEN 1 ELSE 2 END
ORDER BY r.id
"""
STRANGE_GRANT = """
SELECT r.id FROM funding_reservation r JOIN funding_ledgertransaction t ON t.reservation_id = r.id
WHERE t.grant_id <> r.grant_id ORDER BY r.id
"""
FOR_NOTHING = """
SELECT r.id FROM funding_reservation r LEFT JOIN applications_application a ON a.reference = r.purpose
WHERE a.id IS NULL ORDER BY r.id
"""
AGAINST_THE_STATE = """
SELECT a.id FROM applications_application a JOIN funding_reservation r ON r.purpose = a.reference
WHERE r.state <> CASE
  WHEN a.state IN ('submitted', 'admitted') THEN 'open'
  WHEN a.state IN ('completed', 'expelled') THEN 'captured'
  ELSE 'released' END
ORDER BY a.id
"""
NOT_THEIRS = """
SELECT a.id FROM applications_application a JOIN funding_reservation r ON r.purpose = a.reference
JOIN funding_grant g ON g.id = r.grant_id JOIN funding_learningaccount k ON k.id = g.account_id
WHERE k.person_id <> a.client_id OR g.source_id <> a.source_id ORDER BY a.id
"""
UNFUNDED = """
SELECT a.id FROM applications_application a
JOIN funding_learningaccount k ON k.person_id = a.client_id AND k.state = 'approved'
JOIN funding_grant g ON g.account_id = k.id AND g.source_id = a.source_id
LEFT JOIN funding_reservation r ON r.purpose = a.reference
WHERE a.state IN ('submitted', 'admitted') AND a.price_cents > a.own_share_cents AND r.id IS NULL
  AND NOT EXISTS (
    SELECT FROM funding_targetgroupcheck c WHERE c.account_id = k.id AND c.source_id = a.source_id AND c.state = 'open'
  )
ORDER BY a.id
"""
OVER_BUDGET = """
SELECT r.id FROM funding_allotment r JOIN funding_grant g ON g.allotment_id = r.id
GROUP BY r.id HAVING sum(g.amount_cents) > r.budget_cents ORDER BY r.id
"""
OTHER_ROUND = """
SELECT g.id FROM funding_grant g JOIN funding_allotment r ON r.id = g.allotment_id
WHERE r.source_id <> g.source_id ORDER BY g.id
"""
# ADM-03: two officers stand behind each movement by hand, and the movement is what they agreed on.
BY_HAND = """
SELECT t.id FROM funding_ledgertransaction t LEFT JOIN funding_correction c ON c.transaction_id = t.id
LEFT JOIN funding_ledgerentry e ON e.transaction_id = t.id AND e.bucket = 'available'
WHERE t.movement = 'correct' AND (c.id IS NULL OR c.state <> 'posted' OR c.proposed_by_id = c.decided_by_id
  OR c.grant_id <> t.grant_id OR e.amount_cents IS DISTINCT FROM c.amount_cents)
   OR t.movement <> 'correct' AND c.id IS NOT NULL
ORDER BY t.id
"""
SHARE_TOO_BIG = "SELECT id FROM applications_application WHERE own_share_cents > price_cents ORDER BY id"
NOT_COVERED = """
SELECT a.id FROM applications_application a JOIN funding_reservation r ON r.purpose = a.reference
WHERE a.own_share_cents + r.amount_cents <> a.price_cents ORDER BY a.id
"""
DEARER_THAN_ITS_PARTS = """
SELECT o.id FROM catalog_programmeoffer o
JOIN (
  SELECT programme_id, sum(cost_cents) AS cents FROM catalog_programmepart GROUP BY programme_id
) p USING (programme_id)
WHERE o.price_cents > p.cents ORDER BY o.id
"""


def the_ledger_adds_up() -> Iterator[Breach]:
    """Every movement sums to nought, no bucket is in debt, and each reservation is where its application says."""
    yield from breaches("I6", "movements whose entries do not sum to nought", firsts(UNBALANCED))
    yield from breaches("I6", "grants with a bucket below nought", firsts(NEGATIVE))
    yield from breaches("I6", "grants that hold, reserve and have spent more than was given", firsts(TOO_MUCH))
    yield from breaches("I6", "grants that were not posted once in full", firsts(NOT_POSTED))
    yield from breaches("I6", "reservations whose state is not what the ledger says", firsts(MISSTATED))
    yield from breaches("I6", "reservations moved on another grant", firsts(STRANGE_GRANT))
    yield from breaches("I6", "reservations without an application", firsts(FOR_NOTHING))
    yield from breaches("I6", "applications whose reservation is in the wrong state", firsts(AGAINST_THE_STATE))
    yield from breaches("I6", "applications paid from another person's grant or source", firsts(NOT_THEIRS))
    yield from breaches("I6", "live applications for which nothing is reserved", firsts(UNFUNDED))
    yield from breaches("I6", "rounds of money that gave more than their budget", firsts(OVER_BUDGET))
    yield from breaches("I6", "grants of another source's round", firsts(OTHER_ROUND))
    yield from breaches("I6", "movements by hand without two officers behind them", firsts(BY_HAND))


def prices_stay_frozen() -> Iterator[Breach]:
    """Own share and reservation make the price frozen at submit; no programme costs more than its parts."""
    yield from breaches("I7", "applications with a share above the price", firsts(SHARE_TOO_BIG))
    yield from breaches("I7", "applications whose share and reservation are not the price", firsts(NOT_COVERED))
    yield from breaches("I7", "programmes dearer than their capped parts", firsts(DEARER_THAN_ITS_PARTS))
