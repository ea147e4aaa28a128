"""What comes out of a verified answer, whatever the protocol: who, by which means, answering which request."""

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

LONGEST_NAME = 100
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}", re.ASCII)
_MOMENTS = ("valid_until", "identified_at")


class Refused(Exception):
    """An answer that is not accepted. The code goes to the log; the person sees one plain page (SSO-14)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """A natural person as the state's sign-on vouches for them; `codes` are 11 digits, the current one first."""

    issuer: str
    assertion_id: str
    request_id: str
    valid_until: datetime
    given_name: str
    surname: str
    codes: tuple[str, ...]
    means: str
    level: int
    identified_at: datetime  # when the person showed the means, by the provider's clock
    name_id: str = ""  # as the provider names the person and the session with it: what a sign-out speaks of
    name_format: str = ""
    session_index: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {name: getattr(self, name).isoformat() for name in _MOMENTS})

    @classmethod
    def from_json(cls, text: str) -> "Identity":
        fields = json.loads(text)
        moments = {name: datetime.fromisoformat(fields[name]) for name in _MOMENTS}
        return cls(**fields | moments | {"codes": tuple(fields["codes"])})


def message_id(value: str) -> str:
    """An id of a message, or of the request it answers, in the letters XML allows."""
    if not _ID.fullmatch(value):
        raise Refused("odd_id")
    return value


def person_name(raw: str) -> str:
    """A name fit to be kept: whole, short enough, without control characters; the provider's capitals become a name."""
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if (
        not name
        or len(name) > LONGEST_NAME
        or any(unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn"} for sign in name)
    ):
        raise Refused("name_not_usable")
    return name.title() if name.isupper() and len(name) > 1 else name
