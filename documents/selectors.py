"""Which receipts there are."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from .models import ALPHABET, CODE_LENGTH, Receipt
from .states import ReceiptKind

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def receipt_of(subject: UUID, kind: ReceiptKind) -> Receipt | None:
    """The proof of one act, for pages that have asked whose it is."""
    return Receipt.objects.filter(subject=subject, kind=kind).first()


def receipts_about(subject: UUID) -> list[Receipt]:
    """Every proof about one thing, the first act first. One query."""
    return list(Receipt.objects.filter(subject=subject).order_by("issued_at"))


def withdrawn_at(receipt: Receipt) -> datetime | None:
    """When the offer this paper proves was taken back; that stands on a paper of its own about the same version.

    Of a person's application nothing is said: that somebody withdrew is theirs to tell.
    """
    if receipt.kind != ReceiptKind.OFFER_SENT:
        return None
    withdrawal = receipt_of(receipt.subject, ReceiptKind.OFFER_WITHDRAWN)
    return withdrawal.issued_at if withdrawal else None


def receipts_of(person_id: UUID) -> dict[UUID, list[Receipt]]:
    """Every receipt of a person by what it is about, the first act first. One query."""
    found: dict[UUID, list[Receipt]] = {}
    for receipt in Receipt.objects.filter(person_id=person_id).order_by("issued_at"):
        found.setdefault(receipt.subject, []).append(receipt)
    return found


def code_in(typed: str) -> str:
    """What somebody typed from paper as a code, or empty: small letters, spaces, dashes and O for 0 are forgiven."""
    code = "".join(sign for sign in typed.upper().translate(_MISREAD) if sign.isalnum())
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def verification_url(receipt: Receipt) -> str:
    """The address on the paper and in its QR code."""
    return f"{settings.STARS_PUBLIC_BASE_URL}{reverse('documents:verify', args=(receipt.shown_code,))}"
