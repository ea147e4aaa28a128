"""What is asked of calls, programmes in preparation and offers."""

from .announced import Announced, Window, call_at, calls_on, demands_of, rates_call, window_of
from .learner import learner_page
from .preparing import Candidate, as_answers, drafts_of, lists_of, name_of, own_programmes, papers_of, venues_of
from .sealing import DECLARATION, Drafted, drafted, rows_of
from .standing import Limit, evaluators, limits_of, members_of

__all__ = [
    "DECLARATION",
    "Announced",
    "Candidate",
    "Drafted",
    "Limit",
    "Window",
    "as_answers",
    "call_at",
    "calls_on",
    "demands_of",
    "drafted",
    "drafts_of",
    "evaluators",
    "learner_page",
    "limits_of",
    "lists_of",
    "members_of",
    "name_of",
    "own_programmes",
    "papers_of",
    "rates_call",
    "rows_of",
    "venues_of",
    "window_of",
]
