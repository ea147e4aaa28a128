"""Which receipts there are."""

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
