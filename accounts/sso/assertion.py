"""Reads the verified assertion only: whom it names, for whom, until when, by which means (SAM-08 to SAM-13)."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from lxml import etree

from .agreement import Agreement
from .identity import Identity, Refused, person_name
from .personal_code import digits_of
from .prefilter import ASSERTION, ASSERTION_TAG

SKEW = timedelta(seconds=60)  # SSO-07
OLDEST = timedelta(minutes=5)  # SAM-12

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
GIVEN_NAME, SURNAME = f"{CLAIMS}/givenname", f"{CLAIMS}/surname"
PERSONAL_CODE = f"{CLAIMS}/privatepersonalidentifier"
LEVEL = "http://ivis.eps.gov.lv/schema/identity/claims/citizenqaalevel"  # names are compared in lower case
MARK = "OriginalIssuer"  # on the current one of several codes

_CONDITIONS = {f"{{{ASSERTION}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")


def read(signed: etree._Element, agreement: Agreement, now: datetime) -> Identity:
    """The identity in a verified assertion; `now` is aware. Raises Refused unless every condition holds."""
    if signed.tag != ASSERTION_TAG or signed.get("Version") != "2.0":
        raise Refused("not_an_assertion")
    if text_of(_only(signed, "Issuer")) != agreement.provider:
        raise Refused("wrong_issuer")
    issued = moment_of(signed.get("IssueInstant", ""))
    if not -SKEW <= now - issued <= OLDEST + SKEW:
        raise Refused("stale")
    subject = _only(signed, "Subject")
    until, request_id = _confirmation(subject, agreement, issued, now)
    codes = _codes(subject, signed)
    attributes = _single_attributes(signed)
    return Identity(
        issuer=agreement.provider,
        assertion_id=_id(signed.get("ID", "")),
        request_id=request_id,
        valid_until=max(until, _conditions(signed, agreement, now)),
        given_name=person_name(attributes.get(GIVEN_NAME, "")),
        surname=person_name(attributes.get(SURNAME, "")),
        codes=codes,
        means=_means(signed, agreement, now),
        level=_level(attributes, agreement),
    )


def text_of(element: etree._Element) -> str:
    """The whole text of an element that holds nothing but text (SSO-17)."""
    if len(element):
        raise Refused("text_in_pieces")
    return (element.text or "").strip()


def moment_of(instant: str) -> datetime:
    """A UTC instant as SAML writes it; Refused for anything else."""
    if not _INSTANT.fullmatch(instant):
        raise Refused("no_time")
    whole, _, _ = instant.rstrip("Z").partition(".")
    try:
        return datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("no_time") from error


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    return parent.findall(f"{{{ASSERTION}}}{name}")


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = _children(parent, name)
    if len(found) != 1:
        raise Refused(f"not_one_{name.lower()}")
    return found[0]


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise Refused("odd_id")
    return value


def _confirmation(
    subject: etree._Element, agreement: Agreement, issued: datetime, now: datetime
) -> tuple[datetime, str]:
    """SAM-10, SAM-11, SAM-12: bearer, sent to us whole string for whole string, soon over, answering a request."""
    confirmation = _only(subject, "SubjectConfirmation")
    if confirmation.get("Method") != BEARER:
        raise Refused("not_bearer")
    data = _only(confirmation, "SubjectConfirmationData")
    if data.get("Recipient") != agreement.reply_to:
        raise Refused("wrong_recipient")
    until = moment_of(data.get("NotOnOrAfter", ""))
    if now >= until + SKEW:
        raise Refused("stale")
    if until - issued > OLDEST:
        raise Refused("lives_too_long")
    if data.get("NotBefore"):
        raise Refused("confirmation_not_yet")
    return until, _id(data.get("InResponseTo", ""))


def _conditions(signed: etree._Element, agreement: Agreement, now: datetime) -> datetime:
    """SAM-09, SAM-12: both limits, and our name among the audiences of every restriction."""
    conditions = _only(signed, "Conditions")
    since, until = (moment_of(conditions.get(name, "")) for name in ("NotBefore", "NotOnOrAfter"))
    if not since - SKEW <= now < until + SKEW:
        raise Refused("stale")
    if any(condition.tag not in _CONDITIONS for condition in conditions):
        raise Refused("unknown_condition")
    restrictions = _children(conditions, "AudienceRestriction")
    if not restrictions:
        raise Refused("no_audience")
    for restriction in restrictions:
        if agreement.portal not in [text_of(audience) for audience in _children(restriction, "Audience")]:
            raise Refused("wrong_audience")
    return until


def _means(signed: etree._Element, agreement: Agreement, now: datetime) -> str:
    """SAM-13, SSO-08: one statement of how the person was identified, and a means we allow."""
    statement = _only(signed, "AuthnStatement")
    ends = statement.get("SessionNotOnOrAfter")
    if ends and now >= moment_of(ends) + SKEW:
        raise Refused("stale")
    means = text_of(_only(_only(statement, "AuthnContext"), "AuthnContextClassRef"))
    if means not in agreement.allowed_means:
        raise Refused("means_not_allowed")
    return means


def _level(attributes: dict[str, str], agreement: Agreement) -> int:
    """A level that is stated must reach the lowest we allow; 0 where none is, for the allowed means vouch then (SAM-13)."""
    raw = attributes.get(LEVEL)
    if raw is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,2}", raw) or int(raw) < agreement.lowest_level:
        raise Refused("level_too_low")
    return int(raw)


def _attributes(signed: etree._Element) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for attribute in _only(signed, "AttributeStatement"):
        if attribute.tag != f"{{{ASSERTION}}}Attribute" or not attribute.get("Name"):
            raise Refused("odd_attribute")
        found[attribute.get("Name", "").lower()].append(attribute)
    return found


def _single_attributes(signed: etree._Element) -> dict[str, str]:
    """SSO-10: every attribute but the personal code once, with one value."""
    singles = {name: nodes for name, nodes in _attributes(signed).items() if name != PERSONAL_CODE}
    if any(len(nodes) > 1 or len(_children(nodes[0], "AttributeValue")) > 1 for nodes in singles.values()):
        raise Refused("attribute_repeated")
    return {name: text_of(_only(nodes[0], "AttributeValue")) for name, nodes in singles.items()}


def _codes(subject: etree._Element, signed: etree._Element) -> tuple[str, ...]:
    """SSO-09, SSO-10: the current code first. Of several exactly one is marked, and the subject is named by it."""
    named = _code(text_of(_only(subject, "NameID")))
    given = [
        (_code(text_of(value)), _is_marked(attribute) or _is_marked(value))
        for attribute in _attributes(signed).get(PERSONAL_CODE, [])
        for value in _children(attribute, "AttributeValue")
    ]
    distinct = list(dict.fromkeys(code for code, _ in given))
    marked = [code for code, is_marked in given if is_marked]
    current = marked if len(distinct) > 1 else distinct
    if distinct and (len(current) != 1 or current[0] != named):
        raise Refused("current_code_unclear")
    return named, *(code for code in distinct if code != named)


def _code(raw: str) -> str:
    try:
        return digits_of(raw)
    except ValueError as error:
        raise Refused("not_a_natural_person") from error


def _is_marked(node: etree._Element) -> bool:
    return any(etree.QName(str(name)).localname == MARK for name in node.attrib)
