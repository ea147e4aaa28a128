"""One thread of a process prepares an application at a time, and nothing depends on it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from applications.services import submitting


def waits_and_goes() -> bool:
    with submitting._turn() as has_waited:
        return has_waited


def test_who_comes_alone_does_not_wait() -> None:
    assert waits_and_goes() is False
    assert waits_and_goes() is False


def test_the_second_waits_for_the_first_and_is_told_to_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "LONGEST_TURN", 60.0)
    with ThreadPoolExecutor(1) as pool:
        with submitting._turn():
            second = pool.submit(waits_and_goes)
            assert not second.done()
        assert second.result(timeout=60) is True


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first may be waiting for another group: the second goes on beside it, and leaves it its turn."""
    monkeypatch.setattr(submitting, "LONGEST_TURN", 0.01)
    with ThreadPoolExecutor(1) as pool, submitting._turn():
        assert pool.submit(waits_and_goes).result(timeout=60) is True
        assert submitting._first.locked()
    assert not submitting._first.locked()


def test_a_refusal_ends_the_turn() -> None:
    with pytest.raises(KeyError), submitting._turn():
        raise KeyError
    assert not submitting._first.locked()
