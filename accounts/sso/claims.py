"""Whom a verified assertion names: the claims both protocols share (SSO-09, SSO-10, WSF-09)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .identity import Refused
from .personal_code import digits_of

Name = tuple[str, str]  # namespace, and the name in small letters

IDENTITY = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
GIVEN_NAME: Name = (IDENTITY, "givenname")
SURNAME: Name = (IDENTITY, "surname")
PERSONAL_CODE: Name = (IDENTITY, "privatepersonalidentifier")
LEVEL: Name = ("http://ivis.eps.gov.lv/schema/identity/claims", "citizenqaalevel")
MARK = "OriginalIssuer"  # on the current one of several codes


@dataclass(frozen=True, slots=True)
class Claim:
    """One value under a name; `is_marked` = it carries the sign of the current code."""

    name: Name
    value: str
    is_marked: bool = False


def named_in_full(uri: str) -> Name:
    """`namespace/name` of SAML 2.0 in its two parts."""
    namespace, _, name = uri.rpartition("/")
    return namespace, name.lower()


def single_values(claims: Iterable[Claim]) -> dict[Name, str]:
    """SSO-10: every claim but the personal code once, with one value."""
    found: dict[Name, str] = {}
    for claim in claims:
        if claim.name == PERSONAL_CODE:
            continue
        if claim.name in found:
            raise Refused("attribute_repeated")
        found[claim.name] = claim.value
    return found


def codes(named: str, claims: Iterable[Claim]) -> tuple[str, ...]:
    """The current code first. Of several exactly one is marked, and the subject is named by it."""
    current = code(named)
    given = [(code(claim.value), claim.is_marked) for claim in claims if claim.name == PERSONAL_CODE]
    distinct = list(dict.fromkeys(one for one, _ in given))
    marked = [one for one, is_marked in given if is_marked]
    chosen = marked if len(distinct) > 1 else distinct
    if distinct and (len(chosen) != 1 or chosen[0] != current):
        raise Unclear(current, distinct)
    return current, *(one for one in distinct if one != current)


class Unclear(Refused):
    """A vouched-for person whose current code is not to be told: the agency resolves it (SSO-10)."""

    def __init__(self, named: str, given: Iterable[str]) -> None:
        super().__init__("current_code_unclear")
        self.codes = tuple(dict.fromkeys((named, *given)))


def code(raw: str) -> str:
    """11 digits of a natural person; anybody and anything else is refused (SSO-09)."""
    try:
        return digits_of(raw)
    except ValueError as error:
        raise Refused("not_a_natural_person") from error


def level(values: Mapping[Name, str], lowest: int) -> int | None:
    """The stated level of assurance, an integer that reaches the lowest we allow; None where none is stated."""
    stated = values.get(LEVEL)
    if stated is None:
        return None
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 3 or int(stated) < lowest:
        raise Refused("level_too_low")
    return int(stated)
