"""I1, I2, I4, I12: places, one live application a source, tokens, windows."""

from collections.abc import Iterator

from applications.states import HOLDS_PLACE, LIVE

from .breach import Breach, breaches, firsts

COUNTERS = """
SELECT g.id FROM catalog_coursegroup g
LEFT JOIN (
  SELECT group_id, count(*) AS holding FROM applications_application WHERE state = ANY(%s) GROUP BY group_id
) a ON a.group_id = g.id
WHERE g.taken <> coalesce(a.holding, 0) ORDER BY g.id
"""
OVERFULL = "SELECT id FROM catalog_coursegroup WHERE taken < 0 OR taken > capacity ORDER BY id"
ELSEWHERE = """
SELECT a.id FROM applications_application a JOIN catalog_coursegroup g ON g.id = a.group_id
WHERE g.programme_id <> a.programme_id ORDER BY a.id
"""
SEVERAL_LIVE = """
SELECT min(id) FROM applications_application WHERE state = ANY(%s)
GROUP BY client_id, source_id HAVING count(*) > 1 ORDER BY 1
"""
SENT_SEVERAL_TIMES = """
SELECT min(id) FROM applications_application GROUP BY reference HAVING count(*) > 1 ORDER BY 1
"""
STILL_A_DRAFT = """
SELECT a.id FROM applications_application a JOIN applications_draft d ON d.reference = a.reference ORDER BY a.id
"""
OUTSIDE = """
SELECT a.id FROM applications_application a JOIN catalog_applicationround r ON r.id = a.round_id
WHERE a.arrived_at < r.opens_at OR a.arrived_at >= r.closes_at ORDER BY a.id
"""
OTHER_SOURCE = """
SELECT a.id FROM applications_application a JOIN catalog_applicationround r ON r.id = a.round_id
WHERE r.source_id <> a.source_id ORDER BY a.id
"""


def counters_are_true() -> Iterator[Breach]:
    """The counter of every group is the number of applications that hold a place, and never more than there are."""
    yield from breaches(
        "I1", "groups whose counter is not the number of places held", firsts(COUNTERS, [list(HOLDS_PLACE)])
    )
    yield from breaches("I1", "groups with more places taken than there are", firsts(OVERFULL))
    yield from breaches("I1", "applications in a group of another programme", firsts(ELSEWHERE))


def one_live_application_a_source() -> Iterator[Breach]:
    says = "applications of people with several live ones under one source"
    yield from breaches("I2", says, firsts(SEVERAL_LIVE, [list(LIVE)]))


def one_application_a_token() -> Iterator[Breach]:
    """The draft's reference is the token of the submit: it ends in one application, and the draft is gone."""
    yield from breaches("I4", "applications that share a token", firsts(SENT_SEVERAL_TIMES))
    yield from breaches("I4", "applications whose draft is still there", firsts(STILL_A_DRAFT))


def everything_arrived_in_its_window() -> Iterator[Breach]:
    """By the arrival stamp, half-open: opening moment inside, closing moment outside (T1, T2)."""
    yield from breaches("I12", "applications that arrived outside their round", firsts(OUTSIDE))
    yield from breaches("I12", "applications in a round of another source", firsts(OTHER_SOURCE))
