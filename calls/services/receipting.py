"""The provable receipt of submitting and of withdrawing: number, moment, what was sent, and its fingerprint."""

from typing import Any

from django.utils.translation import gettext as _

from calls.models import OfferVersion
from documents import services as documents
from documents.models import Receipt
from documents.states import ReceiptKind
from stars.kernel.actor import Actor
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import moment

Row = dict[str, str]


def sent(version: OfferVersion) -> Receipt:
    return documents.issue(**said_of_sending(version))


def withdrawn(version: OfferVersion, *, by: Actor) -> Receipt:
    return documents.issue(**said_of_withdrawing(version, by=by))


def said_of_sending(version: OfferVersion) -> dict[str, Any]:
    """Proof of submitting: to which call, which programmes for how much, and the fingerprint of the sealed content."""
    said = version.content
    rows = [
        _row(_("Funding source"), said["source"]["name"]),
        _row(_("Arrived"), moment(version.arrived_at)),
        _row(_("Submitted by"), said["submitted_by"]),
        _row(_("Fingerprint of the offer (SHA-256)"), version.shown_sha256),
    ]
    answers = [
        _row(
            f"{one['position']}. {one['values']['name']}",
            _("%(hours)s hours, requested %(sum)s for one participant")
            % {"hours": one["hours"], "sum": euros(one["cost"]["requested_cents"])},
        )
        for one in said["programmes"]
    ]
    return {
        "institution_id": version.offer.institution_id,
        "kind": ReceiptKind.OFFER_SENT,
        "subject": version.reference,
        "number": _number(version),
        "content": _content(version, rows, answers, [said["declaration"]]),
        "moment": version.submitted_at,
    }


def said_of_withdrawing(version: OfferVersion, *, by: Actor) -> dict[str, Any]:
    """Proof of withdrawing: which version, and when the withdrawal arrived."""
    assert version.withdrawn_at is not None
    rows = [
        _row(_("Submitted"), moment(version.submitted_at)),
        _row(_("Withdrawn on"), moment(version.withdrawn_at)),
        _row(_("Withdrawn by"), by.label),
        _row(_("Fingerprint of the offer (SHA-256)"), version.shown_sha256),
    ]
    return {
        "institution_id": version.offer.institution_id,
        "kind": ReceiptKind.OFFER_WITHDRAWN,
        "subject": version.reference,
        "number": _number(version),
        "content": _content(version, rows, [], []),
        "moment": version.withdrawn_at,
    }


def _number(version: OfferVersion) -> str:
    return f"{version.offer.number}/{version.number}"


def _content(version: OfferVersion, rows: list[Row], answers: list[Row], declarations: list[str]) -> dict[str, Any]:
    said = version.content
    return {
        "number": _number(version),
        "person": said["institution"]["name"],
        "rows": [_row(_("Call"), said["call"]["name"]), *rows],
        "answers": answers,
        "declarations": declarations,
    }


def _row(label: str, value: str) -> Row:
    return {"label": label, "value": value}
