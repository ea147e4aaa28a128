"""Where the database and the queue are: those the environment names, else ours."""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.cluster import Cluster, need_latvian_sorting
from local.install import VAR, say
from local.shared import Shared
from local.valkey import Valkey


@dataclass
class Running:
    """Servers that answer: their addresses, and those of them that are ours to mend."""

    addresses: dict[str, str] = field(default_factory=dict)
    ours: list[Shared] = field(default_factory=list)

    def mend(self) -> None:
        """Start again what has died, saying so."""
        for shared in self.ours:
            if shared.mend():
                say(
                    f"\n{shared.server.folder.name} had ended by itself and was started again; log: {shared.server.log}"
                )


@contextlib.contextmanager
def development(*, stay: bool = False) -> Iterator[Running]:
    """DATABASE_URL and REDIS_URL of this checkout's servers in var/; with `stay` they end with us, come what may."""
    running = Running()
    found = running.addresses
    with contextlib.ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            found["DATABASE_URL"] = url
        else:
            need_latvian_sorting()
            cluster = Cluster(VAR / "postgres", farewell=signal.SIGINT if stay else None)
            running.ours.append(stack.enter_context(Shared(cluster, stay=stay)))
            found["DATABASE_URL"] = cluster.url()
        if url := os.environ.get("REDIS_URL"):
            found["REDIS_URL"] = url
        else:
            valkey = Valkey(VAR / "valkey", farewell=signal.SIGTERM if stay else None)
            running.ours.append(stack.enter_context(Shared(valkey, stay=stay)))
            found["REDIS_URL"] = valkey.url
        yield running


@contextlib.contextmanager
def throw_away(folder: Path, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL of servers that live for one run; `durable` commits as production does."""
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            found["DATABASE_URL"] = url
        else:
            need_latvian_sorting()
            cluster = Cluster(folder / "postgres", throw_away=not durable, farewell=signal.SIGINT)
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
