"""One thread of a process prepares an application at a time, and nothing depends on it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from applications.services import submitting


def comes_and_goes() -> None:
    with submitting._turn():
        assert submitting._first.locked()


def test_who_comes_alone_does_not_wait() -> None:
    comes_and_goes()
    comes_and_goes()
    assert not submitting._first.locked()


def test_the_second_waits_until_the_first_has_ended_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is before the commit: nobody waits for a disk."""
    monkeypatch.setattr(submitting, "LONGEST_TURN", 60.0)
    with ThreadPoolExecutor(1) as pool, submitting._turn() as end_turn:
        second = pool.submit(comes_and_goes)
        assert not second.done()
        end_turn()
        second.result(timeout=60)
        end_turn()  # which ends nobody else's


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first may be waiting for another group: the second goes on beside it, and leaves it its turn."""
    monkeypatch.setattr(submitting, "LONGEST_TURN", 0.01)
    with ThreadPoolExecutor(1) as pool, submitting._turn():
        pool.submit(comes_and_goes).result(timeout=60)
        assert submitting._first.locked()
    assert not submitting._first.locked()


def test_a_refusal_ends_the_turn() -> None:
    with pytest.raises(KeyError), submitting._turn():
        raise KeyError
    assert not submitting._first.locked()
