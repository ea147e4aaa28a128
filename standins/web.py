"""A web server of the standard library with just what the stand-ins need: routes, forms, a fault knob, headers."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from standins.knobs import Knob

ROOT = Path(__file__).resolve().parents[1]
LOOK = Path(__file__).resolve().parent / "look"
LARGEST_BODY = 1024 * 1024
TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    raw_query: str
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return _firsts(self.raw_query)

    @property
    def form(self) -> dict[str, str]:
        return _firsts(self.body.decode("utf-8", errors="replace"))


@dataclass(frozen=True)
class Reply:
    body: str | bytes
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    drips: bool = False  # byte after byte, a tenth of a second apart


Handler = Callable[[Request], Reply]


class DroppedError(Exception):
    """Close the connection without a word."""


class RefusedError(Exception):
    """The request cannot be served; the text is shown."""


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False), status, "application/json")


def see_other(location: str) -> Reply:
    return Reply("", 303, headers={"Location": location})


def turn_by_form(knob: Knob, request: Request) -> Reply:
    """The page with the knob was sent."""
    try:
        knob.turn(request.form.get("fault", ""), float(request.form.get("seconds", "5").replace(",", ".")))
    except ValueError as error:
        raise RefusedError(str(error)) from error
    return see_other("/knobs")


@dataclass
class Site:
    """Routes (`("GET", "/path")`; a path ending in `*` takes what begins so) and what goes around every answer."""

    routes: dict[tuple[str, str], Handler]
    knob: Knob
    refusal: Callable[[str], Reply] = lambda text: Reply(text, 400, "text/plain; charset=utf-8")
    form_targets: tuple[str, ...] = ()
    unharmed: tuple[str, ...] = ("/healthz", "/knobs", "/api/knobs", "/look/", "/fonts/")
    frames: bool = False  # pages may show other pages of this site

    def answer(self, request: Request) -> Reply:
        if request.path == "/healthz":
            return Reply("ok\n", type="text/plain")
        if request.path == "/api/knobs":
            return self._turn(request)
        if request.path.startswith(("/look/", "/fonts/")):
            return _file(request.path)
        handler = self.routes.get((request.method, request.path)) or self._beginning(request)
        if handler is None:
            return Reply("Not found\n", 404, "text/plain")
        try:
            return handler(request)
        except RefusedError as refused:
            return self.refusal(str(refused))

    def is_unharmed(self, path: str) -> bool:
        return path.startswith(self.unharmed)

    def policy(self) -> str:
        targets = " ".join(("'self'", *self.form_targets))
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            f"form-action {targets}; base-uri 'none'; "
            + ("frame-src 'self'; frame-ancestors 'self'" if self.frames else "frame-ancestors 'none'")
        )

    def _beginning(self, request: Request) -> Handler | None:
        for (method, path), handler in self.routes.items():
            if method == request.method and path.endswith("*") and request.path.startswith(path[:-1]):
                return handler
        return None

    def _turn(self, request: Request) -> Reply:
        if request.method == "POST":
            try:
                wish = json.loads(request.body or b"{}")
                self.knob.turn(str(wish.get("fault", "")), float(wish["seconds"]) if "seconds" in wish else None)
            except (ValueError, TypeError, AttributeError) as error:
                return as_json({"error": str(error)}, 400)
        return as_json(self.knob.state())


def _firsts(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True, max_num_fields=200).items()}


def _file(path: str) -> Reply:
    kind, _, name = path.strip("/").partition("/")
    folder = LOOK if kind == "look" else ROOT / "static" / "fonts"
    found = folder / name
    if "/" in name or found.suffix not in TYPES or not found.is_file():
        return Reply("Not found\n", 404, "text/plain")
    return Reply(found.read_bytes(), 200, TYPES[found.suffix], {"Cache-Control": "max-age=3600"})


def make_server(site: Site, port: int) -> ThreadingHTTPServer:
    """A server bound to this machine only; port 0 takes a free one."""

    drip = threading.Event()

    class Speaker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "standin"
        sys_version = ""
        timeout = 60

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_HEAD(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST_BODY:
                self.send_error(413)
                return
            parts = urlsplit(self.path)
            method = "GET" if self.command == "HEAD" else self.command
            request = Request(method, parts.path, parts.query, self.rfile.read(length) if length else b"")
            try:
                if not site.is_unharmed(parts.path):
                    if site.knob.fault == "dead":
                        raise DroppedError
                    if site.knob.fault == "slow":
                        site.knob.linger()
                self._send(site.answer(request))
            except (DroppedError, BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            headers = {
                "Content-Type": reply.type,
                "Content-Length": str(len(body)),
                "Cache-Control": "no-store",
                "Content-Security-Policy": site.policy(),
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "same-origin",
            }
            self.send_response(reply.status)
            for name, value in (headers | dict(reply.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            for start in range(0, len(body), 1) if reply.drips else (0,):
                self.wfile.write(body[start : start + 1] if reply.drips else body)
                self.wfile.flush()
                if reply.drips:
                    drip.wait(0.1)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002
            sys.stderr.write(f"{self.log_date_time_string()} {self.command} {urlsplit(self.path).path} {args[-2:]}\n")

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
                super().handle_error(request, client_address)

    return Server(("127.0.0.1", port), Speaker)


def run(name: str, server: ThreadingHTTPServer, *, also: str = "") -> None:
    """Say the address and serve until told to end."""

    def leave(*_: object) -> None:
        os._exit(0)  # at once, whoever still waits on a slow answer; there is nothing to save

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    print(f"{name}: http://localhost:{server.server_address[1]}{also}", flush=True)
    server.serve_forever(poll_interval=0.1)
