"""`bin/serve`: the whole portal on this machine, from nothing to an address, until Ctrl-C."""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psycopg

from local import closing, environment, processes, servers
from local.cluster import Cluster
from local.install import ROOT, VAR, need_pdf_libraries, say
from local.supervisor import LOGS, Supervisor
from local.valkey import Valkey

LOGINS = VAR / "logins.json"
PREPARED = VAR / "prepared.txt"
COLLECTED = VAR / "collected.txt"
PATIENCE_SECONDS = 120.0
# What `--fresh` forgets; the environment in .venv and the compiled locale stay.
FORGOTTEN = (
    "keys",
    "log",
    "mail",
    "media",
    "static",
    "logins.json",
    "prepared.txt",
    "collected.txt",
    "celerybeat-schedule",
)

began = float(os.environ.get("STARS_STARTED_AT") or time.monotonic())
stopping = threading.Event()
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> int:
    """Start everything in order, keep it running, and end it when told."""
    parser = argparse.ArgumentParser(prog="bin/serve", description="Start the portal and everything around it.")
    parser.add_argument("--fresh", action="store_true", help="forget all data of earlier starts and begin anew")
    asked = parser.parse_args()
    first = environment.port()
    at = environment.ports(first)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    supervisor = Supervisor()
    with _alone(first):
        if asked.fresh:
            _forget()
        _refuse_taken(at)
        need_pdf_libraries()
        env = environment.variables(first)
        try:
            with servers.development(stay=True) as running:
                env |= running.addresses
                step("PostgreSQL and Valkey run")
                _start_standins(supervisor, at, env)
                status = _serve(supervisor, running, at, env)
                supervisor.stop()
        finally:
            supervisor.stop()
    say("Everything has ended.")
    return status


def _serve(supervisor: Supervisor, running: servers.Running, at: dict[str, int], env: dict[str, str]) -> int:
    if not _prepare(env) or stopping.is_set():
        return 0 if stopping.is_set() else 1
    _start_portal(supervisor, at, env)
    if not _wait_for_answers(supervisor, at):
        return 0 if stopping.is_set() else 1
    say(closing.table(at, LOGINS, time.monotonic() - began))
    while not stopping.wait(0.5):
        running.mend()
        if not supervisor.check():
            return 1
    say("\nEnding …")
    return 0


def step(text: str) -> None:
    """One line of progress with the seconds since the start."""
    say(f"{time.monotonic() - began:5.1f} s  {text}")


def _stop(_sign: int, _frame: FrameType | None) -> None:
    stopping.set()


# --- alone, on free ports ---------------------------------------------------


@contextlib.contextmanager
def _alone(first: int) -> Iterator[None]:
    """One bin/serve a checkout."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "serve.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            pid, _, port = handle.read().strip().partition(" ")
            sys.exit(
                f"STARS already runs from this folder (process {pid}, http://127.0.0.1:{port}).\n"
                f"Use that one, or end it with Ctrl-C in its window or: kill {pid}"
            )
        handle.truncate(0)
        handle.write(f"{os.getpid()} {first}\n")
        handle.flush()
        yield


def _refuse_taken(at: dict[str, int]) -> None:
    """A clear sentence for a port somebody else has; children of a killed start get a moment to go."""
    for name, port in at.items():
        if not processes.wait_until(lambda port=port: processes.is_free(port), 3, pause=0.1):  # type: ignore[misc]
            sys.exit(
                f"Port {port} is taken by another program; STARS needs {at['web']} to {max(at.values())} "
                f"(this one for: {name.replace('_', ' ')}).\n"
                f"End that program, or start STARS elsewhere: PORT={at['web'] + 100} bin/serve"
            )


def _forget() -> None:
    step("Forgetting the data of earlier starts")
    forgotten = set(FORGOTTEN)
    if os.environ.get("DATABASE_URL"):
        say("DATABASE_URL is set: that database and its keys are left as they are; empty it yourself.")
        forgotten -= {"keys"}
    Cluster(VAR / "postgres").remove()
    Valkey(VAR / "valkey").remove()
    for name in sorted(forgotten):
        path = VAR / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


# --- the database and the static files ---------------------------------------


def _prepare(env: dict[str, str]) -> bool:
    """Migrate, load the demo and collect static files at once; each only when something changed."""
    jobs: dict[str, subprocess.Popen[bytes]] = {}
    schema, static = _schema_digest(), _static_digest()
    if not _is_prepared(env["DATABASE_URL"], schema):
        PREPARED.unlink(missing_ok=True)
        jobs["Database and demo data"] = _job("prepare", ["-m", "local.prepare", str(LOGINS)], env)
    if _read(COLLECTED) != static:
        (VAR / "static").mkdir(exist_ok=True)
        jobs["Static files"] = _job("collect", ["manage.py", "collectstatic", "--noinput", "--clear", "-v0"], env)
    if jobs:
        step(f"Preparing: {', '.join(jobs).lower()} …")
    with _in_haste(env["DATABASE_URL"]) if "Database and demo data" in jobs else contextlib.nullcontext():
        done = _finish(jobs)
    if done and "Database and demo data" in jobs:
        PREPARED.write_text(f"{schema} {_identity(env['DATABASE_URL'])}")
    if done:
        COLLECTED.write_text(static)
    return done


@contextlib.contextmanager
def _in_haste(url: str) -> Iterator[None]:
    """Our own cluster need not wait for the disk while it is filled: what a crash breaks is made anew."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE stars SET synchronous_commit = off")
        try:
            yield
        finally:
            connection.execute("ALTER DATABASE stars RESET synchronous_commit")


