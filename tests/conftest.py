"""The strict harness of every test: see tests/strict for what it refuses, docs/architecture.md for why."""

import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import celery
import pytest
from django.core.cache import caches
from django.test import Client, TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings

from accounts.browsers import identified, sessions
from accounts.models import User
from catalog.selectors import forget_full, forget_index
from tests.strict import locks, network, querysets, reference, repeats, templates

# How long inputs take to make says something of the machine and nothing of the code.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

# Never Riga's own offset: code that reads the machine's clock without a zone is found out (H4).
ZONES = ("Pacific/Auckland", "America/Anchorage", "UTC")
Task = tuple[str, tuple[Any, ...]]


def pytest_configure(config: pytest.Config) -> None:
    network.install()
    templates.install()
    querysets.install()
    locks.install()
    repeats.install()
    os.environ["TZ"] = random.Random(config.getoption("randomly_seed", 0)).choice(ZONES)
    time.tzset()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its event loop and Django's database calls do not share a thread."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_report_header() -> str:
    return f"process time zone: {os.environ['TZ']}"


def signed_in(client: Client, user: User) -> Client:
    """The client's browser after this user has signed in, with every step their role demands."""
    client.force_login(user)
    session = client.session
    sessions.note_second_step(session)
    if user.person_id is not None:
        identified.note(session, timezone.now())
    session.save()
    return client


@pytest.fixture
def as_client() -> Callable[[User], Client]:
    """A new browser for each user: `as_client(user).get("/profils")`."""
    return lambda user: signed_in(Client(), user)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Rows of the data migrations survive tests that commit, in any order of tests."""
    with django_db_blocker.unblock():
        reference.keep()
    TransactionTestCase._fixture_teardown = lambda self: reference.restore()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """What the doorbell rang for, as (name, arguments). Tests call tasks as functions; the browser suite has a worker."""
    rung: list[Task] = []

    def send_task(self: celery.Celery, name: str, args: tuple[Any, ...] = (), **options: Any) -> None:
        locks.refuse("a message to the task queue")
        rung.append((name, tuple(args)))

    monkeypatch.setattr(celery.Celery, "send_task", send_task)
    return rung


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Each test begins with nothing kept: the rollback before it has turned the catalogue's version back."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    forget_index()
    forget_full()


@pytest.fixture(autouse=True)
def nothing_left_behind(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A test that leaves a thread running or a temporary file lying fails (H3); the browser's driver keeps its own."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    folder: Path = tmp_path_factory.mktemp("temporary")
    threads = set(threading.enumerate())
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads and not thread.daemon]
    assert left == []
    assert sorted(folder.iterdir()) == []
    folder.rmdir()
