"""Where the database and the queue are: those the environment names, else ours."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from local.cluster import Cluster, need_latvian_sorting
from local.install import VAR
from local.shared import Shared
from local.valkey import Valkey


@contextlib.contextmanager
def development(*, stay: bool = False) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of this checkout's servers in var/; with `stay` they end with us, come what may."""
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            found["DATABASE_URL"] = url
        else:
            need_latvian_sorting()
            cluster = Cluster(VAR / "postgres", farewell=signal.SIGINT if stay else None)
            stack.enter_context(Shared(cluster, stay=stay))
            found["DATABASE_URL"] = cluster.url()
        if url := os.environ.get("REDIS_URL"):
            found["REDIS_URL"] = url
        else:
            valkey = Valkey(VAR / "valkey", farewell=signal.SIGTERM if stay else None)
            stack.enter_context(Shared(valkey, stay=stay))
            found["REDIS_URL"] = valkey.url
        yield found


@contextlib.contextmanager
def throw_away(folder: Path) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of servers that live for one run of the tests."""
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            found["DATABASE_URL"] = url
        else:
            need_latvian_sorting()
            cluster = Cluster(folder / "postgres", throw_away=True, farewell=signal.SIGINT)
            stack.callback(cluster.remove)
            cluster.start()
            found["DATABASE_URL"] = cluster.url()
        if url := os.environ.get("REDIS_URL"):
            found["REDIS_URL"] = url
        else:
            valkey = Valkey(folder / "valkey", farewell=signal.SIGTERM)
            stack.callback(valkey.remove)
            valkey.start()
            found["REDIS_URL"] = valkey.url
        yield found
