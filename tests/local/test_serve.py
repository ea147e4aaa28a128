"""bin/serve as people treat it: a taken port, a second start, Ctrl-C, a kill, and a start after it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import closing, environment, prepare, processes
from local.install import ROOT
from tests.browser.stack import free_block

PATIENCE = 150.0


class Newcomer:
    """Somebody with a folder and ports of their own who types bin/serve."""

    def __init__(self, folder: Path, first: int) -> None:
        self.folder, self.first = folder, first
        hidden = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "TZ"}
        kept = {
            name: value for name, value in os.environ.items() if name not in hidden and not name.startswith("STARS_")
        }
        self.env = kept | {"STARS_VAR": str(folder), "PORT": str(first)}
        self.log = folder.with_name("said.log")

    def type(self) -> subprocess.Popen[bytes]:
        self.log.unlink(missing_ok=True)
        return processes.spawn([sys.executable, "-u", "-m", "local.serve"], log=self.log, env=self.env, cwd=ROOT)

    def waits_for(self, words: str, child: subprocess.Popen[bytes]) -> str:
        processes.wait_until(lambda: words in self.said() or child.poll() is not None, PATIENCE)
        assert words in self.said()
        return self.said()

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def left(self) -> list[str]:
        """Processes that still belong to the folder, or listen on the ports."""
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        mine = [str(pid) for pid in pids if processes.is_alive(pid, mentions=str(self.folder))]
        return mine + [f"port {port}" for port in range(self.first, self.first + 7) if not _is_free(port)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    with free_block() as first:
        made = Newcomer(tmp_path / "var", first)
        yield made
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((made.folder / "serve.lock").read_text().split()[0]), signal.SIGKILL)
        processes.wait_until(lambda: not made.left(), 15)


def test_two_portals_that_start_at_once_share_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither listens yet, so that a port is free tells nothing; the workers of one run have neighbouring numbers."""
    ours = os.getpid()
    with free_block() as one:
        for other in (ours, ours + 1, ours + 3):
            monkeypatch.setattr(os, "getpid", lambda other=other: other)
            with free_block() as another:
                assert abs(one - another) >= len(environment.ports(one))


def health(newcomer: Newcomer) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{newcomer.first}/readyz", timeout=10) as reply:
        return str(json.load(reply)["status"])


def test_the_whole_life_of_a_portal(newcomer: Newcomer) -> None:
    child = newcomer.type()
    said = newcomer.waits_for("STARS is ready", child)
    assert f"http://127.0.0.1:{newcomer.first}" in said
    assert f"http://localhost:{newcomer.first + 1}" in said
    assert processes.wait_until(lambda: health(newcomer) == "ready", 90, pause=1)  # beat's first ring

    second = Newcomer(newcomer.folder, newcomer.first + 5)
    second.log = newcomer.folder.with_name("second.log")
    other = second.type()
    assert other.wait(timeout=30) == 1
    assert f"STARS already runs from this folder (process {child.pid}" in second.said()

    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=20) == 0
    assert newcomer.said().rstrip().endswith("Everything has ended.")
    assert processes.wait_until(lambda: not newcomer.left(), 5), newcomer.left()

    killed = newcomer.type()
    assert "Preparing" not in newcomer.waits_for("STARS is ready", killed)
    killed.kill()
    killed.wait()
    again = newcomer.type()
    newcomer.waits_for("STARS is ready", again)
    again.terminate()
    assert again.wait(timeout=20) == 0
    assert processes.wait_until(lambda: not newcomer.left(), 5), newcomer.left()


def test_a_taken_port_is_told_with_what_to_do(newcomer: Newcomer) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", newcomer.first + 3))
        other.listen()
        child = newcomer.type()
        assert child.wait(timeout=60) == 1
    assert f"Port {newcomer.first + 3} is taken by another program" in newcomer.said()
    assert f"PORT={newcomer.first + 100} bin/serve" in newcomer.said()
    assert newcomer.left() == []


def test_the_closing_words_name_people_and_places(tmp_path: Path) -> None:
    logins = tmp_path / "logins.json"
    told = {
        "people": [
            {"name": "Ilze Sūnkalne", "shows": "an approved account"},
            {"name": "Aija", "shows": "a certificate"},
        ],
        "employee": {"email": "a@b.example", "password": "p-1", "shows": "applications wait"},
        "administrator": {"email": "e@f.example", "password": "p-1", "shows": "asks for a code"},
        "workers": [{"who": "coordinator", "name": "Zane", "shows": "of Mārupe"}],
        "agency": [{"email": "c@d.example", "password": "p-2", "shows": "everything"}],
        "codes": [{"name": "Agate", "email": "c@d.example", "secret": "JBSWY3DPEHPK3PXP"}],
    }
    logins.write_text(json.dumps(prepare.who_can_sign_in(told)))
    text = closing.table(environment.ports(8000), logins, 4.2)
    assert "STARS is ready (4.2 s)" in text
    assert "  Ilze Sūnkalne   an approved account\n  Aija            a certificate\n" in text
    assert "Agency staff: http://127.0.0.1:8000/admin/\n  c@d.example   p-2   everything\n" in text
    assert "  a@b.example   p-1   applications wait" in text
    assert "Pašvaldības koordinators, then choose the name\n  Zane   of Mārupe\n" in text
    assert "One-time codes" in text
    assert "http://127.0.0.1:8002/kodi" in text
    assert "JBSWY3DPEHPK3PXP" not in text
    assert "\033" not in text


@pytest.mark.parametrize("content", ["", "not json", "[]"])
def test_the_closing_words_do_without_a_list(tmp_path: Path, content: str) -> None:
    logins = tmp_path / "logins.json"
    logins.write_text(content)
    assert "http://localhost:8001" in closing.table(environment.ports(8000), logins, 1)
