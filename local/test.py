"""`bin/test`: every test on a throw-away PostgreSQL and Valkey; arguments go to pytest."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from local import processes, servers
from local.cluster import Cluster
from local.install import ROOT, need_chromium, need_haproxy, need_pdf_libraries, need_spelling
from local.valkey import Valkey

PREFIX = "stars-test-"
# Everything is shared by several processes, a file to each: servers, browsers and databases are a process's own.
# What takes long comes first. Tests that kill and stop parts, and look how soon they are back, have the machine alone.
_KILLING = ("f[0-9]*", "jobs", "not_now", "overload", "proxy", "readyz")
ALONE = sorted(str(path.relative_to(ROOT)) for name in _KILLING for path in ROOT.glob(f"tests/faults/test_{name}.py"))
OTHERS = [f"--ignore={path}" for path in ALONE]
EVERYTHING = (
    ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", *OTHERS, "tests/browser", "tests"),
    tuple(ALONE),
)


def main() -> int:
    """Run pytest in an environment of its own; several runs at once do not meet."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    need_pdf_libraries()
    need_chromium()
    need_haproxy()
    need_spelling()
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STARS_") and name != "SECRET_KEY"}
    ours = {"DJANGO_SETTINGS_MODULE": "stars.settings.test", "STARS_MEDIA_ROOT": str(folder / "media")}
    try:
        with servers.throw_away(folder) as addresses:
            runs = [sys.argv[1:]] if sys.argv[1:] else EVERYTHING
            ended = [_run(arguments, kept | ours | addresses) for arguments in runs]
            return next((code for code in ended if code), 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: Sequence[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    dies = processes.dies_with_parent(signal.SIGTERM)
    return _wait(subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=dies))  # noqa: PLW1509


def _wait(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait()
    except KeyboardInterrupt:  # pytest got it too and prints its summary
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def sweep() -> None:
    """Remove what a killed run left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        is_ours = folder.is_dir() and folder.stat().st_uid == os.geteuid() and pid.isdigit()
        if is_ours and not processes.is_alive(int(pid), mentions="local.test"):
            Cluster(folder / "postgres").remove()
            Valkey(folder / "valkey").remove()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
