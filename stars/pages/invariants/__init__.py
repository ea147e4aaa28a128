"""What must always be true of the data (reliability.md 3), asked of one snapshot of the database.

Each rule is a function that yields breaches; a rule asks whole tables in a few statements, never row by row.
"""

from .acknowledged import Acknowledged, read_acknowledged
from .asking import RULES, Breach, check, snapshot

__all__ = ["RULES", "Acknowledged", "Breach", "check", "read_acknowledged", "snapshot"]
