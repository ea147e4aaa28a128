"""`tests.faults.greedy:application`: what a hostile document does to the worker that reads it, asked for by address."""

import os
from collections.abc import Callable, Iterable
from typing import Any

MEGABYTE = 1024 * 1024


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    wish = environ["PATH_INFO"].strip("/")
    if wish == "spin":
        while True:
            pass
    if wish:
        bytearray(int(wish) * MEGABYTE)
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
