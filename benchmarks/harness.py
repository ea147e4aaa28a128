"""One room for every measurement: a throw-away cluster with data, servers on ports, wrk, and CPU read from /proc."""

import contextlib
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local import servers
from local.install import ROOT, need_packages

TICK = os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
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
def room() -> Iterator[dict[str, str]]:
    """A folder, a cluster and a Valkey that live for one measurement; the environment that leads to them."""
    if not shutil.which("wrk"):
        need_packages(["wrk"], "load", required=True)
    folder = Path(tempfile.mkdtemp(prefix="stars-bench-"))
    try:
        with servers.throw_away(folder) as addresses:
            yield {**os.environ, **environment(), **addresses, "STARS_MEDIA_ROOT": str(folder / "media")}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def manage(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """Two synchronous gunicorn workers of one application."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def pids(self) -> list[int]:
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in listed.stdout.split()]


@contextlib.contextmanager
def serving(name: str, application: str, env: dict[str, str], ready: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--log-level", "warning"], cwd=ROOT, env={**env, "STARS_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    )
    server = Server(name, port, process)
    try:
        for _ in range(150):
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
    """User and system time of these processes so far."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICK


def postgres_pids(env: dict[str, str]) -> list[int]:
    """Back ends of the measured cluster, told from others by its data folder's postmaster."""
    marker = Path(env["STARS_MEDIA_ROOT"]).parent / "postgres"
    listed = subprocess.run(["pgrep", "-f", str(marker)], capture_output=True, text=True, check=False).stdout.split()
    found = [int(pid) for pid in listed]
    for parent in listed:
        children = subprocess.run(["pgrep", "-P", parent], capture_output=True, text=True, check=False).stdout.split()
        found += [int(pid) for pid in children]
    return sorted(set(found))


@dataclass
class Figures:
    """One variant over all rounds: requests a second, latency in ms, CPU ms a request (workers + PostgreSQL)."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors: int = 0

    def line(self, name: str) -> str:
        middle = statistics.median
        return (
            f"{name:<34} {middle(self.rate):8.0f} req/s   p50 {middle(self.p50):7.1f} ms   p99 {middle(self.p99):7.1f} ms"
            f"   CPU {middle(self.cpu):6.2f} ms/request" + (f"   {self.errors} not 2xx" if self.errors else "")
        )


_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def _latency(report: str, share: str) -> float:
    found = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", report)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")


def press(server: Server, paths: Sequence[str], figures: Figures, env: dict[str, str], *, seconds: int = 4) -> None:
    """One round of wrk -t1 -c8 over these paths in turn."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join('"' + path.replace('"', "") + '"' for path in paths)
        script.write(
            f"local paths={{{listed}}} local n=0\n"
            "request=function() n=n+1 return wrk.format('GET', paths[(n-1)%#paths+1]) end\n"
        )
        script.flush()
        before = cpu_seconds([*server.pids(), *postgres_pids(env)])
        report = subprocess.run(
            ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "-s", script.name, server.url("")],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        spent = cpu_seconds([*server.pids(), *postgres_pids(env)]) - before
    answered = int(re.search(r"(\d+) requests in", report)[1])  # type: ignore[index]
    figures.rate.append(float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1]))  # type: ignore[index]
    figures.p50.append(_latency(report, "50"))
    figures.p99.append(_latency(report, "99"))
    figures.cpu.append(1000 * spent / max(answered, 1))
    if failed := re.search(r"Non-2xx or 3xx responses: (\d+)", report):
        figures.errors += int(failed[1])
