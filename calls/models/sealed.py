"""What was sent: sealed when it was submitted, kept after a withdrawal, never written again (a trigger sees to it)."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from calls.states import LIVE, OfferState
from catalog.models import Programme
from documents.models import fingerprint_of
from stars.classifiers.models import ProgrammeKind
from stars.files.models import StoredFile

from .calls import Call
from .drafts import Offer, ProgrammeDraft


class OfferVersion(models.Model):
    """One submission of an offer: its whole content, its SHA-256 and the moment it arrived (T2)."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # what its receipts are about
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="versions", verbose_name=_("offer"))
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))  # venues, programmes, answers and files as they were sent
    sha256 = models.CharField(_("fingerprint of the content"), max_length=64)
    requested_cents = models.PositiveBigIntegerField(_("requested for one participant of each programme, cents"))
    arrived_at = models.DateTimeField(_("arrived"))  # the arrival stamp
    submitted_at = models.DateTimeField(_("submitted"))
    sender = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by")
    )
    # None while it stands; the arrival stamp of the withdrawal.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of an offer")
        verbose_name_plural = _("versions of offers")
        ordering = ["offer", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="calls_versions_are_numbered"),
            models.UniqueConstraint(fields=["offer"], condition=Q(withdrawn_at=None), name="calls_one_version_stands"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="calls_version_is_sealed"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("arrived_at")),
                name="calls_version_is_withdrawn_after_it_arrived",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer}/{self.number}"

    @property
    def checked(self) -> str:
        """The fingerprint its check page showed: the same press again finds this version (K7)."""
        return str(self.content.get("checked", ""))

    @property
    def is_genuine(self) -> bool:
        return fingerprint_of(self.content) == self.sha256

    @property
    def shown_sha256(self) -> str:
        """In eights, so that two of them can be compared by eye."""
        return " ".join(self.sha256[start : start + 8] for start in range(0, 64, 8))


class SealedFile(models.Model):
    """A file of a version: as long as the version is kept, so is the file."""

    version = models.ForeignKey(OfferVersion, models.CASCADE, related_name="files", verbose_name=_("version"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("stored file"))
    position = models.PositiveSmallIntegerField(_("programme"), default=0)  # 0: of the offer itself
    code = models.SlugField(_("which attachment"), max_length=40)

    class Meta:
        verbose_name = _("file of a sealed offer")
        verbose_name_plural = _("files of sealed offers")
        ordering = ["version", "position", "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "file", "position"], name="calls_file_once_per_version")
        ]

    def __str__(self) -> str:
        return str(self.file)


class OfferedProgramme(models.Model):
    """One programme of one version: decided for itself, paid by its own unit cost. Its text is in the version's content."""

    version = models.ForeignKey(OfferVersion, models.PROTECT, related_name="programmes", verbose_name=_("version"))
    call = models.ForeignKey(Call, models.PROTECT, related_name="+", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(_("position"))
    draft = models.ForeignKey(
        ProgrammeDraft,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="offered",
        verbose_name=_("programme in preparation"),
    )
    name = models.CharField(_("name"), max_length=300, db_collation="lv")
    kind = models.ForeignKey(ProgrammeKind, models.PROTECT, related_name="+", verbose_name=_("kind of programme"))
    state = models.CharField(_("state"), max_length=13, choices=OfferState, default=OfferState.SUBMITTED)
    hours = models.PositiveIntegerField(_("hours"))
    calculated_cents = models.PositiveIntegerField(_("calculated, cents"))  # hours at the rate, nothing capped
    cap_cents = models.PositiveIntegerField(_("cap, cents"))  # what the rules allow at most
    requested_cents = models.PositiveIntegerField(_("requested, cents"))
    reason = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    programme = models.OneToOneField(
        Programme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published programme")
    )

    class Meta:
        verbose_name = _("offered programme")
        verbose_name_plural = _("offered programmes")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="calls_offered_programmes_are_numbered"),
            # A programme is offered to a call once, whoever of the institution sends it (HYP 1089).
            models.UniqueConstraint(
                fields=["call", "draft"],
                condition=Q(state__in=LIVE),
                name="calls_programme_is_offered_once",
                violation_error_message=_("This programme is already in another offer to the same call."),
            ),
            models.CheckConstraint(
                condition=Q(requested_cents__gt=0, requested_cents__lte=F("calculated_cents"))
                & Q(requested_cents__lte=F("cap_cents")),
                name="calls_requested_is_within_the_rule",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("approved", "rejected"), decided_at__isnull=False)
                | ~Q(state__in=("approved", "rejected")) & Q(decided_at=None),
                name="calls_programme_is_decided_iff_it_knows_when",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="calls_rejection_has_a_reason"),
            models.CheckConstraint(condition=~Q(state="draft"), name="calls_offered_programme_was_sent"),
            models.CheckConstraint(
                condition=Q(programme=None) | Q(state="approved"), name="calls_only_approved_are_published"
            ),
        ]
        indexes = [models.Index(fields=["call", "state"], name="calls_programmes_of_a_call")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> dict[str, object]:
        """As it was sent."""
        found: dict[str, object] = self.version.content["programmes"][self.position - 1]
        return found
