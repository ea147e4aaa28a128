"""Single logout of SAML 2.0: our signed request and answer, and what we believe of the provider's (SSO-15)."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone
from lxml import etree

from . import encryption, redirects
from .agreement import Agreement
from .documents import local, only, refuse_doubled_ids, space, text_of
from .identity import Refused, message_id
from .moments import SKEW, moment_of, recent
from .prefilter import ASSERTION, PROTOCOL
from .protocol import Farewell, SignedOut, Word

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
MOST_SESSIONS = 20
LIFE = timedelta(minutes=5)

_ENCRYPTED_ID, _NAME_ID = f"{{{ASSERTION}}}EncryptedID", f"{{{ASSERTION}}}NameID"
_VOCABULARY = {PROTOCOL, ASSERTION, encryption.XENC, encryption.XENC11, encryption.DS}


def request_address(signed_out: SignedOut, agreement: Agreement) -> str:
    """Where the browser takes our request; the name in it is for the provider's eyes only (COD-04)."""
    root = _envelope("LogoutRequest", agreement)
    root.set("NotOnOrAfter", _stamp(timezone.now() + LIFE))
    name = etree.Element(_NAME_ID, nsmap={"saml": ASSERTION})
    name.text = signed_out.name_id
    if signed_out.name_format:
        name.set("Format", signed_out.name_format)
    sealed = encryption.sealed_for(name, agreement.provider_certificates[0])
    etree.SubElement(root, _ENCRYPTED_ID).append(sealed)
    if signed_out.session_index:
        etree.SubElement(root, f"{{{PROTOCOL}}}SessionIndex").text = signed_out.session_index
    return redirects.address(agreement.slo_url, redirects.REQUEST, redirects.packed(root), agreement.key)


def answer_address(farewell: Farewell, agreement: Agreement) -> str:
    """Where the browser takes our answer: the agreed address and no other. It is the same whether there was a session."""
    root = _envelope("LogoutResponse", agreement)
    root.set("InResponseTo", farewell.message_id)
    status = etree.SubElement(root, f"{{{PROTOCOL}}}Status")
    etree.SubElement(status, f"{{{PROTOCOL}}}StatusCode", Value=SUCCESS)
    return redirects.address(
        agreement.slo_url,
        redirects.RESPONSE,
        redirects.packed(root),
        agreement.key,
        relay_state=farewell.relay_state,
    )


def read(raw_query: str, agreement: Agreement, now: datetime) -> Farewell:
    """The provider's signed word; an answer to our own request only brings the person back."""
    if not raw_query:
        return Farewell(Word.RETURN)
    name, root, relay_state = redirects.read(raw_query, agreement.provider_certificates)
    _refuse_odd_envelope(root, name, agreement)
    recent(root.get("IssueInstant", ""), now)
    if name == redirects.RESPONSE:
        return Farewell(Word.RETURN)
    until = root.get("NotOnOrAfter")
    if until and now >= moment_of(until) + SKEW:
        raise Refused("stale")
    return Farewell(
        Word.ASKED,
        issuer=agreement.provider,
        message_id=message_id(root.get("ID", "")),
        valid_until=moment_of(until) if until else now + LIFE,
        named=_named(root, agreement),
        relay_state=relay_state[:80],  # as much as the binding allows
    )


def _refuse_odd_envelope(root: etree._Element, name: str, agreement: Agreement) -> None:
    kind = "LogoutRequest" if name == redirects.REQUEST else "LogoutResponse"
    if root.tag != f"{{{PROTOCOL}}}{kind}" or root.get("Version") != "2.0":
        raise Refused("not_a_sign_out")
    if any(space(element.tag) not in _VOCABULARY for element in root.iter()):
        raise Refused("foreign_vocabulary")
    refuse_doubled_ids(root, "id")
    if text_of(only(root, f"{{{ASSERTION}}}Issuer")) != agreement.provider:
        raise Refused("wrong_issuer")
    if root.get("Destination") != agreement.signed_out_at:
        raise Refused("wrong_destination")


def _named(root: etree._Element, agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """The person and each of their sessions; a request that names no session ends none (SSO-15)."""
    holder = root
    if (sealed := root.find(_ENCRYPTED_ID)) is not None:
        encryption.open_child(sealed, agreement.key)
        holder = sealed
    named = [child for child in root if local(child.tag) in {"NameID", "EncryptedID", "BaseID"}]
    if len(named) != 1:
        raise Refused("not_one_nameid")
    person = text_of(only(holder, _NAME_ID))
    indexes = [text_of(index) for index in root.findall(f"{{{PROTOCOL}}}SessionIndex")]
    if not person or not indexes or not all(indexes) or len(indexes) > MOST_SESSIONS:
        raise Refused("no_session_named")
    return tuple((person, index) for index in indexes)


def _envelope(kind: str, agreement: Agreement) -> etree._Element:
    root = etree.Element(f"{{{PROTOCOL}}}{kind}", nsmap={"samlp": PROTOCOL, "saml": ASSERTION})
    root.set("ID", f"_{secrets.token_hex(20)}")
    root.set("Version", "2.0")
    root.set("IssueInstant", _stamp(timezone.now()))
    root.set("Destination", agreement.slo_url)
    etree.SubElement(root, f"{{{ASSERTION}}}Issuer").text = agreement.portal
    return root


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
