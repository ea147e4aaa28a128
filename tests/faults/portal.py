"""A portal for faults: `bin/serve` itself beside a PostgreSQL and a Valkey of this test's own, which it may kill."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local import processes
from local.cluster import Cluster
from local.valkey import Valkey
from tests.browser import stack as stacks
from tests.browser.stack import ROOT, Stack
from tests.faults.person import Acknowledged, Applicant, Browser
from tests.standins.servers import post_json

DRAINED_WITHIN = 150.0  # longer than the lease of a letter whose worker lost the database (notices: 110 s)


@dataclass(frozen=True)
class Portal:
    """The running portal and the parts of it that a test may break."""

    stack: Stack
    cluster: Cluster
    valkey: Valkey
    helper: "subprocess.Popen[str]"
    crowd: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)

    def browser(self, **options: Any) -> Browser:
        return Browser(self.stack.portal, **options)

    # --- its processes ---------------------------------------------------------------------------

    def web_workers(self) -> list[int]:
        """gunicorn's children, the ones that answer requests."""
        masters = [pid for pid in _pids() if _words(pid).count("gunicorn") and self._is_ours(pid)]
        return [pid for pid in masters if _parent(pid) in masters]

    def _is_ours(self, pid: int) -> bool:
        return f"127.0.0.1:{self.stack.portal.rpartition(':')[2]}" in _words(pid)

    def log(self, name: str) -> str:
        return (self.stack.folder / "log" / f"{name}.log").read_text(errors="replace")

    def answers(self) -> bool:
        """Whether any worker is up."""
        try:
            with urllib.request.urlopen(f"{self.stack.portal}/healthz", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def health(self, *, fresh: bool = False) -> tuple[int, str, set[str]]:
        """Status, word and what is not well, as /readyz says; `fresh` waits until an answer of before is forgotten."""
        answers = [_ready(self.stack.portal)]

        def is_other() -> bool:
            answers.append(_ready(self.stack.portal))
            return answers[-1][0] != 200

        if fresh:  # this answer itself: the next one may come from a worker that still remembers
            processes.wait_until(is_other, 30, pause=0.5)
        return answers[-1]

    # --- its neighbours -----------------------------------------------------------------------------

    def mail_fault(self, fault: str, seconds: float | None = None) -> None:
        wish: dict[str, Any] = {"fault": fault} | ({} if seconds is None else {"seconds": seconds})
        post_json(f"{self.stack.mail}/api/knobs", wish)

    def crash_database(self) -> None:
        """As `pg_ctl stop -m immediate`: no farewell to anybody, recovery from the log at the next start."""
        pid = int((self.cluster.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        assert processes.wait_until(lambda: not processes.is_alive(pid, mentions=str(self.cluster.folder)), 20)

    # --- what must be true afterwards -------------------------------------------------------------------

    def drain(self) -> None:
        """Until nothing waits: letters gone or given up, institutions told, documents made."""
        asked = (
            "SELECT (SELECT count(*) FROM notices_delivery WHERE state = 'due')"
            " + (SELECT count(*) FROM applications_application WHERE institution_told_at IS NULL)"
        )
        assert processes.wait_until(lambda: self.stack.facts(asked)[0][0] == 0, DRAINED_WITHIN), self.waiting()

    def waiting(self) -> list[tuple[Any, ...]]:
        return self.stack.facts(
            "SELECT pk, state, attempts, last_error FROM (SELECT id AS pk, state, attempts, last_error FROM notices_delivery"
            " WHERE state = 'due') d"
        )

    def refuse_breaches(self, acked: Sequence[Acknowledged] = ()) -> dict[str, Any]:
        """`check_invariants --acked`: whatever it finds fails the test; gives its report."""
        report: dict[str, Any] = self.ask("check", acked=[asdict(one) for one in acked])
        assert report["breaches"] == []
        return report

    def alarms(self) -> set[str]:
        """What `manage.py alarms` lists."""
        return set(self.ask("alarms"))

    def people(self, count: int, *, places: int) -> dict[str, Any]:
        """Clients with approved accounts, a programme with so many places, and somebody of its institution."""
        found: dict[str, Any] = self.ask("people", count=count, places=places)
        return found

    def somebody(self) -> tuple[Applicant, str]:
        """One more client who may apply, and their address; made by the dozen."""
        if not self.crowd:
            made = self.people(12, places=100)
            self.crowd.extend((made, one) for one in made["clients"])
        made, one = self.crowd.pop()
        return Applicant(self.browser(), one["name"], one["code"], made["programme"], made["source"]), one["email"]

    def ask(self, what: str, **more: Any) -> Any:
        """Something done by the portal's own code, in a process that stays."""
        assert self.helper.stdin is not None
        assert self.helper.stdout is not None
        self.helper.stdin.write(json.dumps({"what": what, **more}) + "\n")
        self.helper.stdin.flush()
        told = json.loads(self.helper.stdout.readline())
        assert "error" not in told, told["error"]
        return told["answer"]


@contextlib.contextmanager
def running() -> Iterator[Portal]:
    folder = Path(tempfile.mkdtemp(prefix="stars-faults-"))
    cluster = Cluster(folder / "own-postgres", farewell=signal.SIGINT)
    valkey = Valkey(folder / "own-valkey", farewell=signal.SIGTERM)
    try:
        cluster.start()
        valkey.start()
        env = stacks.clean_environment() | {"DATABASE_URL": cluster.url(), "REDIS_URL": valkey.url}
        with stacks.serving(folder / "var", env) as stack, _helper(stack) as helper:
            yield Portal(stack, cluster, valkey, helper)
    finally:
        cluster.remove()
        valkey.remove()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _helper(stack: Stack) -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-m", "tests.faults.people"]
    child = subprocess.Popen(
        words, cwd=ROOT, env=stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield child
    finally:
        child.communicate(timeout=20)


def status(url: str, *, timeout: float = 10.0) -> int:
    """The status of an address, 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _ready(portal: str) -> tuple[int, str, set[str]]:
    try:
        with urllib.request.urlopen(f"{portal}/readyz", timeout=20) as reply:
            code, told = reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            code, told = error.code, json.load(error)
    return code, told["status"], {name for name, is_well in told["checks"].items() if not is_well}


def told_of(portal: Portal, address: str, number: str) -> list[str]:
    """The letters to this address that name an application as sent."""
    found = portal.stack.letters(address, wait=20)
    return [one["subject"] for one in found if number in one["subject"]]


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
