"""Keeps the children of bin/serve running, and ends them together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local import processes
from local.install import ROOT, VAR, say

LOGS = VAR / "log"
MOST_DEATHS = 3
WITHIN_SECONDS = 60.0


@dataclass
class Child:
    """One program, started again when it dies, given up when it keeps dying."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def start(self) -> None:
        self.process = processes.spawn(self.command, log=self.log, env=self.env, cwd=ROOT)

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def tell(self, sign: signal.Signals, *, group: bool = False) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.process.pid, sign)


class Supervisor:
    """The children in the order they were added."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def add(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        child = Child(name, command, env)
        LOGS.mkdir(parents=True, exist_ok=True)
        if child.log.exists() and child.log.stat().st_size > 5_000_000:
            child.log.replace(child.log.with_suffix(".log.old"))
        self.children.append(child)
        child.start()

    def check(self) -> bool:
        """Start again what has died, saying so; False when something dies too often to go on."""
        for child in self.children:
            if not child.has_died():
                continue
            assert child.process is not None
            now = time.monotonic()
            child.deaths = [moment for moment in child.deaths if moment > now - WITHIN_SECONDS] + [now]
            say(f"\n{child.name} ended by itself (status {child.process.returncode}). The last lines of {child.log}:")
            say(processes.last_lines(child.log))
            if len(child.deaths) >= MOST_DEATHS:
                say(f"{child.name} keeps ending, so everything stops.")
                return False
            say(f"Starting {child.name} again.")
            child.start()
        return True

    def stop(self, patience: float = 5.0) -> None:
        """Ask all to end, and kill the groups of those that do not."""
        for child in self.children:
            child.tell(signal.SIGTERM)
        processes.wait_until(
            lambda: all(child.process is None or child.has_died() for child in self.children), patience
        )
        for child in self.children:
            child.tell(signal.SIGKILL, group=True)
            if child.process is not None:
                child.process.wait()
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.process.pid, signal.SIGKILL)  # what a killed parent left in its group
        self.children = []
