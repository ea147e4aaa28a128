"""The scanner speaks clamd's protocol and knows the EICAR test body."""

import socket
import struct

import pytest

from standins.scanner.__main__ import EICAR
from tests.standins.servers import Server


def talk(server: Server, *parts: bytes, timeout: float = 10) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        for part in parts:
            connection.sendall(part)
        said = b""
        while chunk := connection.recv(4096):
            said += chunk
        return said


def stream(*chunks: bytes) -> bytes:
    return b"".join(struct.pack("!I", len(chunk)) + chunk for chunk in chunks) + struct.pack("!I", 0)


@pytest.mark.parametrize(
    ("command", "answer"), [(b"zPING\0", b"PONG\0"), (b"nPING\n", b"PONG\n"), (b"PING\n", b"PONG\n")]
)
def test_ping_in_every_spelling(scanner: Server, command: bytes, answer: bytes) -> None:
    assert talk(scanner, command) == answer


def test_version_and_unknown_words(scanner: Server) -> None:
    assert talk(scanner, b"zVERSION\0").startswith(b"ClamAV ")
    assert talk(scanner, b"zSHUTDOWN\0") == b"UNKNOWN COMMAND\0"


def test_clean_streams_pass(scanner: Server) -> None:
    assert talk(scanner, b"zINSTREAM\0", stream(b"a" * 100_000, b"b")) == b"stream: OK\0"
    assert talk(scanner, b"nINSTREAM\n", stream()) == b"stream: OK\n"


def test_eicar_is_found_even_across_chunks(scanner: Server) -> None:
    found = talk(scanner, b"zINSTREAM\0", stream(b"PDF " + EICAR[:20], EICAR[20:] + b" end"))
    assert found == b"stream: Eicar-Test-Signature FOUND\0"


def test_faults(scanner: Server) -> None:
    scanner.turn("error")
    assert talk(scanner, b"zINSTREAM\0", stream(b"x")).endswith(b"ERROR\0")
    scanner.turn("dead")
    assert not _answered(scanner)
    scanner.turn("slow", 20)
    with pytest.raises(TimeoutError):
        talk(scanner, b"zPING\0", timeout=0.5)


def _answered(scanner: Server) -> bool:
    try:
        return bool(talk(scanner, b"zPING\0"))
    except ConnectionError:
        return False
