"""A server that several commands of one checkout use at once: the first starts it, the last one stops it."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol


class Server(Protocol):
    """What can be shared: it knows whether it runs, and how to start and stop."""

    folder: Path
    log: Path

    def is_running(self) -> bool: ...

    def has_died(self) -> bool: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Shared:
    """Context manager around a server; `stay=True` (bin/serve) means: stop it at the end whoever else looks at it."""

    def __init__(self, server: Server, *, stay: bool = False) -> None:
        self.server = server
        self._stay = stay
        self._mark: IO[str] | None = None

    def __enter__(self) -> "Shared":
        self.server.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._doorway():
            self._mark = self._path("users").open("w")
            fcntl.flock(self._mark, fcntl.LOCK_SH)
            if not self.server.is_running():
                self.server.start()
        return self

    def mend(self) -> bool:
        """Start it again when it has died; whether it had."""
        if not self.server.has_died():
            return False
        with self._doorway():
            self.server.start()
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._mark is None:
            return
        with self._doorway():
            if self._stay or self._is_last():
                self.server.stop()
            self._mark.close()
            self._mark = None

    def _is_last(self) -> bool:
        assert self._mark is not None
        try:
            fcntl.flock(self._mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _path(self, kind: str) -> Path:
        return self.server.folder.with_name(f"{self.server.folder.name}.{kind}.lock")

    @contextlib.contextmanager
    def _doorway(self) -> Iterator[None]:
        with self._path("doorway").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
