"""Querysets without an order come back shuffled, unordered slices and locks that spread over joins fail (H3, K2)."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import IntegerField, QuerySet
from django.db.models.query import MAX_GET_RESULTS
from django.db.models.sql.compiler import SQLCompiler


def install() -> None:
    patches: list[tuple[Any, str, Callable[..., Any]]] = [
        (QuerySet, "_fetch_all", _shuffled),
        (QuerySet, "_iterator", _shuffled_iterator),
        (SQLCompiler, "get_from_clause", _narrow),
        (IntegerField, "get_prep_value", _whole),
    ]
    for owner, name, wrap in patches:
        setattr(owner, name, wrap(getattr(owner, name)))


def _is_unordered(queryset: QuerySet[Any]) -> bool:
    if queryset.query.combinator or queryset.ordered:
        return False
    if queryset.query.is_sliced and not (queryset.query.low_mark == 0 and queryset.query.high_mark == MAX_GET_RESULTS):
        pytest.fail(f"A slice of {queryset.model.__name__} rows without an order: which rows it holds is chance")
    return True


def _shuffled(original: Callable[[QuerySet[Any]], None]) -> Callable[[QuerySet[Any]], None]:
    def fetch_all(self: QuerySet[Any]) -> None:
        is_new = self._result_cache is None
        original(self)
        if is_new and len(self._result_cache or []) > 1 and _is_unordered(self):
            random.shuffle(self._result_cache)  # type: ignore[arg-type]

    return fetch_all


def _shuffled_iterator(original: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def iterator(self: QuerySet[Any], *args: Any) -> Iterator[Any]:
        rows = original(self, *args)
        if self.query.combinator or self.ordered:
            return rows
        found = list(rows)
        random.shuffle(found)
        return iter(found)

    return iterator


def _narrow(original: Callable[[SQLCompiler], Any]) -> Callable[[SQLCompiler], Any]:
    def get_from_clause(self: SQLCompiler) -> Any:
        found = original(self)
        if self.query.select_for_update and not self.query.select_for_update_of and len(found[0]) > 1:
            pytest.fail(f"select_for_update of {self.query.model} over a join without `of` locks strangers' rows (K2)")
        return found

    return get_from_clause


def _whole(original: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def get_prep_value(self: "IntegerField[Any, Any]", value: Any) -> Any:
        if isinstance(value, float):
            pytest.fail(f"A float for the whole number {self.model.__name__}.{self.name}: money is integer cents")
        return original(self, value)

    return get_prep_value
