"""clamd's INSTREAM: bytes go over a socket, a verdict comes back; 30 seconds in all, slow drip included (D1)."""

import socket
import struct
import time
from typing import IO

from django.conf import settings

from stars.files.errors import ScannerAway

SECONDS_TO_CONNECT, SECONDS_IN_ALL = 5.0, 30.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 1024


def virus_in(content: IO[bytes]) -> str:
    """The name of what the scanner found, empty for a clean file. Raises ScannerAway where there is no verdict."""
    last = time.monotonic() + SECONDS_IN_ALL
    try:
        address = (settings.STARS_CLAMD_HOST, settings.STARS_CLAMD_PORT)
        with socket.create_connection(address, timeout=SECONDS_TO_CONNECT) as link:
            _send(link, content, last)
            answer = _receive(link, last)
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    return _verdict(answer)


def _send(link: socket.socket, content: IO[bytes], last: float) -> None:
    link.sendall(b"zINSTREAM\0")
    while chunk := content.read(_CHUNK):
        link.settimeout(_left(last))
        link.sendall(struct.pack("!I", len(chunk)) + chunk)
    link.sendall(struct.pack("!I", 0))


def _receive(link: socket.socket, last: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        link.settimeout(_left(last))
        part = link.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer


def _left(last: float) -> float:
    left = last - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _verdict(answer: bytes) -> str:
    """Anything but a clear OK or FOUND is no verdict: never fail open (F12)."""
    words = answer.rstrip(b"\0\r\n").decode("ascii", "replace")
    if words == "stream: OK":
        return ""
    if words.startswith("stream: ") and words.endswith(" FOUND"):
        return words.removeprefix("stream: ").removesuffix(" FOUND")[:200] or "FOUND"
    raise ScannerAway("no verdict")
