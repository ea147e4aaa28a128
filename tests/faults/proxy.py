"""HAProxy itself with the configuration of `deploy/`, on ports and with a certificate of its own."""

import contextlib
import json
import shutil
import signal
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local import processes
from local.environment import make_pair
from tests.standins.servers import ROOT, free_port

DEPLOY = ROOT / "deploy"
CONFIG = DEPLOY / "haproxy.cfg"
TRUSTING = ssl._create_unverified_context()


def program() -> str:
    """Where haproxy is; empty where it cannot be had, and then the configuration is held as a file only."""
    return shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or ""


@dataclass(frozen=True)
class Proxy:
    tls: int
    plain: int
    log: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.tls}"

    def connection(self, timeout: float = 20.0) -> HTTPSConnection:
        return HTTPSConnection("127.0.0.1", self.tls, timeout=timeout, context=TRUSTING)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers (names in lower case) and text."""
        link = self.connection()
        try:
            link.request(method, path, body, dict(headers or {}))
            reply = link.getresponse()
            text = reply.read().decode("utf-8", "replace")
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, text
        finally:
            link.close()

    def asks_plainly(self, path: str) -> tuple[int, str]:
        link = HTTPConnection("127.0.0.1", self.plain, timeout=10)
        try:
            link.request("GET", path)
            reply = link.getresponse()
            reply.read()
            return reply.status, reply.getheader("Location", "")
        finally:
            link.close()


@contextlib.contextmanager
def running(web: str, folder: Path) -> Iterator[Proxy]:
    """In front of `web` (host:port), until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    make_pair(folder / "key.pem", folder / "cert.pem", "localhost")
    pair = folder / "tls.pem"
    pair.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    proxy = Proxy(free_port(), free_port(), folder / "haproxy.log")
    env = {
        "STARS_PROXY_DIR": str(DEPLOY),
        "STARS_PROXY_CERT": str(pair),
        "STARS_PROXY_WEB": web,
        "STARS_PROXY_TLS": f"127.0.0.1:{proxy.tls}",
        "STARS_PROXY_PLAIN": f"127.0.0.1:{proxy.plain}",
    }
    child = processes.spawn([program(), "-db", "-f", CONFIG], log=proxy.log, env=env, farewell=signal.SIGTERM)
    try:
        assert processes.wait_until(lambda: _listens(proxy.tls) or child.poll() is not None, 15)
        assert child.poll() is None, proxy.log.read_text()
        yield proxy
    finally:
        child.terminate()
        child.wait(timeout=10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def echo(heard: list[str] | None = None) -> Iterator[str]:
    """A web server that says what reached it; `/sso/acs` refuses, as the portal refuses a bad answer.

    `heard` collects the paths of posts the moment they begin.
    """

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._say(200)

        def do_POST(self) -> None:
            if heard is not None:
                heard.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._say(400 if self.path == "/sso/acs" and b"bad" in body else 200, size=len(body))

        def _say(self, status: int, **more: Any) -> None:
            said = json.dumps({"headers": list(self.headers.items()), "path": self.path, **more}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
