"""The provable receipt of sending and of withdrawing: frozen in the transaction of the act (experience.md 4.13)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from applications.models import Application
from documents import services as documents
from documents.models import Receipt
from documents.states import ReceiptKind
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import moment, period

Row = dict[str, str]


def sent(application: Application) -> Receipt:
    """Proof of sending: what was applied for, what it costs, and every answer as it was sent."""
    return documents.issue(**said_of_sending(application))


def withdrawn(application: Application, *, by_agency: bool) -> Receipt:
    """Proof of withdrawing: from what, when, and the reason if one was given."""
    return documents.issue(**said_of_withdrawing(application, by_agency=by_agency))


def said_of_sending(application: Application) -> dict[str, Any]:
    """What `documents.issue` is told of a sent application."""
    return {
        "person_id": application.client_id,
        "kind": ReceiptKind.APPLICATION_SENT,
        "subject": application.reference,
        "number": application.number,
        "content": sent_content(application),
        "moment": application.submitted_at,
    }


def said_of_withdrawing(application: Application, *, by_agency: bool = False) -> dict[str, Any]:
    """What `documents.issue` is told of a withdrawn application."""
    return {
        "person_id": application.client_id,
        "kind": ReceiptKind.APPLICATION_WITHDRAWN,
        "subject": application.reference,
        "number": application.number,
        "content": withdrawn_content(application, by_agency=by_agency),
        "moment": application.closed_at,
    }


def sent_content(application: Application) -> dict[str, Any]:
    """In words, as the person saw them; never a personal code."""
    said = [one for one in application.answers if one["value"] is not True]
    return _content(
        application,
        _row(_("Study period"), period(application.group.starts_on, application.group.ends_on)),
        _row(_("Price of studies"), euros(application.price_cents)),
        _row(pgettext("price", "Own share"), euros(application.own_share_cents)),
        answers=[_row(one["label"], one["says"] or "–") for one in said],
        declarations=[one["label"] for one in application.answers if one["value"] is True],
    )


def withdrawn_content(application: Application, *, by_agency: bool) -> dict[str, Any]:
    """In words, as the person saw them; never a personal code."""
    rows = [
        _row(_("Application sent"), moment(application.submitted_at)),
        _row(_("Withdrawn on"), moment(application.closed_at)),
    ]
    if application.withdrawal_reason:
        rows.append(_row(_("Reason of withdrawal"), application.withdrawal_reason))
    if by_agency:
        rows.append(_row(_("Recorded by"), _("State Education Development Agency")))
    return _content(application, *rows, answers=[], declarations=[])


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
