"""Stored files and the PDFs we make. A row for every file, with its SHA-256 (I11)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .signatures import Finding
from .states import CheckState, RenderState, ScanState


class StoredFile(models.Model):
    """One file on disk under a random name; what it is called is for display only (UPL-04)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    display_name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("kind"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=11, choices=ScanState, default=ScanState.QUARANTINED)
    verdict = models.CharField(_("what the scanner said"), max_length=200, blank=True)
    # Whose file it is, for the limit of a natural person or of an institution (UPL-01); our own have nobody.
    person_id = models.UUIDField(_("person"), null=True, blank=True, editable=False)
    institution_id = models.UUIDField(_("institution"), null=True, blank=True, editable=False)  # its reference
    stored_at = models.DateTimeField(_("stored"), default=timezone.now)
    scanned_at = models.DateTimeField(_("scanned"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker is scanning it

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["-stored_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="quarantined", scanned_at=None)
                | ~Q(state="quarantined") & Q(scanned_at__isnull=False, leased_until=None),
                name="files_scanned_iff_not_quarantined",
            ),
            models.CheckConstraint(
                condition=Q(person_id=None) | Q(institution_id=None), name="files_count_for_one_owner"
            ),
        ]
        indexes = [
            models.Index(fields=["stored_at"], condition=Q(state="quarantined"), name="files_to_be_scanned"),
            models.Index(fields=["person_id"], condition=Q(person_id__isnull=False), name="files_of_a_person"),
            models.Index(
                fields=["institution_id"], condition=Q(institution_id__isnull=False), name="files_of_an_institution"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def path(self) -> str:
        """Where it lies in the storage: nothing of its name, spread over folders."""
        return f"{self.id.hex[:2]}/{self.id.hex}"

    @property
    def is_clean(self) -> bool:
        return self.state == ScanState.CLEAN


class RenderedDocument(models.Model):
    """A PDF made by a worker from one of our own templates: asked for by key, made once per key."""

    key = models.CharField(_("what"), max_length=150, unique=True)  # "policy:privacy:3"
    template = models.CharField(max_length=150)
    context = models.JSONField(default=dict)
    file_name = models.CharField(_("file name"), max_length=150)
    state = models.CharField(_("state"), max_length=7, choices=RenderState, default=RenderState.WAITING)
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("file"))
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)  # also the end of a worker's lease

    class Meta:
        verbose_name = _("PDF document")
        verbose_name_plural = _("PDF documents")
        ordering = ["-requested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", file__isnull=False) | ~Q(state="ready") & Q(file=None),
                name="files_ready_iff_it_has_a_file",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="files_to_be_made")]

    def __str__(self) -> str:
        return self.key


class HeldUpload(models.Model):
    """A file kept while its person corrects the rest of the form, or confirms their address; then somebody takes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="held", verbose_name=_("stored file"))
    purpose = models.CharField(_("for what"), max_length=40)
    until = models.DateTimeField(_("held until"))

    class Meta:
        verbose_name = _("held upload")
        verbose_name_plural = _("held uploads")
        ordering = ["until", "pk"]
        indexes = [models.Index(fields=["until"], name="files_held_until")]

    def __str__(self) -> str:
        return str(self.file)


class SignatureCheck(models.Model):
    """What is known of the signatures of one file: names and moments, never a personal code (COD-04)."""

    file = models.OneToOneField(
        StoredFile, models.CASCADE, related_name="signature_check", verbose_name=_("stored file")
    )
    state = models.CharField(_("state"), max_length=7, choices=CheckState, default=CheckState.WAITING)
    found = models.JSONField(_("what was found"), default=list, blank=True)
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker is looking

    class Meta:
        verbose_name = _("check of signatures")
        verbose_name_plural = _("checks of signatures")
        ordering = ["-requested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", checked_at=None)
                | Q(state="done", checked_at__isnull=False, leased_until=None),
                name="files_signatures_checked_iff_done",
            )
        ]
        indexes = [
            models.Index(fields=["requested_at"], condition=Q(state="waiting"), name="files_signatures_to_check")
        ]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def findings(self) -> list[Finding]:
        return [Finding.from_json(one) for one in self.found]

    @property
    def is_good(self) -> bool:
        """Signed, and every signature holds."""
        return bool(self.found) and all(one.is_good for one in self.findings)

    @property
    def is_stamped(self) -> bool:
        return bool(self.found) and all(one.stamped_at for one in self.findings)
