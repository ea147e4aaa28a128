"""I5, I9, I15: the audit chain of every object, one decision for each application, verdicts with their facts."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import connection
from django.db.models import Model

from accounts.models import FactDispute
from accounts.states import DISPUTE
from applications.models import Application
from applications.states import LIFECYCLE
from funding.models import LearningAccount
from funding.states import ACCOUNT
from stars.kernel import audit
from stars.kernel.models import AuditEntry
from stars.kernel.states import Lifecycle

from .breach import Breach, breaches, firsts

READ_AT_ONCE = 5000
FIRST = "submit"
NO_DATA = "{}"
TRAIL = """
SELECT object_type, object_id, sequence, action, from_state, to_state, actor_role, actor_user_id, actor_label, acting_for_id,
  data::text, request_id, at, seal
FROM kernel_auditentry ORDER BY object_type, object_id, sequence
"""
DECIDED_TWICE = """
SELECT object_id FROM kernel_auditentry
WHERE object_type = 'applications.application' AND action IN ('admit', 'reject', 'declare_ineligible')
GROUP BY object_id HAVING count(*) > 1 ORDER BY object_id
"""
BARE_VERDICT = """
SELECT c.application_id FROM applications_eligibilitycheck c
WHERE EXISTS (
  SELECT FROM jsonb_array_elements(c.findings) f
  WHERE coalesce(f ->> 'origin', '') = '' OR coalesce(f ->> 'verdict', '') NOT IN ('met', 'not_met', 'unknown')
) OR c.verdict <> CASE
  WHEN c.findings @> '[{"verdict": "not_met"}]' THEN 'not_met'
  WHEN c.findings @> '[{"verdict": "unknown"}]' THEN 'unknown'
  ELSE 'met' END
ORDER BY 1
"""
BARE_CHECK = """
SELECT c.id FROM funding_targetgroupcheck c
WHERE c.findings <> '[]' AND (EXISTS (
  SELECT FROM jsonb_array_elements(c.findings) f
  WHERE coalesce(f ->> 'origin', '') = '' OR coalesce(f ->> 'version', '') = ''
    OR coalesce(f ->> 'verdict', '') NOT IN ('met', 'not_met', 'unknown')
) OR c.verdict <> CASE
  WHEN c.findings @> '[{"verdict": "not_met"}]' THEN 'not_met'
  WHEN c.findings @> '[{"verdict": "unknown"}]' THEN 'unknown'
  ELSE 'met' END)
ORDER BY 1
"""
BARE_FACT = """
SELECT id FROM accounts_registryfact
WHERE request_id = '' OR origin = '' OR verdict NOT IN ('confirmed', 'refuted', 'unknown')
  OR (verdict <> 'unknown' AND sealed = '') OR fetched_at > now() + interval '1 minute'
ORDER BY 1
"""
DISPUTED_AND_DECIDES = """
SELECT f.id FROM accounts_registryfact f
JOIN accounts_factdispute d ON d.fact_id = f.id AND d.state = 'open'
WHERE f.verdict <> 'unknown' ORDER BY 1
"""
GIVEN_BY_THE_JOB_UNKNOWING = """
SELECT c.id FROM funding_targetgroupcheck c JOIN kernel_auditentry e
  ON e.object_type = 'funding.targetgroupcheck' AND e.object_id = c.id::text AND e.action = 'give'
WHERE e.actor_role = 'system' AND e.actor_label = 'funding.check_account' AND e.data ->> 'verdict' <> 'met' ORDER BY 1
"""
AGE_FROM_ELSEWHERE = """
SELECT p.id FROM accounts_person p
WHERE p.birth_date IS NOT NULL AND NOT EXISTS (
  SELECT FROM accounts_registryfact f
  WHERE f.person_id = p.id AND f.kind = 'birth_date' AND f.superseded_at IS NULL AND f.verdict <> 'unknown'
) ORDER BY 1
"""
ADMITTED_AGAINST_THE_CHECK = """
SELECT c.application_id FROM applications_eligibilitycheck c JOIN kernel_auditentry e
  ON e.object_type = 'applications.application' AND e.object_id = c.application_id::text AND e.action = 'admit'
