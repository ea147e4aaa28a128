"""Children that never outlive their parent, and pid files that are never believed without a look."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(farewell: signal.Signals) -> Callable[[], None]:
    """Run in the child before exec: the kernel sends it `farewell` the moment this process ends, however it ends."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:
            os.kill(os.getpid(), farewell)

    return arrange


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    farewell: signal.Signals | None = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: a Ctrl-C reaches only us, who end it in order.

    Call from the main thread only: the kernel takes the end of the calling thread for the end of the parent.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=dies_with_parent(farewell) if farewell else None,  # noqa: PLW1509
        )


def is_alive(pid: int, *, mentions: str) -> bool:
    """Whether this process runs and its command line or folder tells that it is the one meant (pids are used again)."""
    folder = Path("/proc") / str(pid)
    try:
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return state != "Z" and (mentions in words or str((folder / "cwd").readlink()).startswith(mentions))
    except OSError:
        return False


def end(pid: int, farewell: signal.Signals, *, mentions: str, patience: float = 8.0) -> None:
    """Ask a process to end, wait, and kill it when it does not listen."""
    for sign, seconds in ((farewell, patience), (signal.SIGKILL, 3.0)):
        if not is_alive(pid, mentions=mentions):
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        wait_until(lambda: not is_alive(pid, mentions=mentions), seconds)


def reap(child: subprocess.Popen[bytes] | None) -> None:
    """Collect the exit status of a child of ours that has ended."""
    if child is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=5)


def wait_until(true: Callable[[], bool], seconds: float, *, pause: float = 0.03) -> bool:
    """Ask again and again until the answer is yes or the time is up."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            return False
        time.sleep(pause)
    return True


def last_lines(log: Path, count: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
