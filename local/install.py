"""Makes `.venv` what the lock files say, with nothing but Python's standard library."""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("STARS_VAR") or ROOT / "var").absolute()  # tests give each run a folder of its own
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
OLDEST = (3, 11)

# Debian's package, and how to tell that it is there.
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


def say(text: str) -> None:
    """One line of progress, shown at once."""
    print(text, flush=True)


def prepare(*locks: str) -> Path:
    """The interpreter of an environment that holds the given lock files ("run", "test")."""
    wanted = {name: _digest(ROOT / "requirements" / f"{name}.txt") for name in ("uv", *locks)}
    if _is_installed(wanted):
        return PYTHON
    with locked("install"):
        if not _is_installed(wanted):
            _install(locks, wanted)
    return PYTHON


def enter(module: str, *locks: str) -> None:
    """Continue this process as `python -m module` inside the environment."""
    os.environ.setdefault("STARS_STARTED_AT", str(time.monotonic()))
    try:
        python = prepare(*locks)
    except KeyboardInterrupt:
        sys.exit("\nStopped. Start again whenever you like; what is done stays done.")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    os.execv(python, [str(python), "-m", module, *sys.argv[1:]])


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One process of this checkout at a time; the lock ends with the process."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_installed(wanted: dict[str, str]) -> bool:
    found = _installed()
    return PYTHON.exists() and all(found.get(name) == digest for name, digest in wanted.items())


def _installed() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _install(locks: Sequence[str], wanted: dict[str, str]) -> None:
    began = time.monotonic()
    if not _runs(PYTHON):
        say("Making the Python environment in .venv …")
        _make_venv()
    uv = VENV / "bin" / "uv"
    known = _installed()
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    if known.get("uv") != wanted["uv"] or not _runs(uv):
        say("Installing the package installer uv …")
        bundled = _bundled_pip()
        env = os.environ | ({"PYTHONPATH": str(bundled)} if bundled else {})
        _run([*pip, "--only-binary", ":all:", "--require-hashes", "-r", ROOT / "requirements" / "uv.txt"], env)
    say(f"Installing the locked packages ({', '.join(locks)}) …")
    files = [part for name in locks for part in ("-r", ROOT / "requirements" / f"{name}.txt")]
    _run([uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "--only-binary", ":all:", *files])
    STAMP.write_text(json.dumps(known | wanted, indent=1))
    say(f"Packages are in place ({time.monotonic() - began:.0f} s).")


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        need_packages(["python3-venv"], "Python's own environments", required=True)
        importlib.invalidate_caches()
    STAMP.unlink(missing_ok=True)
    without_pip = ["--without-pip"] if _bundled_pip() else []
    _run([_base_python(), "-m", "venv", "--clear", *without_pip, VENV])


def _bundled_pip() -> Path | None:
    """The pip that comes with Python, run once from its wheel: quicker than installing it for one package."""
    found = importlib.util.find_spec("ensurepip")
    own = Path(found.origin).parent / "_bundled" if found and found.origin else Path("/nonexistent")
    wheels = [*own.glob("pip-*.whl"), *Path("/usr/share/python-wheels").glob("pip-*.whl")]
    return wheels[0] if wheels else None


def _base_python() -> str:
    """The interpreter outside any environment, so that the new one does not hang on an old one."""
    candidates = [
        Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}",
        Path(sys.base_prefix) / "bin/python3",
    ]
    return next((str(path) for path in candidates if path.exists()), sys.executable)


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
    words = [str(part) for part in command]
    if subprocess.run(words, cwd=ROOT, env=env, check=False).returncode != 0:
        sys.exit(f"This command failed:\n  {' '.join(words)}\nMend what it says above and start again.")


def need_packages(packages: Sequence[str], purpose: str, *, required: bool = False) -> bool:
    """Install Debian packages where we may; else print the exact command and say what goes without them."""
    words = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    prefix = _as_administrator()
    if prefix is not None and shutil.which("apt-get"):
        say(f"Installing {', '.join(packages)} (for {purpose}) …")
        if _quietly([*prefix, *words]) or (_quietly([*prefix, "apt-get", "update"]) and _quietly([*prefix, *words])):
            return True
    sentence = f"Missing for {purpose}: {', '.join(packages)}. Install with:\n  sudo {' '.join(words)}"
    if required:
        sys.exit(sentence)
    say(sentence)
    return False


def _quietly(words: Sequence[str]) -> bool:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(words, env=env, capture_output=True, check=False).returncode == 0


def _as_administrator() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def need_pdf_libraries() -> bool:
    """Pango for PDF documents; without it the portal runs and documents wait."""
    return all(_loads(name) for name in PDF_LIBRARIES) or need_packages(PDF_PACKAGES, "PDF documents")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def need_chromium() -> bool:
    """The browser of the browser tests."""
    return Path("/usr/bin/chromium").exists() or need_packages(["chromium"], "the browser tests")


def need_haproxy() -> bool:
    """The proxy of production, for the tests that stand in front of the portal; without it its configuration is read only."""
    found = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    return found is not None or need_packages(["haproxy"], "the tests of the proxy")


def need_spelling() -> bool:
    """hunspell with the Latvian dictionary (LGPL), for the tests of spelling only."""
    is_there = bool(shutil.which("hunspell")) and Path("/usr/share/hunspell/lv_LV.dic").exists()
    return is_there or need_packages(["hunspell", "hunspell-lv"], "the spelling tests")
