"""SAML 2.0: reads the verified assertion only: whom it names, for whom, until when, by which means (SAM-08 to SAM-13)."""

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from . import claims, moments
from .agreement import Agreement
from .claims import Claim
from .documents import local, only, text_of
from .identity import Identity, Refused, message_id, person_name
from .moments import OLDEST, SKEW, moment_of
from .prefilter import ASSERTION, ASSERTION_TAG

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

_CONDITIONS = {f"{{{ASSERTION}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


def read(signed: etree._Element, agreement: Agreement, now: datetime) -> Identity:
    """The identity in a verified assertion; `now` is aware. Raises Refused unless every condition holds."""
    if signed.tag != ASSERTION_TAG or signed.get("Version") != "2.0":
        raise Refused("not_an_assertion")
    if text_of(_only(signed, "Issuer")) != agreement.provider:
        raise Refused("wrong_issuer")
    issued = moments.recent(signed.get("IssueInstant", ""), now)
    subject = _only(signed, "Subject")
    until, request_id = _confirmation(subject, agreement, issued, now)
    ends = _conditions(signed, agreement, now)
    statement, name = _only(signed, "AuthnStatement"), _only(subject, "NameID")
    told = list(_claims(signed))
    values = claims.single_values(told)
    return Identity(
        issuer=agreement.provider,
        assertion_id=message_id(signed.get("ID", "")),
        request_id=request_id,
        valid_until=max(until, ends),
        given_name=person_name(values.get(claims.GIVEN_NAME, "")),
        surname=person_name(values.get(claims.SURNAME, "")),
        means=_means(statement, agreement, now),
        level=claims.level(values, agreement.lowest_level)
        or 0,  # where none is stated the allowed means vouch (SAM-13)
        identified_at=moment_of(statement.get("AuthnInstant", "")),
        name_id=text_of(name),
        name_format=name.get("Format", ""),
        session_index=statement.get("SessionIndex", ""),
        codes=claims.codes(text_of(name), told),  # last: whose codes are unclear is vouched for in all else
    )


def _only(parent: etree._Element, name: str) -> etree._Element:
    return only(parent, f"{{{ASSERTION}}}{name}")


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
    return until, message_id(data.get("InResponseTo", ""))


def _conditions(signed: etree._Element, agreement: Agreement, now: datetime) -> datetime:
    """SAM-09, SAM-12: both limits, and our name among the audiences of every restriction."""
    conditions = _only(signed, "Conditions")
    since, until = (moment_of(conditions.get(name, "")) for name in ("NotBefore", "NotOnOrAfter"))
    if not since - SKEW <= now < until + SKEW:
        raise Refused("stale")
    if any(condition.tag not in _CONDITIONS for condition in conditions):
        raise Refused("unknown_condition")
    restrictions = conditions.findall(f"{{{ASSERTION}}}AudienceRestriction")
    if not restrictions:
        raise Refused("no_audience")
    for restriction in restrictions:
        if agreement.portal not in [text_of(audience) for audience in restriction.findall(f"{{{ASSERTION}}}Audience")]:
            raise Refused("wrong_audience")
    return until


def _means(statement: etree._Element, agreement: Agreement, now: datetime) -> str:
    """SAM-13, SSO-08: one statement of how the person was identified, and a means we allow."""
    ends = statement.get("SessionNotOnOrAfter")
    if ends and now >= moment_of(ends) + SKEW:
        raise Refused("stale")
    means = text_of(_only(_only(statement, "AuthnContext"), "AuthnContextClassRef"))
    if means not in agreement.allowed_means:
        raise Refused("means_not_allowed")
    return means


def _claims(signed: etree._Element) -> Iterator[Claim]:
    """Every value of every attribute; a mark on an attribute marks all its values."""
    for attribute in _only(signed, "AttributeStatement"):
        if attribute.tag != f"{{{ASSERTION}}}Attribute" or not attribute.get("Name"):
            raise Refused("odd_attribute")
        name = claims.named_in_full(attribute.get("Name", ""))
        values = attribute.findall(f"{{{ASSERTION}}}AttributeValue")
        if len(values) != 1 and name != claims.PERSONAL_CODE:
            raise Refused("attribute_repeated" if values else "odd_attribute")
        for value in values:
            yield Claim(name, text_of(value), _is_marked(attribute) or _is_marked(value))


def _is_marked(node: etree._Element) -> bool:
    return any(local(name) == claims.MARK for name in node.attrib)
