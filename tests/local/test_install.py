"""The environment is made when it must be, and only then; what may not be installed is told with its command."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import checks, install
from local.install import ROOT


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in ("uv", "run", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VAR", tmp_path / "var")
    monkeypatch.setattr(install, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(install, "STAMP", tmp_path / "installed.json")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    done: list[tuple[str, ...]] = []

    def note(locks: tuple[str, ...], wanted: dict[str, str]) -> None:
        done.append(tuple(locks))
        install.STAMP.write_text(json.dumps(install._installed() | wanted))

    monkeypatch.setattr(install, "_install", note)
    return done


def test_installs_once_and_again_when_a_lock_changes(checkout: Path, installed: list[tuple[str, ...]]) -> None:
    install.prepare("run")
    install.prepare("run")
    assert installed == [("run",)]
    install.prepare("run", "test")
    install.prepare("run")
    assert installed == [("run",), ("run", "test")]
    (checkout / "requirements" / "run.txt").write_text("# other\n")
    install.prepare("run")
    assert installed[2:] == [("run",)]


def test_a_vanished_interpreter_is_noticed(checkout: Path, installed: list[tuple[str, ...]]) -> None:
    install.prepare("run")
    install.PYTHON.unlink()
    install.prepare("run")
    assert len(installed) == 2


def test_without_rights_the_exact_command_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_as_administrator", lambda: None)
    assert install.need_packages(["libpango-1.0-0"], "PDF documents") is False
    assert "sudo apt-get install -y --no-install-recommends libpango-1.0-0" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"sudo apt-get install .* python3-venv"):
        install.need_packages(["python3-venv"], "environments", required=True)


def test_package_lists_are_fetched_when_the_first_try_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []

    def quietly(words: list[str]) -> bool:
        tried.append(words)
        return "update" in words or len(tried) == 3

    monkeypatch.setattr(install, "_as_administrator", lambda: ["sudo", "-n"])
    monkeypatch.setattr(install, "_quietly", quietly)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert install.need_packages(["chromium"], "tests") is True
    assert [words[3] for words in tried] == ["install", "update", "install"]


def test_a_failing_command_is_repeated_to_the_reader(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"This command failed:\n  .* -c raise SystemExit"):
        install._run([sys.executable, "-c", "raise SystemExit(3)"])


def test_no_lock_file_names_an_index(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    assert checks.addresses_in_locks() == []
    monkeypatch.setattr(checks, "ROOT", checkout)
    planted = ["--index-url https://somewhere.example/simple", "-i other", "x @ https://somewhere.example/x.whl"]
    (checkout / "requirements" / "run.txt").write_text("\n".join(["django==5.2 \\", "    --hash=sha256:00", *planted]))
    assert len(checks.addresses_in_locks()) == 3


@pytest.mark.parametrize("name", ["serve", "test", "check", "fix", "manage", "messages"])
def test_commands_need_nothing_but_python(name: str) -> None:
    """Each command loads no package of ours but the installer before it enters the environment."""
    source = (ROOT / "bin" / name).read_text()
    probe = source.replace("install.enter(", "print(*(m for m in sys.modules if m.split('.')[0] == 'local')) or (")
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", probe.replace("__file__", repr(str(ROOT / "bin" / name)))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["local", "local.install"], done.stderr