WHERE c.verdict = 'not_met' AND c.checked_at < e.at ORDER BY 1
"""


class Entry(NamedTuple):
    """One row of the trail, read past the ORM: there may be millions. Has what `audit.seal` looks at."""

    object_type: str
    object_id: str
    sequence: int
    action: str
    from_state: str
    to_state: str
    actor_role: str
    actor_user_id: int | None
    actor_label: str
    acting_for_id: UUID | None
    data: Any
    request_id: str
    at: datetime
    seal: str


class Chained(NamedTuple):
    """Which objects have a lifecycle: what their entries may say, and where each object stands now."""

    lifecycle: Lifecycle
    states: dict[str, str]


class Found:
    """What is wrong, by kind, while one pass goes over the whole trail."""

    def __init__(self) -> None:
        self.gaps: list[str] = []
        self.seals: list[str] = []
        self.order: list[str] = []
        self.nobody: list[str] = []
        self.links: list[str] = []
        self.moves: list[str] = []
        self.ends: list[str] = []
        self.missing: list[str] = []

    def breaches(self) -> Iterator[Breach]:
        yield from breaches("I5", "entries out of the numbering of their chain", self.gaps)
        yield from breaches("I5", "entries whose seal is broken", self.seals)
        yield from breaches("I5", "entries older than the one before them", self.order)
        yield from breaches("I5", "entries without an actor", self.nobody)
        yield from breaches("I5", "entries that do not begin where the last one ended", self.links)
        yield from breaches("I5", "entries of a move the lifecycle does not know", self.moves)
        yield from breaches("I5", "objects whose state is not where their chain ends", self.ends)
        yield from breaches("I5", "applications without an audit chain", self.missing)


# Whoever registers or was invited is nobody here yet; the entry keeps the name they gave.
OF_STRANGERS = {"accounts.registration", "accounts.invitation"}


def every_chain_holds() -> Iterator[Breach]:
    """One chain an object: numbered without gaps, sealed, in time, by somebody, and true to lifecycle and state."""
    chained = {
        "applications.application": Chained(LIFECYCLE, _states(Application)),
        "funding.learningaccount": Chained(ACCOUNT, _states(LearningAccount)),
        "accounts.factdispute": Chained(DISPUTE, _states(FactDispute)),
    }
    found, seen = Found(), set()
    last: Entry | None = None
    for entry in _entries():
        if last is not None and (last.object_type, last.object_id) != (entry.object_type, entry.object_id):
            _end(last, chained, found)
            last = None
        if last is None:
            seen.add((entry.object_type, entry.object_id))
        _link(entry, last, chained.get(entry.object_type), found)
        last = entry
    if last is not None:
        _end(last, chained, found)
    for object_id in chained["applications.application"].states:
        if ("applications.application", object_id) not in seen:
            found.missing.append(object_id)
    yield from found.breaches()


def one_decision_each() -> Iterator[Breach]:
    yield from breaches("I9", "applications decided more than once", firsts(DECIDED_TWICE))


def verdicts_carry_their_facts() -> Iterator[Breach]:
    """Every finding says where it comes from, the verdict follows from the findings, and "not met" admits nobody."""
    yield from breaches("I15", "eligibility checks whose verdict is not their findings'", firsts(BARE_VERDICT))
    yield from breaches("I15", "applications admitted against the check", firsts(ADMITTED_AGAINST_THE_CHECK))
    yield from breaches("I15", "target-group checks whose verdict is not their findings'", firsts(BARE_CHECK))
    yield from breaches("I15", "facts without origin, time, request or verdict", firsts(BARE_FACT))
    yield from breaches("I15", "disputed facts that decide", firsts(DISPUTED_AND_DECIDES))
    yield from breaches("I15", "grants the job gave without knowing", firsts(GIVEN_BY_THE_JOB_UNKNOWING))
    yield from breaches("I15", "birth dates no register has told (COD-05)", firsts(AGE_FROM_ELSEWHERE))


def _entries() -> Iterator[Entry]:
    """Every entry, chain after chain, a few thousand in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(TRAIL)
        while found := cursor.fetchmany(READ_AT_ONCE):
            for *before, data, request_id, at, seal in found:
                yield Entry._make([*before, {} if data == NO_DATA else json.loads(data), request_id, at, seal])


def _states(model: type[Model]) -> dict[str, str]:
    return {str(pk): state for pk, state in model._default_manager.order_by().values_list("pk", "state")}


def _link(entry: Entry, last: Entry | None, chained: Chained | None, found: Found) -> None:
    if entry.sequence != (last.sequence + 1 if last else 1):
        found.gaps.append(_name(entry))
    if audit.seal(cast("AuditEntry", entry), last.seal if last else "") != entry.seal:
        found.seals.append(_name(entry))
    if last and entry.at < last.at:
        found.order.append(_name(entry))
    is_stranger = entry.actor_role == "anonymous" and entry.object_type not in OF_STRANGERS
    if is_stranger or (entry.actor_user_id is None and not entry.actor_label):
        found.nobody.append(_name(entry))
    if chained is None:
        return
    if entry.from_state != (last.to_state if last else ""):
        found.links.append(_name(entry))
    if not _is_known(entry, chained.lifecycle, is_first=last is None):
        found.moves.append(_name(entry))


def _is_known(entry: Entry, lifecycle: Lifecycle, *, is_first: bool) -> bool:
    """The first entry opens the chain; a later one is a move of the table, or leaves the state as it is."""
    if is_first:
        return entry.action not in lifecycle.moves
    move = lifecycle.moves.get(entry.action)
    if move is None:
        return entry.action != FIRST and entry.from_state == entry.to_state
    return entry.from_state in move.sources and entry.to_state == move.to


def _end(last: Entry, chained: dict[str, Chained], found: Found) -> None:
    if last.object_type in chained and chained[last.object_type].states.get(last.object_id) != last.to_state:
        found.ends.append(f"{last.object_type} {last.object_id}")


def _name(entry: Entry) -> str:
    return f"{entry.object_type} {entry.object_id} #{entry.sequence}"
