"""I14: each look at somebody's data by somebody else is written once, and nothing else is."""

from collections.abc import Iterator

from .breach import Breach, breaches, firsts

# One request notes a look once; jobs ("-") ask three registers about one person with the same words.
TWICE = """
SELECT min(id) FROM kernel_accessentry WHERE request_id NOT IN ('', '-') AND actor_role <> 'system'
GROUP BY request_id, person_id, actor_user_id, what, purpose HAVING count(*) > 1 ORDER BY 1
"""
OWN = """
SELECT e.id FROM kernel_accessentry e JOIN accounts_user u ON u.id = e.actor_user_id AND u.person_id = e.person_id
ORDER BY 1
"""
BY_NOBODY = "SELECT id FROM kernel_accessentry WHERE actor_user_id IS NULL AND actor_label = '' ORDER BY id"
# Looks are kept for two years at least (LOG-04).
UNWRITTEN_QUESTION = """
SELECT q.id FROM accounts_registryquestion q
WHERE q.state = 'answered' AND q.answered_at > now() - interval '2 years' AND NOT EXISTS (
  SELECT FROM kernel_accessentry e WHERE e.person_id = q.person_id AND e.actor_role = 'system'
) ORDER BY 1
"""
UNWRITTEN_ACT = """
SELECT DISTINCT a.acting_for_id::text FROM kernel_auditentry a
WHERE a.acting_for_id IS NOT NULL AND a.at > now() - interval '2 years' AND NOT EXISTS (
  SELECT FROM kernel_accessentry e WHERE e.person_id = a.acting_for_id AND e.actor_user_id = a.actor_user_id
) ORDER BY 1
"""


def every_look_is_written_once() -> Iterator[Breach]:
    """What the database can tell; that no page shows data unwritten is walked by tests/pages/test_who_looked.py."""
    yield from breaches("I14", "looks written twice", firsts(TWICE))
    yield from breaches("I14", "looks at one's own data", firsts(OWN))
    yield from breaches("I14", "looks by nobody", firsts(BY_NOBODY))
    yield from breaches("I14", "registers asked without a look written", firsts(UNWRITTEN_QUESTION))
    yield from breaches("I14", "people acted for without a look written", firsts(UNWRITTEN_ACT))
