"""One room for every measurement: a throw-away cluster with data, servers on ports, wrk, and CPU read from /proc."""

import argparse
import contextlib
import gzip
import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import servers
from local.install import ROOT, need_packages

TICK = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 8
Env = dict[str, str]


def environment() -> Env:
    """What a portal of its own needs, beside the addresses of its servers."""
    return {
        "DJANGO_SETTINGS_MODULE": "stars.settings.acceptance",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "STARS_FIELD_KEYS": f"b1:{b64encode(secrets.token_bytes(32)).decode()}",
        "STARS_INDEX_KEY": secrets.token_urlsafe(48),
        "STARS_AUDIT_KEY": secrets.token_urlsafe(48),
        "STARS_ALLOWED_HOSTS": "127.0.0.1,testserver",
    }


@contextlib.contextmanager
def room(*, demo: bool = True, durable: bool = False) -> Iterator[Env]:
    """A folder, a cluster and a Valkey that live for one measurement, with the schema in; the environment leads there.

    `durable`: a commit waits for the disk, as it does in production.
    """
    if not shutil.which("wrk"):
        need_packages(["wrk"], "load", required=True)
    folder = Path(tempfile.mkdtemp(prefix="stars-bench-"))
    apart = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    try:
        os.environ.clear()
        os.environ.update(apart)  # never somebody's database
        with servers.throw_away(folder, durable=durable) as addresses:
            env = {
                **apart,
                **environment(),
                **addresses,
                "STARS_VAR": str(folder),
                "STARS_MEDIA_ROOT": str(folder / "media"),
            }
            manage(env, "migrate", "--verbosity", "0")
            if demo:
                manage(env, "load_demo")
            manage(env, "collectstatic", "--noinput", "--verbosity", "0")
            yield env
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def manage(env: Env, *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def ask(env: Env, script: str, **given: Any) -> Any:
    """What a few lines of Django answer, in a process of their own: they read `given` and leave `answer`."""
    whole = (
        "import json, sys\nimport django\ndjango.setup()\ngiven = json.loads(sys.argv[1])\n"
        f"{script}\nprint('\\n' + json.dumps(answer))"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole, json.dumps(given)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"It could not be measured:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


# --- what a page costs, apart from time ---------------------------------------------------

_STATEMENTS = """
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
visitor = Client()
if given["cookie"]:
    visitor.cookies["sessionid"] = given["cookie"]
visitor.get(given["path"])
with CaptureQueriesContext(connection) as seen:
    reply = visitor.get(given["path"])
assert reply.status_code == 200, reply.status_code
answer = len(seen)
"""


def statements(env: Env, path: str, cookie: str = "") -> int:
    """SQL statements of one page, once what may be kept is kept."""
    return int(ask(env, _STATEMENTS, path=path, cookie=cookie))


_SESSION = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.browsers import sessions
from accounts.models import User
from accounts.selectors import actor_of
user = User.objects.filter(person__profile__isnull=False).order_by("pk")[given["place"]]
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
sessions.begin(session, actor_of(user), "")
session.save()
answer = session.session_key
"""


def session_of(env: Env, place: int = 0) -> str:
    """The session cookie of a client, as signing in leaves it."""
    return str(ask(env, _SESSION, place=place))


def weight(server: "Server", path: str, cookie: str = "") -> str:
    """Its size, and what the proxy before it would send (`deploy/haproxy.cfg` packs; gunicorn does not)."""
    request = urllib.request.Request(server.url(path), headers=_cookies(cookie))
    with urllib.request.urlopen(request, timeout=20) as reply:
        page = reply.read()
    return f"{len(page) / 1000:.1f} kB, {len(gzip.compress(page, 6)) / 1000:.1f} kB gzipped"


def _cookies(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}"} if session else {}


# --- servers ---------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """Two gunicorn workers of one application."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    env: Env

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def pids(self) -> list[int]:
        return [*_children(self.process.pid), *postgres_pids(self.env)]


SYNC = ("--workers", "2")
THREADS = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")  # as the portal is run


@contextlib.contextmanager
def serving(name: str, application: str, env: Env, ready: str, *, workers: Sequence[str] = SYNC) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, *workers, "--bind", f"127.0.0.1:{port}"]
    command += ["--preload", "--no-control-socket", "--log-level", "warning"]
    own = {**env, "STARS_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(command, cwd=ROOT, env=own)
    server = Server(name, port, process, env)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(server.url(ready), timeout=5).read()
                break
            time.sleep(0.1)
        else:
            sys.exit(f"{name} did not answer at {ready}")
        yield server
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of these processes so far, with those of their children that have ended."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(ticks) for ticks in fields[11:15])
    return total / TICK


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(child) for child in listed.split()]


def postgres_pids(env: Env) -> list[int]:
    """The postmaster of the measured cluster and all its back ends."""
    postmaster = int((Path(env["STARS_VAR"]) / "postgres" / "postmaster.pid").read_text().split()[0])
    return [postmaster, *_children(postmaster)]


# --- pressing --------------------------------------------------------------------------


@dataclass
class Figures:
    """One variant over all rounds: requests a second, latency in ms, CPU ms a request (workers + PostgreSQL)."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors: int = 0

    def line(self, name: str) -> str:
        middle = statistics.median
        return (
            f"{name:<34} {middle(self.rate):7.0f} /s   p50 {middle(self.p50):7.1f}   p95 {middle(self.p95):7.1f}"
            f"   p99 {middle(self.p99):7.1f} ms   CPU {middle(self.cpu):6.2f} ms"
            + (f"   {self.errors} ERRORS" if self.errors else "")
        )

    @property
    def spread(self) -> float:
        """p99 against p50."""
        return statistics.median(slow / usual for slow, usual in zip(self.p99, self.p50, strict=True))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The middle of the ratios of each round: rounds are interleaved, so both had the same machine."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


_WRK = """
local paths = {%s}
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", paths[(n - 1) %% #paths + 1])
end
done = function(summary, latency)
  local bad = summary.errors
  io.write(string.format("\\nFOUND %%d %%d %%.0f %%.0f %%.0f %%d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(95), latency:percentile(99), bad.status + bad.connect + bad.read + bad.write + bad.timeout))
end
"""


def press(server: Server, paths: Sequence[str], figures: Figures, *, seconds: int = 4, cookie: str = "") -> None:
    """One round of wrk -t1 -c8 over these paths in turn."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_WRK % ", ".join('"' + path.replace('"', "") + '"' for path in paths))
        script.flush()
        headers = [word for name, value in _cookies(cookie).items() for word in ("-H", f"{name}: {value}")]
        pids = server.pids()
        before = cpu_seconds(pids)
        report = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, "-s", script.name, server.url("")],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        spent = cpu_seconds([*dict.fromkeys([*pids, *server.pids()])]) - before
    found = re.search(r"FOUND (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", report)
    if not found or not int(found[1]):
        sys.exit(f"wrk did not say what it found:\n{report}")
    answered, micros, p50, p95, p99, errors = (int(number) for number in found.groups())
    figures.rate.append(answered / micros * 1_000_000)
    figures.p50.append(p50 / 1000)
    figures.p95.append(p95 / 1000)
    figures.p99.append(p99 / 1000)
    figures.cpu.append(1000 * spent / answered)
    figures.errors += errors


def warm(server: Server, paths: Sequence[str], cookie: str = "") -> None:
    """Each page twice for each of the two workers, more or less."""
    for path in [*paths] * 4:
        request = urllib.request.Request(server.url(path), headers=_cookies(cookie))
        urllib.request.urlopen(request, timeout=30).read()


def once(server: Server, paths: Sequence[str], cookie: str = "") -> list[float]:
    """Each page one time, one after another: milliseconds, the quickest first. Nothing asked twice, nothing kept."""
    spent = []
    for path in paths:
        request = urllib.request.Request(server.url(path), headers=_cookies(cookie))
        began = time.perf_counter()
        urllib.request.urlopen(request, timeout=60).read()
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)


def sizes_asked(about: str | None) -> argparse.Namespace:
    """What a measurement at several sizes is told on its command line."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--programmes", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    return parser.parse_args()


def heading(what: str) -> str:
    """What was measured, on which code and machine."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return f"\n{what}\ncommit {commit.stdout.strip() or 'unknown'}, {os.cpu_count()} cores, load before {load}\n"


def table(figures: Mapping[str, Figures]) -> None:
    for name, found in figures.items():
        print(found.line(name))
