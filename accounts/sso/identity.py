"""What comes out of a verified answer, whatever the protocol: who, by which means, answering which request."""

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

LONGEST_NAME = 100


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

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"valid_until": self.valid_until.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> "Identity":
        fields = json.loads(text)
        return cls(
            **fields | {"valid_until": datetime.fromisoformat(fields["valid_until"]), "codes": tuple(fields["codes"])}
        )


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
