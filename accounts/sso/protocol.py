"""What the portal asks of a sign-on protocol; nothing outside this package knows which one is spoken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from .identity import Identity


@dataclass(frozen=True, slots=True)
class SignedOut:
    """What the provider calls the person, and the session it opened for us, that has just ended here."""

    name_id: str
    name_format: str
    session_index: str


class Word(Enum):
    """What the provider, through the browser, has to say of signing out."""

    ASKED = "asked"  # signed: these sessions are to end
    RETURN = "return"  # the person comes back from a sign-out they began here
    CLEAN_UP = "clean up"  # unsigned: may concern the asking browser at most


@dataclass(frozen=True, slots=True)
class Farewell:
    """A word about signing out; `named` are the sessions of a signed request, by person and session of the provider."""

    word: Word
    issuer: str = ""
    message_id: str = ""
    valid_until: datetime | None = None
    named: tuple[tuple[str, str], ...] = ()
    relay_state: str = ""


class SignOn(Protocol):
    """One way of talking to the state's sign-on."""

    def address_for(self, request_id: str, *, again: bool = False) -> str:
        """Where to send the browser to sign in, carrying our one-time request; `again` = the means shown anew."""

    def read(self, form: Mapping[str, str]) -> Identity:
        """The person in a posted answer, verified; raises Refused with a reason code for anything else."""

    def metadata(self) -> bytes:
        """Our side of the agreement, for the provider to register."""

    def sign_out_address(self, signed_out: SignedOut) -> str:
        """Where to send the browser so that the person leaves the provider too; empty where that was not agreed."""

    def read_farewell(self, raw_query: str) -> Farewell:
        """What the provider says of signing out; raises Refused for anything that is not to be believed."""

    def farewell_answer(self, farewell: Farewell) -> str:
        """Where the browser takes our answer to a signed request: the agreed address, whatever was asked."""
