"""A neighbour of the portal goes away in the middle of the journey, and comes back (reliability.md 8)."""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from local import processes
from local.valkey import Valkey
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.stack import Stack
from tests.browser.test_journeys import School, confirm_address, school

pytestmark = pytest.mark.browser
__all__ = ["school"]


def answer(address: str) -> tuple[int, str, str]:
    """Status, Retry-After and text of a page."""
    try:
        with urllib.request.urlopen(address, timeout=20) as reply:
            return reply.status, reply.headers.get("Retry-After", ""), reply.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers.get("Retry-After", ""), refused.read().decode()


@contextmanager
def no_connections(stack: Stack) -> Iterator[None]:
    """The portal's database closes every connection and takes none."""
    name = urlsplit(stack.database_url).path.lstrip("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_f6_without_its_database_the_portal_says_so_and_recovers_by_itself(stack: Stack) -> None:
    address = f"{stack.portal}/programmas"
    assert answer(address)[0] == 200
    with no_connections(stack):
        status, retry_after, text = answer(address)
        assert (status, retry_after) == (503, "10")
        assert 'lang="lv"' in text
        assert "Jūsu dati ir drošībā" in text
        assert answer(f"{stack.portal}/healthz")[0] == 200
    assert processes.wait_until(lambda: answer(address)[0] == 200, 30)


@contextmanager
def frozen(stack: Stack) -> Iterator[None]:
    """The queue's server takes connections and answers nobody."""
    socket = Valkey(stack.folder / "valkey").url.partition("://")[2]
    found = [
        int(line.parent.name) for line in Path("/proc").glob("[0-9]*/cmdline") if socket.encode() in words_of(line)
    ]
    assert len(found) == 1, found
    os.kill(found[0], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(found[0], signal.SIGCONT)


def words_of(line: Path) -> bytes:
    try:
        return line.read_bytes()
    except OSError:
        return b""


def test_f4_without_the_queue_the_journey_goes_on_and_the_mail_goes_out_later(
    visitor: NewVisitor, stack: Stack, school: School
) -> None:
    person = steps.someone()
    learner = visitor()
    steps.client(learner, person)
    confirm_address(learner, stack, person)
    with frozen(stack):
        number = steps.apply(learner, school.programmes[0][0])
    subjects: list[str] = []

    def has_arrived() -> bool:
        subjects[:] = [letter["subject"] for letter in stack.letters(person.email, wait=1)]
        return any(number in subject for subject in subjects)

    assert processes.wait_until(has_arrived, 60), subjects
