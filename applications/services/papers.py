"""PDFs of an application and of its receipts: asked for by the person, made by a worker, once for each text."""

from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from applications import policies, selectors
from applications.models import Application
from applications.services.receipting import sent_content
from documents.models import Receipt
from documents.selectors import verification_url
from documents.states import ReceiptKind
from stars.files import services as files
from stars.files.models import RenderedDocument
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.templatetags.stars import moment

FILE_NAMES = {
    ReceiptKind.APPLICATION_SENT: "apliecinajums-par-iesniegsanu",
    ReceiptKind.APPLICATION_WITHDRAWN: "apliecinajums-par-atteiksanos",
}


def request_receipt_pdf(*, receipt: Receipt, by: Actor) -> RenderedDocument:
    """The receipt never changes, so it has one PDF for ever."""
    require(by.person_id is not None and by.person_id == receipt.person_id)
    return files.request_document(
        key=f"receipt:{receipt.pk}",
        template="pdf/receipt.html",
        context={
            "title": receipt.get_kind_display(),
            "number": receipt.number,
            "moment": moment(receipt.issued_at),
            "content": receipt.content,
            "code": receipt.shown_code,
            "fingerprint": receipt.shown_fingerprint,
            "address": verification_url(receipt),
        },
        file_name=f"{FILE_NAMES[ReceiptKind(receipt.kind)]}-{receipt.number}.pdf",
    )


def request_application_pdf(*, application_id: int, by: Actor) -> RenderedDocument:
    """Everything as it was sent and every status since; another status, another PDF."""
    application = Application.objects.select_related(
        "programme__institution", "client", "source", "group__venue", "rejection_reason"
    ).get(pk=application_id)
    require(policies.client(by, application))
    context = _application_context(application)
    version = sha256(repr(context).encode()).hexdigest()[:16]
    return files.request_document(
        key=f"application:{application.pk}:{version}",
        template="pdf/application.html",
        context=context,
        file_name=f"pieteikums-{application.number}.pdf",
    )


def _application_context(application: Application) -> dict[str, Any]:
    reason = application.rejection_reason
    return {
        "title": _("Application No. %(number)s") % {"number": application.number},
        "content": sent_content(application),
        "timeline": [{"label": step.label, "hint": step.hint} for step in selectors.timeline_of(application)],
        "explanation": [text for text in (reason.label if reason else "", application.explanation) if text],
    }
