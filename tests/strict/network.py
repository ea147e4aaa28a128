"""No test leaves this machine: sockets reach unix paths and the loopback only (H3)."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.strict import locks


def install() -> None:
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    socket.getaddrinfo = _local_names(socket.getaddrinfo)


def is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"localhost", "None", ""}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _guarded(original: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        try:
            if self.family != socket.AF_UNIX and not is_local(address[0]):
                pytest.fail(f"A test reaches out to {address}")
            locks.refuse("a network connection")
        except pytest.fail.Exception:
            self.close()
            raise
        return original(self, address)

    return connect


def _local_names(original: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_local(host):
            pytest.fail(f"A test asks for the address of {host}")
        return original(host, *args, **kwargs)

    return getaddrinfo
