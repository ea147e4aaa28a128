"""I8: one notice for each event and person, and letters that end sent or given up."""

import json
from collections.abc import Iterator

from applications.states import Action

from .breach import Breach, breaches, firsts

TOLD_TWICE = """
SELECT min(id) FROM notices_notice GROUP BY recipient_id, key HAVING count(*) > 1 ORDER BY 1
"""
MAILED_TWICE = """
SELECT min(id) FROM notices_delivery WHERE recipient_id IS NOT NULL
GROUP BY recipient_id, key HAVING count(*) > 1 ORDER BY 1
"""
SAME_MESSAGE = "SELECT min(id) FROM notices_delivery GROUP BY message_id HAVING count(*) > 1 ORDER BY 1"
NOWHERE = "SELECT id FROM notices_delivery WHERE state <> 'held' AND address = '' ORDER BY id"
UNTOLD = """
SELECT e.object_id || ':' || e.action FROM kernel_auditentry e
JOIN applications_application a ON a.id = e.object_id::bigint
JOIN accounts_user u ON u.person_id = a.client_id AND u.is_active
CROSS JOIN (SELECT %s::jsonb AS names) events
LEFT JOIN notices_notice n
  ON n.recipient_id = u.id AND n.key = 'application:' || e.object_id || ':' || (events.names ->> e.action)
WHERE e.object_type = 'applications.application' AND events.names ? e.action
  AND e.at > now() - interval '1 year' AND n.id IS NULL
  AND (e.action <> 'submit' OR a.institution_told_at IS NOT NULL OR e.at < now() - interval '1 hour')
ORDER BY a.id, e.sequence
"""
EVENTS = {
    "submit": "submitted",
    Action.ADMIT.value: "admitted",
    Action.REJECT.value: "rejected",
    Action.WITHDRAW.value: "withdrawn",
    Action.DECLARE_INELIGIBLE.value: "ineligible",
    Action.COMPLETE.value: "completed",
    Action.EXPEL.value: "expelled",
}


def every_event_was_told_once() -> Iterator[Breach]:
    """Each event of an application has its notice to the client; nobody is told or written to twice about one event.

    Of sending a task tells: an hour without it is too long.
    """
    yield from breaches("I8", "notices told twice", firsts(TOLD_TWICE))
    yield from breaches("I8", "letters written twice", firsts(MAILED_TWICE))
    yield from breaches("I8", "letters that share a Message-ID", firsts(SAME_MESSAGE))
    yield from breaches("I8", "letters due without an address", firsts(NOWHERE))
    yield from breaches("I8", "events of applications nobody was told of", firsts(UNTOLD, [json.dumps(EVENTS)]))
