"""I3: what a driver saw accepted must be in the database. The file has one JSON object a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from applications.models import Application

from .breach import Breach, breaches


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One answer "accepted": the application's reference and, where the page showed it, its number."""

    reference: UUID
    number: str = ""


def read_acknowledged(path: Path) -> list[Acknowledged]:
    """Lines `{"reference": "…", "number": "2025-000001"}`; raises ValueError or OSError for anything else."""
    return [_acknowledged(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _acknowledged(line: str) -> Acknowledged:
    try:
        said = json.loads(line)
        return Acknowledged(UUID(str(said["reference"])), str(said.get("number") or ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an acknowledgement: {line[:80]}") from error


def what_was_accepted_is_there(acked: Sequence[Acknowledged]) -> Iterator[Breach]:
    """Every acknowledged application exists under the number shown, and one reference never had two numbers."""
    kept = dict(Application.objects.order_by().values_list("reference", "number"))
    yield from breaches(
        "I3",
        "accepted, but there is no application",
        _unique(one.reference for one in acked if one.reference not in kept),
    )
    other = (one.reference for one in acked if one.number and kept.get(one.reference, one.number) != one.number)
    yield from breaches("I3", "accepted under another number", _unique(other))


def _unique(references: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(references))
