"""Papers of a client's own applications: the provable receipts of sending and withdrawing, and everything as PDF."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gates import for_clients
from applications import selectors, services
from applications.models import Application
from documents.models import Receipt
from documents.selectors import receipt_of, receipts_about, verification_url
from documents.states import ReceiptKind
from stars.files.handing import hand_out
from stars.kernel.actor import ActorRequest


def _own(request: ActorRequest, reference: UUID) -> Application:
    """The person's own application; somebody else's is not there (ACC-02)."""
    return get_object_or_404(Application.objects.visible_to(request.actor), reference=reference)


def _receipt(request: ActorRequest, reference: UUID, kind: ReceiptKind) -> tuple[Application, Receipt]:
    application = _own(request, reference)
    receipt = receipt_of(application.reference, kind)
    if receipt is None:
        raise Http404
    return application, receipt


@require_safe
@for_clients
def proof(request: ActorRequest, reference: UUID, kind: ReceiptKind) -> HttpResponse:
    """C7a: number, moment, fingerprint, code and QR; to print, to keep, to show."""
    application, receipt = _receipt(request, reference, kind)
    others = [one for one in receipts_about(application.reference) if one.kind != kind]
    context = {
        "application": application,
        "receipt": receipt,
        "verification_url": verification_url(receipt),
        "others": selectors.papers_of(others),
        "pdf_url": f"{selectors.paper_url(receipt)}.pdf",
    }
    return render(request, "applications/proof.html", context)


@require_safe
@for_clients
def proof_pdf(request: ActorRequest, reference: UUID, kind: ReceiptKind) -> HttpResponse:
    """The receipt as a file to keep; made when it is first asked for."""
    _, receipt = _receipt(request, reference, kind)
    made = services.request_receipt_pdf(receipt=receipt, by=request.actor)
    return hand_out(request, made, title=receipt.get_kind_display(), back=selectors.paper_url(receipt))


@require_safe
@for_clients
def application_pdf(request: ActorRequest, reference: UUID) -> HttpResponse:
    """ "Pieteikums" as a file: everything as it was sent, and how far it has come today."""
    application = _own(request, reference)
    made = services.request_application_pdf(application_id=application.pk, by=request.actor)
    back = reverse("applications:detail", args=(reference,))
    return hand_out(request, made, title=application.number, back=back)
