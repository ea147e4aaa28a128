"""The provable receipt of sending and of withdrawing: frozen in the transaction of the act (experience.md 4.13)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from applications.models import Application
from documents import services as documents
from documents.models import Receipt
from documents.states import ReceiptKind
from stars.kernel.actor import Actor
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import moment, period

Row = dict[str, str]


def sent(application: Application, *, by: Actor | None = None) -> Receipt:
    """Proof of sending: what was applied for, what it costs, and every answer as it was sent. Whoever sends inserts it."""
    return documents.receipt_for(**said_of_sending(application, by=by))


def withdrawn(application: Application, *, by: Actor | None = None) -> Receipt:
    """Proof of withdrawing: from what, when, and the reason if one was given."""
    return documents.issue(**said_of_withdrawing(application, by=by))


def said_of_sending(application: Application, *, by: Actor | None = None) -> dict[str, Any]:
    """What `documents.issue` is told of a sent application."""
    return {
        "person_id": application.client_id,
        "kind": ReceiptKind.APPLICATION_SENT,
        "subject": application.reference,
        "number": application.number,
        "content": sent_content(application, by=by),
        "moment": application.submitted_at,
    }


def said_of_withdrawing(application: Application, *, by: Actor | None = None) -> dict[str, Any]:
    """What `documents.issue` is told of a withdrawn application."""
    return {
        "person_id": application.client_id,
        "kind": ReceiptKind.APPLICATION_WITHDRAWN,
        "subject": application.reference,
        "number": application.number,
        "content": withdrawn_content(application, by=by),
        "moment": application.closed_at,
    }


def sent_content(application: Application, *, by: Actor | None = None) -> dict[str, Any]:
    """In words, as the person saw them; never a personal code."""
    said = [one for one in application.answers if one["value"] is not True]
    return _content(
        application,
        _row(_("Study period"), period(application.group.starts_on, application.group.ends_on)),
        _row(_("Price of studies"), euros(application.price_cents)),
        _row(pgettext("price", "Own share"), euros(application.own_share_cents)),
        *_by_another(by),
        answers=[_row(one["label"], one["says"] or "–") for one in said],
        declarations=[one["label"] for one in application.answers if one["value"] is True],
    )


def withdrawn_content(application: Application, *, by: Actor | None = None) -> dict[str, Any]:
    """In words, as the person saw them; never a personal code."""
    rows = [
        _row(_("Application sent"), moment(application.submitted_at)),
        _row(_("Withdrawn on"), moment(application.closed_at)),
    ]
    if application.withdrawal_reason:
        rows.append(_row(_("Reason of withdrawal"), application.withdrawal_reason))
    return _content(application, *rows, *_by_another(by), answers=[], declarations=[])


def _by_another(by: Actor | None) -> list[Row]:
    """Who pressed the button, where it was not the client."""
    if by is None or (by.is_client and by.acting_for_id is None):
        return []
    if by.acting_for_id is not None:
        return [_row(_("On behalf of the client"), by.label)]
    return [_row(_("Recorded by"), _("State Education Development Agency"))]


def _content(application: Application, *rows: Row, answers: list[Row], declarations: list[str]) -> dict[str, Any]:
    return {
        "number": application.number,
        "person": application.client.full_name,
        "rows": [
            _row(_("Education programme"), application.programme.name),
            _row(_("Education institution"), application.programme.institution.name),
            _row(_("Funding source"), application.source.label),
            *rows,
        ],
        "answers": answers,
        "declarations": declarations,
    }


def _row(label: str, value: str) -> Row:
    return {"label": label, "value": value}
