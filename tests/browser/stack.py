"""One portal for the whole browser suite: `bin/serve` itself, in a folder, on ports and in a database of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from local import environment, processes

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


@dataclass(frozen=True)
class Stack:
    """Where everything is, and who can sign in (as `demo_logins --json` tells)."""

    folder: Path
    portal: str
    sso: str
    mail: str
    registries: str
    database_url: str
    env: dict[str, str]
    logins: list[dict[str, Any]]

    def letters(self, address: str, *, wait: float = 20.0, after: int = 0) -> list[dict[str, Any]]:
        """What arrived at an address after letter number `after`, newest first; waits for the first one."""
        asked = urllib.parse.urlencode({"to": address, "wait": wait, "after": after})
        with urllib.request.urlopen(f"{self.mail}/api/messages?{asked}", timeout=wait + 10) as reply:
            found: list[dict[str, Any]] = json.load(reply)["messages"]
        return found

    def manage(self, *words: str) -> str:
        """Run one of the portal's commands against its own database."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def breaches(self) -> set[str]:
        """What `check_invariants` finds now, a line each with its rows; other tests have left rows of theirs."""
        done = subprocess.run(
            [sys.executable, "manage.py", "check_invariants", "--json"],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        return {json.dumps(one, sort_keys=True) for one in json.loads(done.stdout)["breaches"]}

    def facts(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows straight from the portal's database, for what a test must know to choose its way."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(question, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """A hand in the portal's database: time that passes, a limit that is near."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, values)


@contextlib.contextmanager
def running() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="stars-browser-"))
    try:
        with _database() as url, serving(folder, clean_environment() | {"DATABASE_URL": url}) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clean_environment() -> dict[str, str]:
    """Ours without what the test run has set for itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STARS_")}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "REDIS_URL", "TZ"):
        kept.pop(name, None)
    return kept


@contextlib.contextmanager
def serving(folder: Path, env: dict[str, str]) -> Iterator[Stack]:
    """`bin/serve` with its data in the folder, on free ports, at the database that `env` names."""
    with free_block() as first:
        yield from _served(folder, env | {"STARS_VAR": str(folder), "PORT": str(first)}, first)


def _served(folder: Path, env: dict[str, str], first: int) -> Iterator[Stack]:
    log = folder / "serve.log"
    child = processes.spawn([sys.executable, "-u", "-m", "local.serve"], log=log, env=env, cwd=ROOT)
    try:
        ready = processes.wait_until(lambda: "STARS is ready" in _read(log) or child.poll() is not None, PATIENCE)
        assert ready and child.poll() is None, f"bin/serve did not start:\n{processes.last_lines(log, 60)}"
        at = environment.ports(first)
        yield Stack(
            folder=folder,
            portal=f"http://127.0.0.1:{at['web']}",
            sso=f"http://localhost:{at['sso']}",
            mail=f"http://127.0.0.1:{at['mail']}",
            registries=f"http://127.0.0.1:{at['registries']}",
            database_url=env["DATABASE_URL"],
            env=_commands(env, first),
            logins=json.loads((folder / "logins.json").read_text(encoding="utf-8")),
        )
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=30)


def _commands(env: dict[str, str], first: int) -> dict[str, str]:
    """What bin/serve gives its children, for commands beside them; the keys it made are in its folder."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import json; from local import environment; print(json.dumps(environment.variables({first})))",
        ],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(told.stdout)
    return found | {"REDIS_URL": "redis://127.0.0.1:1/0"}


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """A database of its own on the throw-away server of bin/test."""
    server, name = os.environ["DATABASE_URL"], f"browser_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield _renamed(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _renamed(url: str, database: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{quote(database)}" + (f"?{parts.query}" if parts.query else "")


@contextlib.contextmanager
def free_block(size: int = 12) -> Iterator[int]:
    """The first of `size` ports nobody has, held until the end by a name every test process on this machine respects.

    Blocks lie on one grid, so no two overlap; that a port is free says little while another's servers are still starting.
    """
    blocks = (32000 - 21000) // size
    with contextlib.ExitStack() as held:
        for number in range(blocks):
            first = 21000 + (os.getpid() + number) % blocks * size
            if _is_ours(held, first) and all(processes.is_free(port) for port in range(first, first + size)):
                yield first
                return
        raise RuntimeError("no free ports")


def _is_ours(held: contextlib.ExitStack, first: int) -> bool:
    """Whether the name of the block is ours from now on; the kernel forgets it when `held` or this process ends."""
    name = held.enter_context(socket.socket(socket.AF_UNIX))
    try:
        name.bind(f"\0stars-ports-{first}")
    except OSError:
        return False
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