def _finish(jobs: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Wait for all; one that fails, or a Ctrl-C, ends the others."""
    left = dict(jobs)
    is_well = True
    while left and is_well and not stopping.wait(0.05):
        for name, job in list(left.items()):
            if job.poll() is None:
                continue
            del left[name]
            if job.returncode == 0:
                step(f"{name}: done")
            else:
                is_well = False
                log = LOGS / ("prepare.log" if name.startswith("Database") else "collect.log")
                say(f"{name}: that failed. The last lines of {log}:\n{processes.last_lines(log, 25)}")
    for job in left.values():
        job.terminate()
        job.wait()
    return is_well and not left


def _job(name: str, words: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    log = LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    return processes.spawn([sys.executable, *words], log=log, env=env, cwd=ROOT)


def _schema_digest() -> str:
    """Changes with the packages, the migrations and the demo."""
    files = [ROOT / "requirements" / "run.txt", *ROOT.glob("*/migrations/*.py"), *ROOT.glob("stars/*/migrations/*.py")]
    files += [path for path in (ROOT / "stars" / "demo").rglob("*") if path.suffix in {".py", ".json", ".txt", ".xml"}]
    return _digest(files)


def _static_digest() -> str:
    """Changes with the packages, the files and how they are gathered."""
    files = [ROOT / "requirements" / "run.txt", ROOT / "stars" / "kernel" / "static.py"]
    return _digest(files + [path for path in (ROOT / "static").rglob("*") if path.is_file()])


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _is_prepared(url: str, schema: str) -> bool:
    return LOGINS.exists() and _read(PREPARED) == f"{schema} {_identity(url)}"


def _identity(url: str) -> str:
    """Tells this database from another of the same name, and an emptied one from a full one."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),"
                " to_regclass('django_migrations')::oid FROM pg_control_system()"
            ).fetchone()
    except psycopg.OperationalError as error:
        sys.exit(
            f"The database does not answer: {error}\nCheck DATABASE_URL, or unset it to use the embedded PostgreSQL."
        )
    return hashlib.sha256(repr(row).encode()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


# --- the servers ---------------------------------------------------------------


def _start_standins(supervisor: Supervisor, at: dict[str, int], env: dict[str, str]) -> None:
    """The four around the portal; they need nothing but their keys."""
    keys = environment.KEYS
    public = env["STARS_PUBLIC_BASE_URL"]
    more: dict[str, list[str | Path]] = {
        "sso": ["--portal", public, "--key", keys / "idp.key.pem", "--cert", keys / "idp.cert.pem"],
        "mail": ["--page-port", str(at["mail"]), "--folder", VAR / "mail", "--codes", LOGINS],
        "registries": ["--invents"],
        "scanner": ["--page-port", str(at["scanner_page"])],
    }
    more["sso"] += ["--protocol", env["STARS_IDP_PROTOCOL"]]
    more["sso"] += ["--next-key", keys / "idp-next.key.pem", "--next-cert", keys / "idp-next.cert.pem"]
    more["sso"] += ["--portal-cert", keys / "sp.cert.pem", "--portal-entity-id", env["STARS_SP_ENTITY_ID"]]
    for name, words in more.items():
        port = at["smtp"] if name == "mail" else at[name]
        supervisor.add(name, [sys.executable, "-m", f"standins.{name}", "--port", str(port), *words], env)


def _start_portal(supervisor: Supervisor, at: dict[str, int], env: dict[str, str]) -> None:
    web = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{at['web']}"]
    web += ["--graceful-timeout", "3", "--timeout", "60", "--no-control-socket", "--preload"]
    celery = [sys.executable, "-m", "celery", "-A", "stars.celery"]
    supervisor.add("web", [sys.executable, "-m", "gunicorn", "stars.wsgi:application", *web], env)
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    supervisor.add("worker", [*celery, *worker], env)
    supervisor.add("beat", [*celery, "beat", "--schedule", VAR / "celerybeat-schedule", "--pidfile", ""], env)
    step("Starting the web server, the worker and beat …")


def _wait_for_answers(supervisor: Supervisor, at: dict[str, int]) -> bool:
    asked = {"web": "readyz", "sso": "healthz", "mail": "healthz", "registries": "healthz", "scanner_page": "healthz"}
    last = time.monotonic() + PATIENCE_SECONDS
    while asked and not stopping.wait(0.1):
        asked = {name: path for name, path in asked.items() if not _answers(f"http://127.0.0.1:{at[name]}/{path}")}
        if not supervisor.check():
            return False
        if time.monotonic() > last:
            say(f"No answer from {', '.join(asked)} in {PATIENCE_SECONDS:.0f} s. From {LOGS / 'web.log'}:")
            say(processes.last_lines(LOGS / "web.log"))
            return False
    return not asked


def _answers(url: str) -> bool:
    try:
        with _direct.open(url, timeout=3) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
