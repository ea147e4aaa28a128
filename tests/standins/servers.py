"""The stand-ins as real processes on free ports: `with running("sso", portal=…) as server: server.url`."""

import contextlib
import json
import select
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import processes
from local.environment import make_pair

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A stand-in that answers; `port` is the one it speaks its own protocol on, `url` its pages."""

    name: str
    port: int
    url: str
    extra: dict[str, Any] = field(default_factory=dict)

    def turn(self, fault: str, seconds: float | None = None) -> None:
        """Turn the fault knob; "" makes it well again."""
        wish: dict[str, Any] = {"fault": fault} | ({} if seconds is None else {"seconds": seconds})
        post_json(f"{self.url}/api/knobs", wish)


@contextlib.contextmanager
def key_pairs() -> Iterator[Path]:
    """A folder with the key and certificate (sp.key.pem, sp.cert.pem) of sp, idp and idp-next, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stars-keys-") as folder:
        for name in ("sp", "idp", "idp-next"):
            make_pair(Path(folder, f"{name}.key.pem"), Path(folder, f"{name}.cert.pem"), f"test {name}")
        yield Path(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(name: str, *, portal: str = "http://127.0.0.1:8000", options: tuple[str, ...] = ()) -> Iterator[Server]:
    """Start `standins.<name>`, wait until it has said its address, end it afterwards.

    The sign-on's `extra` has entity_id, sso_url, slo_url, for WS-Federation issuer and federation_url, and keys, the
    folder with all key pairs.
    """
    with contextlib.ExitStack() as stack:
        keys = stack.enter_context(key_pairs()) if name == "sso" else None
        yield stack.enter_context(_running(name, keys, portal, options))


@contextlib.contextmanager
def _running(name: str, keys: Path | None, portal: str, options: tuple[str, ...]) -> Iterator[Server]:
    port = free_port()
    words: list[object] = list(options)
    extra: dict[str, Any] = {}
    if keys is not None:
        words += ["--portal", portal, "--key", keys / "idp.key.pem", "--cert", keys / "idp.cert.pem"]
        words += ["--portal-cert", keys / "sp.cert.pem"]
        words += ["--next-key", keys / "idp-next.key.pem", "--next-cert", keys / "idp-next.cert.pem"]
        own = f"http://localhost:{port}/saml"
        extra = {"entity_id": own, "sso_url": f"{own}/sso", "slo_url": f"{own}/slo", "keys": keys}
        extra |= {"issuer": f"http://localhost:{port}/sts", "federation_url": f"http://localhost:{port}/wsfed"}
    if name in {"mail", "scanner"}:
        extra = {"page_port": free_port()}
        words += ["--page-port", extra["page_port"]]
    child = subprocess.Popen(
        [str(word) for word in (sys.executable, "-m", f"standins.{name}", "--port", port, *words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=processes.dies_with_parent(signal.SIGKILL),  # noqa: PLW1509
    )
    assert child.stdout is not None
    try:
        said = child.stdout.readline() if select.select([child.stdout], [], [], 20)[0] else ""
        assert said.startswith(f"{name}: "), f"standins.{name} did not start: {said!r}"
        yield Server(name, port, f"http://localhost:{extra.get('page_port', port)}", extra)
    finally:
        child.terminate()
        child.wait(timeout=10)
        child.stdout.close()


def post_json(url: str, value: Any) -> Any:
    wish = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(wish, timeout=10) as reply:
        return json.load(reply)


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)
