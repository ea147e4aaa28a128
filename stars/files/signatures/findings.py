"""What is known of one signature."""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from asn1crypto import x509

_CODE = re.compile(r"(?<!\d)(?:PNO[A-Z]{2}-)?\d{6}-?\d{5}(?!\d)")
_LONGEST_NAME = 150


class Trust(StrEnum):
    """Whether the signer's certificate leads to one the agency trusts."""

    UNCHECKED = "unchecked"  # no trust list is set
    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One signature: by whom, unbroken or not, when. Moments are UTC in ISO form, empty where unknown."""

    signer: str
    is_unbroken: bool
    covers_all: bool  # nothing of the document lies outside what was signed
    said_at: str = ""  # the signer's own clock: a claim
    stamped_at: str = ""  # a time-stamp authority's: proven
    stamped_by: str = ""
    trust: Trust = Trust.UNCHECKED
    problem: str = ""  # for the log: never shown

    @property
    def is_good(self) -> bool:
        """Unbroken, over everything, and by nobody who is known not to be trusted."""
        return self.is_unbroken and self.covers_all and self.trust is not Trust.UNTRUSTED

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"trust": self.trust.value}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Finding":
        return cls(**(kept | {"trust": Trust(kept["trust"])}))


def name_in(certificate: x509.Certificate) -> str:
    """The holder's name as the certificate has it, without any personal code: that is never kept in clear (COD-04)."""
    said = certificate.subject.native
    given, surname = _one(said.get("given_name")), _one(said.get("surname"))
    name = f"{given} {surname}".strip() if given and surname else _one(said.get("common_name"))
    plain = " ".join(_CODE.sub("", name).replace(",", " ").split())
    return plain[:_LONGEST_NAME]


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value or "")


def moment(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat() if value else ""
