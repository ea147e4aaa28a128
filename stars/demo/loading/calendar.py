"""Days counted from the base, and the demo's facts read from their files."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).parent.parent / "data"
RIGA = ZoneInfo("Europe/Riga")
SETTLING_DAYS = 3  # the open round is at least so old when the demo is loaded


class Calendar:
    """The base is the Monday on which the open round began (09.06.2025 in the news of that year)."""

    def __init__(self, today: date) -> None:
        settled = today - timedelta(days=SETTLING_DAYS)
        self.base = settled - timedelta(days=settled.weekday())

    def day(self, offset: int) -> date:
        return self.base + timedelta(days=offset)

    def moment(self, offset: int, hour: int = 0, minute: int = 0) -> datetime:
        """A moment of that day in Riga."""
        return datetime.combine(self.day(offset), time(hour, minute), RIGA)


def read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return rows
