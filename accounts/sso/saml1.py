"""SAML 1.1: reads the verified assertion of a WS-Federation answer (WSF-05 to WSF-09)."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from lxml import etree

from . import claims, moments
from .agreement import Agreement
from .claims import Claim
from .documents import local, only, text_of
from .identity import Identity, Refused, message_id, person_name
from .moments import SKEW, moment_of

ASSERTION = "urn:oasis:names:tc:SAML:1.0:assertion"
ASSERTION_TAG = f"{{{ASSERTION}}}Assertion"
BEARER = "urn:oasis:names:tc:SAML:1.0:cm:bearer"

_AUTHENTICATION, _ATTRIBUTES = f"{{{ASSERTION}}}AuthenticationStatement", f"{{{ASSERTION}}}AttributeStatement"
_PARTS = {f"{{{ASSERTION}}}Conditions", _AUTHENTICATION, _ATTRIBUTES}
_RESTRICTION = f"{{{ASSERTION}}}AudienceRestrictionCondition"
_CONDITIONS = {_RESTRICTION, f"{{{ASSERTION}}}DoNotCacheCondition"}


def read(signed: etree._Element, agreement: Agreement, request_id: str, now: datetime) -> Identity:
    """The identity in a verified assertion; `now` is aware. Raises Refused unless every condition holds."""
    if signed.tag != ASSERTION_TAG or (signed.get("MajorVersion"), signed.get("MinorVersion")) != ("1", "1"):
        raise Refused("not_an_assertion")
    if any(part.tag not in _PARTS for part in signed):
        raise Refused("unexpected_part")
    if signed.get("Issuer") != agreement.provider:
        raise Refused("wrong_issuer")
    moments.recent(signed.get("IssueInstant", ""), now)
    until = _conditions(signed, agreement, now)
    statement = only(signed, _AUTHENTICATION)
    subject = _same_subject(signed, agreement)
    told = list(_claims(signed))
    values = claims.single_values(told)
    level = claims.level(values, agreement.lowest_level)
    if level is None:
        raise Refused("level_too_low")
    if not any(claim.name == claims.PERSONAL_CODE for claim in told):
        raise Refused("current_code_missing")
    return Identity(
        issuer=agreement.provider,
        assertion_id=message_id(signed.get("AssertionID", "")),
        request_id=request_id,
        valid_until=until,
        given_name=person_name(values.get(claims.GIVEN_NAME, "")),
        surname=person_name(values.get(claims.SURNAME, "")),
        means=_means(statement, agreement),
        level=level,
        identified_at=moment_of(statement.get("AuthenticationInstant", "")),
        codes=claims.codes(subject, told),  # last: whose codes are unclear is vouched for in all else
    )


def _only(parent: etree._Element, name: str) -> etree._Element:
    return only(parent, f"{{{ASSERTION}}}{name}")


def _conditions(signed: etree._Element, agreement: Agreement, now: datetime) -> datetime:
    """WSF-06, WSF-07: both limits, and our realm among the audiences of every restriction. Hours of life are usual."""
    conditions = _only(signed, "Conditions")
    since, until = (moment_of(conditions.get(name, "")) for name in ("NotBefore", "NotOnOrAfter"))
    if not since - SKEW <= now < until + SKEW:
        raise Refused("stale")
    if any(condition.tag not in _CONDITIONS for condition in conditions):
        raise Refused("unknown_condition")
    restrictions = conditions.findall(_RESTRICTION)
    if not restrictions:
        raise Refused("no_audience")
    for restriction in restrictions:
        if agreement.portal not in [text_of(audience) for audience in restriction.findall(f"{{{ASSERTION}}}Audience")]:
            raise Refused("wrong_audience")
    return until


def _same_subject(signed: etree._Element, agreement: Agreement) -> str:
    """WSF-08: all statements speak of one subject, each by bearer; gives its name."""
    statements = [part for part in signed if part.tag in {_AUTHENTICATION, _ATTRIBUTES}]
    named = {_subject(statement, agreement) for statement in statements}
    if len(named) != 1:
        raise Refused("several_subjects")
    return named.pop()


def _subject(statement: etree._Element, agreement: Agreement) -> str:
    subject = _only(statement, "Subject")
    methods = _only(subject, "SubjectConfirmation").findall(f"{{{ASSERTION}}}ConfirmationMethod")
    if [text_of(method) for method in methods] != [BEARER]:
        raise Refused("not_bearer")
    name = _only(subject, "NameIdentifier")
    if name.get("Format") != agreement.name_format:
        raise Refused("not_a_natural_person")
    named = text_of(name)
    if not named.startswith(tuple(settings.STARS_IDP_CODE_PREFIXES)):
        raise Refused("not_a_natural_person")
    return named


def _means(statement: etree._Element, agreement: Agreement) -> str:
    means = statement.get("AuthenticationMethod", "")
    if means not in agreement.allowed_means:
        raise Refused("means_not_allowed")
    return means


def _claims(signed: etree._Element) -> Iterator[Claim]:
    """WSF-09: by name and namespace, the name in small letters. A mark on an attribute marks all its values."""
    for statement in signed.findall(_ATTRIBUTES):
        for attribute in statement:
            if attribute.tag == f"{{{ASSERTION}}}Subject":
                continue
            namespace, name = attribute.get("AttributeNamespace", ""), attribute.get("AttributeName", "").lower()
            if attribute.tag != f"{{{ASSERTION}}}Attribute" or not namespace or not name:
                raise Refused("odd_attribute")
            values = attribute.findall(f"{{{ASSERTION}}}AttributeValue")
            if len(values) != 1 and (namespace, name) != claims.PERSONAL_CODE:
                raise Refused("attribute_repeated" if values else "odd_attribute")
            for value in values:
                yield Claim((namespace, name), text_of(value), _is_marked(attribute) or _is_marked(value))


def _is_marked(node: etree._Element) -> bool:
    return any(local(name) == claims.MARK for name in node.attrib)
