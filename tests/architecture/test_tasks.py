"""Tasks carry ids only, every name that is rung has a task, and beat knows only tasks that exist."""

import ast
import inspect

import pytest
from celery import Task, current_app
from django.conf import settings

from stars import celery as portal
from tests.architecture import house

portal.app.loader.import_default_modules()
OURS: dict[str, Task] = {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}
CALLABLE = ("accounts", "applications", "calls", "catalog", "documents", "funding", "stars")


def rung() -> set[str]:
    """Names given to `enqueue(...)` anywhere in the portal."""
    found = set()
    for path in house.files(*CALLABLE):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "enqueue" and node.args:
                first = node.args[0]
                assert isinstance(first, ast.Constant), (
                    f"{house.name(path)}:{node.lineno}: a task's name is written out"
                )
                found.add(str(first.value))
    return found


def test_every_name_rung_is_a_task() -> None:
    assert rung()
    assert rung() - set(OURS) == set()


def test_every_name_of_beat_is_a_task() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - set(OURS) == set()


def test_every_task_is_rung_or_periodic() -> None:
    periodic = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert set(OURS) - rung() - periodic == set()


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_task_takes_ids_only(name: str) -> None:
    for parameter in inspect.signature(OURS[name].run).parameters.values():
        assert (
            parameter.annotation in {int, "int"}
            or "UUID" in str(parameter.annotation)
            or parameter.annotation in {str, "str"}
        )
        assert parameter.name == "pk" or parameter.name.endswith("_id"), parameter.name


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_task_bears_its_apps_name_and_says_why(name: str) -> None:
    task = OURS[name]
    assert name == f"{task.__module__.split('.')[-2]}.{task.run.__name__}"
    assert inspect.getdoc(task.run)


def test_nothing_is_sent_but_by_enqueue() -> None:
    wrong = [
        f"{house.name(path)}:{node.lineno}"
        for path in house.files(*CALLABLE)
        if house.name(path) != "stars/kernel/tasks.py"
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task"}
    ]
    assert wrong == []


def test_a_killed_worker_returns_its_task_before_it_is_given_out_again() -> None:
    """O4: `time_limit` under `visibility_timeout`, or a late task would run twice."""
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_IGNORE_RESULT
