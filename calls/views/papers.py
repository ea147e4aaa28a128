"""What proves an offer: its receipt, its sealed versions, its files."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import for_providers
from calls import services
from calls.errors import OfferRefused
from calls.models import Offer, OfferVersion, Paper
from documents.selectors import receipt_of, verification_url
from documents.states import ReceiptKind
from stars.files.handing import bearer_of, hand_out
from stars.files.selectors import download_url
from stars.kernel.actor import ActorRequest


def _own(request: ActorRequest, reference: UUID) -> Offer:
    rows = Offer.objects.visible_to(request.actor).select_related("call", "institution")
    return get_object_or_404(rows, reference=reference)


@require_safe
@for_providers
def receipt(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The offer is submitted: number, moment, fingerprint, code, and until when it may be withdrawn."""
    offer = _own(request, reference)
    version = offer.versions.order_by("-number").first()
    if version is None:
        raise Http404
    return _version_page(request, offer, version, is_fresh=version.withdrawn_at is None)


@require_safe
@for_providers
def version(request: ActorRequest, reference: UUID, number: int) -> HttpResponse:
    """One sealed version, as it was sent; kept after a withdrawal too."""
    offer = _own(request, reference)
    found = get_object_or_404(offer.versions, number=number)
    return _version_page(request, offer, found, is_fresh=False)


def _version_page(request: ActorRequest, offer: Offer, found: OfferVersion, *, is_fresh: bool) -> HttpResponse:
    proof = receipt_of(found.reference, ReceiptKind.OFFER_SENT)
    if proof is None:
        raise Http404
    context = {
        "offer": offer,
        "version": found,
        "content": found.content,
        "receipt": proof,
        "verification_url": verification_url(proof),
        "withdrawal": receipt_of(found.reference, ReceiptKind.OFFER_WITHDRAWN),
        "is_fresh": is_fresh,
        "may_withdraw": found.withdrawn_at is None and offer.call.is_open(request.arrived_at),
    }
    return render(request, "calls/version.html", context)


def _paper(request: ActorRequest, pk: int) -> Paper:
    """A file of something the actor's institution prepares."""
    paper = get_object_or_404(Paper.objects.select_related("file", "draft", "offer"), pk=pk)
    owner = paper.draft or paper.offer
    if owner is None or owner.institution_id != request.actor.institution_id:
        raise Http404
    return paper


@require_safe
@for_providers
def download(request: ActorRequest, pk: int) -> HttpResponse:
    """A clean file, by a link that lives five minutes and opens in this browser only."""
    paper = _paper(request, pk)
    if not paper.file.is_clean:
        raise Http404
    return redirect(download_url(paper.file, bearer_of(request)))


@require_POST
@for_providers
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    paper = _paper(request, pk)
    owner = paper.draft or paper.offer
    assert owner is not None
    back = redirect("calls:programme" if paper.draft_id else "calls:offer", owner.reference)
    try:
        services.remove_paper(paper_id=paper.pk, by=request.actor)
    except OfferRefused as refusal:
        messages.warning(request, refusal.message)
        return back
    messages.success(request, _("The file is taken off."))
    return back


@require_safe
@for_providers
def letter(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The letter about the decision, as a file."""
    offer = _own(request, reference)
    if offer.decided_at is None:
        raise Http404
    made = services.request_letter(offer_id=offer.pk, by=request.actor)
    title = _("Decision on offer No. %(number)s") % {"number": offer.number}
    return hand_out(request, made, title=title, back=reverse("calls:offer", args=(reference,)))
