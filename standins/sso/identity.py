"""What a sign-on says of a person, whatever the protocol that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standins.people import Person, digits

# Means of identification as the answer names them: (label, group, assurance level).
EID, BANK, TEST, FOREIGN = "eid", "bank", "test", "foreign"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
IVIS = "http://ivis.eps.gov.lv/schema/identity/claims"
MARK = "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"
NAME_FORMAT = "urn:ivis:100001:name.id-viss"
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


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

# What else such a module may say of somebody; a portal for natural persons refuses each of the later ones.
PLAIN, UNMARKED, LOW, EARLIER = "", "unmarked", "low", "earlier"
EMPLOYEE, SIGNATORY, AUTHORISED, SYSTEM, EMAIL = "au", "ur", "dp", "system", "email"
KINDS = {
    PLAIN: "Fiziska persona, kā parasti",
    EARLIER: "Identificējusies pirms stundas",
    LOW: "Zems uzticamības līmenis",
    UNMARKED: "Vairāki personas kodi, pašreizējais nav atzīmēts",
    EMPLOYEE: "Iestādes darbinieks (AU:…-PK:…)",
    SIGNATORY: "Uzņēmuma paraksttiesīgā persona (PK:…-UR:…)",
    AUTHORISED: "Pilnvarota persona (DP:…-PK:…)",
    SYSTEM: "Informācijas sistēma (AU:…)",
    EMAIL: "Lietotājs tikai ar e-pastu",
}
_OTHERS_CODE = "32999999999"


def means_named(name: str) -> Means | None:
    return next((means for means in MEANS if means.name == name), None)


@dataclass(frozen=True)
class Identity:
    """A person as the sign-on knows them; of several codes the first is the current one, the others are historic."""

    given_name: str
    surname: str
    codes: tuple[str, ...]
    is_current_marked: bool = True
    kind: str = PLAIN

    @classmethod
    def of(cls, person: Person, kind: str = PLAIN) -> "Identity":
        return cls(person.first_name, person.last_name, person.codes, person.is_current_marked, kind)

    @property
    def name_id(self) -> str:
        """`PK:` and eleven digits; a code that is none goes as it was typed, for the portal to refuse."""
        code = digits(self.codes[0]) or self.codes[0]
        others = {
            EMPLOYEE: f"AU:100001-PK:{code}",
            SIGNATORY: f"PK:{code}-UR:40003000000",
            AUTHORISED: f"DP:{_OTHERS_CODE}-PK:{code}",
            SYSTEM: "AU:100001",
            EMAIL: "lietotajs@example.lv",
        }
        return others.get(self.kind, f"PK:{code}")

    @property
    def name_format(self) -> str:
        return EMAIL_FORMAT if self.kind == EMAIL else NAME_FORMAT

    def identified_at(self) -> datetime:
        """When the person showed the means: now, or when the module still remembers them from before."""
        return datetime.now(UTC) - (timedelta(hours=1) if self.kind == EARLIER else timedelta())

    def level(self, means: Means) -> int:
        return 1 if self.kind == LOW else means.level

    def told_codes(self) -> list[tuple[str, bool]]:
        """The codes in the token, and whether each carries the mark of the current one."""
        codes = self.codes
        if self.kind == UNMARKED and len(codes) == 1:
            codes = (*codes, "329999-99998")
        is_marked = self.is_current_marked and self.kind != UNMARKED and len(codes) > 1
        return [(code, is_marked and place == 0) for place, code in enumerate(codes)]


@dataclass(frozen=True)
class SignInRequest:
    """A verified request to sign somebody in; `state` goes back as it came."""

    id: str
    reply_to: str
    state: str
    allowed_means: tuple[str, ...] = ()
    is_wsfed: bool = False


@dataclass(frozen=True)
class Opened:
    """A sign-in the portal was told of, for signing out later."""

    name_id: str
    name_format: str
    index: str


@dataclass(frozen=True)
class Answer:
    """What the browser is to post, and where; `opened` is what it signs in."""

    url: str
    fields: Mapping[str, str]
    opened: Opened | None = None
