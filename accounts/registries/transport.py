"""One POST to a fixed address: verified TLS, no redirect, five seconds in all, at most a megabyte (D1, PDF-03).

The standard library's client is wrapped, because its timeout is for each step: a server that sends a byte a second
would hold it for hours. Here every step waits only for what is left of the five seconds.
"""

import http.client
import io
import json
import socket
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from .refusals import NotKnown, Unanswered

SECONDS = 5.0
CONNECT_SECONDS = 2.0
LARGEST = 1024 * 1024
JSON = "application/json"


class Deadline:
    """What is left of the time one question may take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = SECONDS) -> float:
        """Seconds until the end, at most `most`; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


class _Patient(io.RawIOBase):
    """Reads a socket; each read waits no longer than the whole answer may still take."""

    def __init__(self, source: socket.socket, deadline: Deadline) -> None:
        self._source, self._deadline = source, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._source.settimeout(self._deadline.left())
        return self._source.recv_into(buffer)


class _Socket:
    """As much of a socket as http.client uses. It lets go of the connection before it has read the answer: `post` closes."""

    def __init__(self, inner: socket.socket, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Patient(self._inner, self._deadline))

    def sendall(self, data: bytes) -> None:
        self._inner.settimeout(self._deadline.left())
        self._inner.sendall(data)

    def close(self) -> None:
        return


class _Connection(http.client.HTTPConnection):
    """Connects within the deadline; over TLS the certificate and the name are verified."""

    def __init__(self, host: str, port: int, deadline: Deadline, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._deadline, self._tls = deadline, tls
        self.inner: socket.socket | None = None

    def connect(self) -> None:
        self.inner = self._reach()
        if self._tls is not None:
            self.inner.settimeout(self._deadline.left())
            self.inner = self._tls.wrap_socket(self.inner, server_hostname=self.host)
        self.sock = _Socket(self.inner, self._deadline)

    def hang_up(self) -> None:
        if self.inner is not None:
            self.inner.close()

    def _reach(self) -> socket.socket:
        """The first of the host's addresses that takes the connection."""
        failure: OSError = OSError("no address")
        for family, kind, protocol, _, address in _resolve(self.host, self.port, self._deadline):
            candidate = socket.socket(family, kind, protocol)
            try:
                candidate.settimeout(self._deadline.left(CONNECT_SECONDS))
                candidate.connect(address)
            except OSError as error:
                candidate.close()
                failure = error
            else:
                return candidate
        raise failure


def _resolve(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Asked in a thread of its own: the system's resolver knows no deadline."""
    found: list[Any] = []

    def look() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError:
            return

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(deadline.left(CONNECT_SECONDS))
    return list(found)


def _tls() -> ssl.SSLContext:
    """Trust in the configured authority only, else in the system's; TLS 1.2 and newer."""
    context = ssl.create_default_context(cafile=settings.STARS_REGISTRY_CA_FILE or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def post(address: str, body: bytes, *, request_id: str) -> bytes:
    """The body of a JSON answer with status 200. Raises NotKnown for the register's own 404, else Unanswered."""
    parts = urlsplit(address)
    deadline = Deadline(SECONDS)
    try:
        secure = _tls() if parts.scheme == "https" else None
        port = parts.port or (443 if secure else 80)
        connection = _Connection(parts.hostname or "", port, deadline, secure)
        try:
            connection.request("POST", parts.path, body, _headers(request_id))
            return _body(connection.getresponse())
        finally:
            connection.hang_up()
    except TimeoutError as error:
        raise Unanswered("timeout") from error
    except ssl.SSLError as error:
        raise Unanswered("tls") from error
    except http.client.HTTPException as error:
        raise Unanswered("not_http") from error
    except OSError as error:
        raise Unanswered("unreachable") from error


def _headers(request_id: str) -> dict[str, str]:
    return {
        "Content-Type": JSON,
        "Accept": JSON,
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": "STARS",
        "X-Request-ID": request_id,
    }


def _body(response: http.client.HTTPResponse) -> bytes:
    """Kind and size are looked at before a byte of the body is read; a redirect is an answer like any other odd one."""
    if response.status not in {200, 404}:
        raise Unanswered(f"status_{response.status}")
    if not _is_json(response.headers.get("Content-Type", "")):
        raise Unanswered("content_type")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unanswered("content_encoding")
    if response.length is not None and response.length > LARGEST:
        raise Unanswered("too_large")
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Unanswered("too_large")
    if response.length:
        raise Unanswered("cut_short")
    if response.status == 404:
        raise _not_known(body)
    return body


def _is_json(content_type: str) -> bool:
    kind, _, rest = content_type.partition(";")
    charset = rest.strip().lower().replace('"', "")
    return kind.strip().lower() == JSON and charset in {"", "charset=utf-8"}


def _not_known(body: bytes) -> Exception:
    """Only the register's own words count: a proxy's 404 is no answer."""
    try:
        is_its_word = json.loads(body) == {"error": "not_found"}
    except (ValueError, RecursionError):
        is_its_word = False
    return NotKnown() if is_its_word else Unanswered("status_404")
