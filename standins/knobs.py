"""What a stand-in can be told to do wrong, so that the portal can be watched while it happens."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Knob:
    """The chosen fault; `seconds` belongs to the slow ones. Safe to turn while requests run."""

    faults: Sequence[str]
    fault: str = ""
    seconds: float = 5.0
    turned: Callable[[str], None] = lambda _: None  # told the new fault
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def turn(self, fault: str, seconds: float | None = None) -> None:
        """Choose a fault, "" for none. Raises ValueError for one that is not offered."""
        if fault and fault not in self.faults:
            raise ValueError(f"no such fault: {fault}; there are {', '.join(self.faults)}")
        with self._lock:
            self.fault = fault
            self.seconds = self.seconds if seconds is None else min(max(seconds, 0.0), 600.0)
            self._stopped.set()
            self._stopped = threading.Event()
            self.turned(fault)

    def turn_as_written(self, text: str) -> None:
        """`slow:3` as on a command line."""
        fault, _, seconds = text.partition(":")
        self.turn(fault, float(seconds) if seconds else None)

    def linger(self) -> None:
        """Be as slow as told, or until the knob is turned."""
        self._stopped.wait(self.seconds)

    def state(self) -> dict[str, object]:
        return {"fault": self.fault, "seconds": self.seconds, "faults": list(self.faults)}
