"""Threads stand for processes here: the turn that threads of one process take would keep them apart (submitting._turn)."""

from contextlib import nullcontext

import pytest

from applications.services import submitting


@pytest.fixture(autouse=True)
def no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "_turn", lambda: nullcontext(lambda: None))
