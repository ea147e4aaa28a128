"""A request that gets past every rule takes one worker for some seconds, and not the machine (SAM-06, F1)."""

import contextlib
import http.client
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import processes
from tests.faults.proxy import DEPLOY
from tests.standins.servers import ROOT, free_port


class Web:
    """gunicorn with the configuration of `deploy/`, one worker, and one second of the processor for a request."""

    def __init__(self, port: int, log: Path) -> None:
        self.url, self.log = f"http://127.0.0.1:{port}", log

    def ask(self, wish: str = "", *, timeout: float = 10.0) -> tuple[int, str]:
        """Status and text; 0 where the connection was cut."""
        try:
            with urllib.request.urlopen(f"{self.url}/{wish}", timeout=timeout) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""
        except (OSError, http.client.HTTPException):
            return 0, ""

    def worker(self) -> str:
        """Which process answers; waits for one that does."""
        told = [""]

        def answers() -> bool:
            told.append(self.ask()[1])
            return bool(told[-1])

        assert processes.wait_until(answers, 15, pause=0.1), self.log.read_text()
        return told[-1]


@contextlib.contextmanager
def serving(folder: Path, settings: str) -> Iterator[Web]:
    config = folder / "gunicorn.py"
    config.write_text(f"exec(open({str(DEPLOY / 'gunicorn.py')!r}).read())\nworkers = 1\n{settings}\n")
    web = Web(free_port(), folder / "web.log")
    words: list[str | Path] = [
        "--config",
        config,
        "--bind",
        web.url.removeprefix("http://"),
        "--worker-tmp-dir",
        folder,
    ]
    command = [sys.executable, "-m", "gunicorn", "tests.faults.greedy:application", *words]
    child = processes.spawn(command, log=web.log, cwd=ROOT, farewell=signal.SIGKILL)
    try:
        web.worker()
        yield web
    finally:
        child.kill()
        child.wait(timeout=10)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with serving(tmp_path, "most_seconds = 1.0") as running:
        yield running


def test_sam_06_a_worker_whose_request_will_not_end_is_ended_and_another_answers(web: Web) -> None:
    stuck = web.worker()
    assert web.ask("spin") == (0, "")
    assert web.worker() != stuck
    assert "worker_ended reason=processor_time" in web.log.read_text()


def test_sam_06_a_worker_gets_no_more_memory_than_its_limit_and_goes_on(web: Web) -> None:
    worker = web.worker()
    assert web.ask("100")[0] == 200
    assert web.ask("1000")[0] == 500
    assert web.worker() == worker
    assert "MemoryError" in web.log.read_text()
