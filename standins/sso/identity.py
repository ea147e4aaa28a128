"""What a sign-on says of a person, whatever the protocol that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from standins.people import Person, digits

# Means of identification as the answer names them: (label, group, assurance level).
EID, BANK, TEST, FOREIGN = "eid", "bank", "test", "foreign"


@dataclass(frozen=True)
class Means:
    name: str
    label: str
    group: str
    level: int


MEANS = (
    Means("EID", "eID karte", EID, 4),
    Means("EPARAKSTS", "eParaksts karte", EID, 4),
    Means("EPARAKSTS_MOBILE", "eParaksts mobile", EID, 4),
    Means("SMARTID", "Smart-ID", EID, 4),
    Means("SWEDBANK", "Swedbank", BANK, 3),
    Means("SEB", "SEB", BANK, 3),
    Means("LUMINOR", "Luminor", BANK, 3),
    Means("CITADELE", "Citadele", BANK, 3),
    Means("EIDAS", "Cita ES valsts", FOREIGN, 3),
    Means("TEST", "TEST", TEST, 4),
)


def means_named(name: str) -> Means | None:
    return next((means for means in MEANS if means.name == name), None)


@dataclass(frozen=True)
class Identity:
    """A person as the sign-on knows them; of several codes the first is the current one, the others are historic."""

    given_name: str
    surname: str
    codes: tuple[str, ...]
    is_current_marked: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person, *, with_history: bool) -> "Identity":
        codes = person.codes if with_history else person.codes[:1]
        return cls(person.first_name, person.last_name, codes, person.is_current_marked)

    @property
    def name_id(self) -> str:
        """`PK:` and eleven digits; a code that is none goes as it was typed, for the portal to refuse."""
        return f"PK:{digits(self.codes[0]) or self.codes[0]}"


@dataclass(frozen=True)
class SignInRequest:
    """A verified request to sign somebody in."""

    id: str
    reply_to: str
    relay_state: str
    allowed_means: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What the browser is to post, and where."""

    url: str
    fields: Mapping[str, str]
