"""While a place lock is held nothing slow may happen: no COUNT over applications, cache, file or network (K3)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import Storage
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.transaction import Atomic

TAKES = re.compile(
    r'UPDATE\s+"catalog_coursegroup"\s+SET\s.*"taken"|EXECUTE "take_place_'
    r'|FROM\s+"catalog_coursegroup".*\sFOR\s+(NO KEY )?UPDATE',
    re.DOTALL,
)
COUNTS = re.compile(r'COUNT\s*\(.*FROM\s+"applications_application"', re.DOTALL | re.IGNORECASE)
SLOW_CALLS = (
    (LocMemCache, ("get", "set", "add", "delete", "incr", "touch"), "the cache"),
    (Storage, ("save", "open"), "a file"),
)


def install() -> None:
    patches: list[tuple[Any, str, Callable[..., Any]]] = [
        (CursorWrapper, "execute", _watched),
        (Atomic, "__exit__", _released),
    ]
    for owner, name, wrap in patches:
        setattr(owner, name, wrap(getattr(owner, name)))
    for owner, names, what in SLOW_CALLS:
        for name in names:
            setattr(owner, name, _refused(getattr(owner, name), what))


def refuse(what: str) -> None:
    """Fails while a transaction of the code under test holds a place lock on this thread's connection."""
    if getattr(connections["default"], "_place_lock", None) is not None:
        pytest.fail(f"{what} while a place lock is held: everybody who wants this group waits for it (K3)")


def _watched(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        text = str(sql)
        if COUNTS.search(text):
            refuse("a COUNT over applications")
        done = original(self, sql, params)
        if TAKES.search(text):
            ours = [block for block in self.db.atomic_blocks if not block._from_testcase]
            self.db._place_lock = ours[0] if ours else None
        return done

    return execute


def _released(original: Callable[..., Any]) -> Callable[..., Any]:
    def leave(self: Atomic, *args: Any) -> Any:
        connection = connections[self.using or "default"]
        if getattr(connection, "_place_lock", None) is self:
            connection._place_lock = None  # type: ignore[attr-defined]
        return original(self, *args)

    return leave


def _refused(original: Callable[..., Any], what: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(what)
        return original(self, *args, **kwargs)

    return call
