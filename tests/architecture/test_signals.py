"""Signals between apps are few, declared low, sent inside the transaction, and listed for people."""

import re
from importlib import import_module
from pathlib import Path

from django.dispatch import Signal

from tests.architecture import house


def declared() -> dict[str, Signal]:
    found: dict[str, Signal] = {}
    for config in house.our_configs():
        if Path(config.path, "signals.py").exists():
            module = import_module(f"{config.name}.signals")
            found |= {
                f"{config.name}.signals.{name}": value
                for name, value in vars(module).items()
                if isinstance(value, Signal)
            }
    return found


def test_the_list_of_signals_is_the_code() -> None:
    page = (house.ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w.]+\.signals\.\w+)`", page, re.MULTILINE)) == set(declared())


def test_signals_stay_under_ten() -> None:
    assert 0 < len(declared()) < 10


def test_every_signal_is_heard() -> None:
    assert [name for name, signal in declared().items() if not signal.receivers] == []


def test_signals_are_sent_so_that_a_failing_receiver_undoes_the_change() -> None:
    sent = [
        path
        for path in house.files("accounts", "applications", "calls", "catalog", "documents", "funding", "stars")
        if ".send_robust(" in path.read_text()
    ]
    assert [house.name(path) for path in sent] == []
