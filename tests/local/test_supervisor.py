"""Children of bin/serve: mended when they die, given up when they keep dying, gone when it ends."""

import os
import signal
import sys
from pathlib import Path

import pytest

from local import processes, supervisor
from local.supervisor import Supervisor


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(supervisor, "LOGS", tmp_path / "log")
    return tmp_path / "log"


def script(text: str) -> list[str | Path]:
    return [sys.executable, "-u", "-c", text]


FOREVER = "import signal; print('up'); signal.pause()"
# A child that ignores being asked, with a child of its own that does too.
STUBBORN = (
    "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); other = os.fork()\n"
    "if other: print('up', other)\n"
    "while True: signal.pause()"
)


def said(logs: Path, name: str) -> str:
    path = logs / f"{name}.log"
    assert processes.wait_until(lambda: path.exists() and path.read_text().startswith("up"), 10)
    return path.read_text()


def test_a_dead_child_is_started_again_and_told(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    team = Supervisor()
    team.add("worker", script(FOREVER), os.environ)
    said(logs, "worker")
    child = team.children[0]
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    assert processes.wait_until(child.has_died, 5)
    assert team.check() is True
    assert child.process.pid != first
    team.stop()
    told = capsys.readouterr().out
    assert "worker ended by itself (status -9)" in told
    assert str(logs / "worker.log") in told


def test_one_that_keeps_dying_ends_it_all(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    team = Supervisor()
    team.add("web", script("print('cannot bind'); raise SystemExit(1)"), os.environ)
    verdicts = []
    for _ in range(supervisor.MOST_DEATHS):
        assert processes.wait_until(team.children[0].has_died, 10)
        verdicts.append(team.check())
    team.stop()
    assert verdicts == [True, True, False]
    assert "cannot bind" in capsys.readouterr().out


def test_stopping_ends_the_stubborn_and_their_children(logs: Path) -> None:
    team = Supervisor()
    team.add("worker", script(STUBBORN), os.environ)
    grandchild = int(said(logs, "worker").split()[1])
    child = team.children[0].process
    assert child is not None
    assert processes.is_alive(grandchild, mentions=sys.executable)
    team.stop(patience=0.2)
    assert not processes.is_alive(child.pid, mentions=sys.executable)
    assert processes.wait_until(lambda: not processes.is_alive(grandchild, mentions=sys.executable), 5)


def test_a_pid_used_again_by_another_program_is_not_ours() -> None:
    assert processes.is_alive(os.getpid(), mentions="python") or processes.is_alive(os.getpid(), mentions="pytest")
    assert not processes.is_alive(os.getpid(), mentions="/no/such/folder")
    assert not processes.is_alive(2**22 + 1, mentions="python")
