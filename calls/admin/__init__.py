"""The agency's side: calls with everything they say, offers, commissions with their scores, the ranking."""

from . import calls, evaluating

__all__ = ["calls", "evaluating"]
