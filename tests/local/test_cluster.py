"""PostgreSQL of ours: starts from nothing, survives what people do to it, and never outlives a killed parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from local import cluster, processes
from local.cluster import Cluster
from local.install import ROOT
from local.shared import Shared


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "postgres", throw_away=True, farewell=signal.SIGINT)
    yield made
    made.remove()


def ask(postgres: Cluster, query: str) -> object:
    with psycopg.connect(postgres.url()) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_starts_from_nothing_with_latvian_sorting_and_no_network(postgres: Cluster) -> None:
    postgres.start()
    assert str(ask(postgres, "SHOW server_version")).startswith("17.")
    assert ask(postgres, "SHOW listen_addresses") == ""
    ask_all = (
        "SELECT string_agg(w, ' ' ORDER BY w COLLATE lv) FROM unnest(ARRAY['Zane','Česlavs','Cilda','Āris','Anna']) w"
    )
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE COLLATION lv (provider = libc, locale = 'lv_LV.utf8')")
        assert connection.execute(ask_all).fetchone() == ("Anna Āris Cilda Česlavs Zane",)


def test_data_stays_over_a_restart_and_a_kill(postgres: Cluster) -> None:
    postgres.start()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    postgres.stop()
    assert not postgres.is_running()
    postgres.start()
    pid = int((postgres.folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(postgres.has_died, 5)
    postgres.start()
    assert ask(postgres, "SELECT n FROM kept") == 7


def test_a_pid_file_of_somebody_else_is_not_believed(postgres: Cluster) -> None:
    postgres.start()
    postgres.stop()
    (postgres.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.folder}\n")
    assert not postgres.is_running()
    postgres.start()
    assert postgres.is_running()


def test_two_users_share_one_server_and_the_last_one_stops_it(tmp_path: Path, postgres: Cluster) -> None:
    with Shared(postgres):
        second = Cluster(postgres.folder, throw_away=True)
        with Shared(second):
            assert second.is_running()
        assert postgres.is_running()
    assert not postgres.is_running()


def test_other_major_version_is_told(postgres: Cluster) -> None:
    postgres.start()
    postgres.stop()
    (postgres.folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(SystemExit, match="made by PostgreSQL 16"):
        postgres.start()


def test_a_killed_parent_takes_its_servers_along(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from local import servers\n"
        "with servers.throw_away(Path(sys.argv[1])):\n    print('up', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    free = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, env=free, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("up\n", -signal.SIGKILL)
    postgres = Cluster(tmp_path / "postgres")
    try:
        assert processes.wait_until(lambda: not postgres.is_running(), 10)
    finally:
        postgres.remove()


def test_neither_way_round_root_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(cluster, "_works", lambda command: False)
    with pytest.raises(SystemExit, match=r"(?s)PostgreSQL refuses to run as root.*set DATABASE_URL") as caught:
        cluster._mode(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_the_second_way_round_root_is_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(cluster, "_works", lambda command: command[0] == "setpriv")
    assert cluster._mode(tmp_path)[:2] == ["setpriv", "--reuid=nobody"]
