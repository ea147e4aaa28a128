"""What the portal asks of a sign-on protocol; nothing outside this package knows which one is spoken."""

from collections.abc import Mapping
from typing import Protocol

from .identity import Identity


class SignOn(Protocol):
    """One way of talking to the state's sign-on."""

    def address_for(self, request_id: str) -> str:
        """Where to send the browser to sign in, carrying our signed one-time request."""

    def read(self, form: Mapping[str, str]) -> Identity:
        """The person in a posted answer, verified; raises Refused with a reason code for anything else."""

    def metadata(self) -> bytes:
        """Our side of the agreement, for the provider to register."""
