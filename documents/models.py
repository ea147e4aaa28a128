"""Receipts that prove what a person did in the portal and when, and the counter that guards their codes."""

import hashlib
import hmac
import json
import uuid
from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, Person

from .states import ReceiptKind

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing to misread on paper
CODE_LENGTH = 16  # 80 bits: nobody guesses it
_as_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint_of(content: object) -> str:
    """SHA-256 of the content in one fixed form: another letter, another fingerprint."""
    return hashlib.sha256(_as_json.encode(content).encode()).hexdigest()


class Receipt(models.Model):
    """Proof of one act of one person, or of somebody who acted for an institution: written in the transaction of the act and never again.

    Anybody who holds the code may ask whether the paper is genuine; what it says stays between the person and us.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("person")
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("institution")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=ReceiptKind)
    subject = models.UUIDField(_("what it is about"))  # the application's reference
    number = models.CharField(_("number"), max_length=20)
    code = models.CharField(_("verification code"), max_length=CODE_LENGTH, unique=True)
    content = models.JSONField(_("content"))  # as the person saw it; never a personal code
    fingerprint = models.CharField(_("fingerprint of the content"), max_length=64)
    seal = models.CharField(max_length=64, editable=False)  # binds code, kind, number, moment and fingerprint
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind"], name="documents_one_receipt_an_act"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, institution=None) | Q(person=None, institution__isnull=False),
                name="documents_receipt_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=rf"^[{ALPHABET}]{{{CODE_LENGTH}}}$"), name="documents_code_is_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(fingerprint__regex="^[0-9a-f]{64}$") & Q(seal__regex="^[0-9a-f]{64}$"),
                name="documents_receipt_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def shown_code(self) -> str:
        """7K3F-QM2P-9XWT-AB4D: in fours, as people read and type it."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    @property
    def shown_fingerprint(self) -> str:
        """In eights, so that two of them can be compared by eye."""
        return " ".join(self.fingerprint[start : start + 8] for start in range(0, 64, 8))

    @property
    def is_genuine(self) -> bool:
        """Nothing of the row has changed since it was issued: the content is its fingerprint, and the seal holds."""
        return fingerprint_of(self.content) == self.fingerprint and hmac.compare_digest(self.seal, self.true_seal())

    def true_seal(self) -> str:
        """HMAC under the audit key, which the database never sees."""
        moment = self.issued_at.astimezone(UTC).isoformat()  # the same words however the moment was written
        body = _as_json.encode(
            ["documents.receipt", self.code, self.kind, self.number, str(self.subject), moment, self.fingerprint]
        )
        return hmac.digest(settings.STARS_AUDIT_KEY.encode(), body.encode(), "sha256").hex()


class FailedCheck(models.Model):
    """Codes that were not found, counted by address and minute in PostgreSQL, so that guessing has an end (PWD-09)."""

    key = models.CharField(max_length=64)  # blind index of the address
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("codes not found")
        verbose_name_plural = _("codes not found")
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="documents_one_counter_a_minute")]

    def __str__(self) -> str:
        return f"{self.window_start:%H:%M} {self.count}"
