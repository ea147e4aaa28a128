"""One portal of its own for the whole folder, started by the first test that breaks something of it."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.faults import portal as portals
from tests.faults.portal import Portal

# CI does one short round; `python -m benchmarks.faults` sets the rest (reliability.md 8).
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
CLIENTS = int(os.environ.get("FAULT_CLIENTS", "8"))
SECONDS = float(os.environ.get("FAULT_SECONDS", "5"))


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    with portals.running() as running:
        yield running


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random moments whose seed is told, so that a failure can be looked at again."""
    seed = os.environ.get("FAULT_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"FAULT_SEED={seed}")  # noqa: T201 - pytest shows it beside a failure
    return random.Random(f"{seed}:{request.node.name}")
