"""What an institution prepares: venues with the register's word on them, programmes and offers still being written."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, User
from calls.states import LIVE, OfferState, VenueState
from catalog.models import Programme, Venue
from stars.files.models import StoredFile
from stars.kernel.actor import Actor

from .calls import Call


class NextOfferNumber(models.Func):
    """The next number of the one sequence, P-2025-000123: given when the row is written, never re-used (X65)."""

    template = (
        "('P-' || to_char(now() AT TIME ZONE 'Europe/Riga', 'YYYY-')"
        " || to_char(nextval('calls_offer_number'), 'FM999000000'))"
    )
    output_field = models.CharField()


class Pad(models.Model):
    """Something several people of one institution write on. Nobody overwrites what they have not seen.

    `pen` is drawn for each opened page: whoever wrote last may go on writing; for everybody else `revision` must be
    the one they have read.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.JSONField(_("content"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    pen = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    writer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )

    class Meta:
        abstract = True


class VenueCheck(models.Model):
    """What the education register says of one venue's address: the row is the question's outbox."""

    venue = models.OneToOneField(Venue, models.CASCADE, related_name="check_of_address", verbose_name=_("venue"))
    state = models.CharField(_("state"), max_length=10, choices=VenueState, default=VenueState.UNCHECKED)
    asked_address = models.CharField(_("address asked about"), max_length=250)
    answer_id = models.CharField(_("number of the answer"), max_length=64, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), default=timezone.now)  # also the end of a worker's lease
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("check of an address")
        verbose_name_plural = _("checks of addresses")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="unchecked", checked_at=None) | ~Q(state="unchecked") & Q(checked_at__isnull=False),
                name="calls_address_is_checked_iff_answered",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="unchecked"), name="calls_addresses_to_check")]

    def __str__(self) -> str:
        return f"{self.venue}: {self.get_state_display()}"


class PadQuerySet(models.QuerySet["ProgrammeDraft"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.is_provider:
            return self.filter(institution_id=actor.institution_id)
        return self if actor.is_system else self.none()

    def locked(self, pk: int) -> "ProgrammeDraft":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class ProgrammeDraft(Pad):
    """A programme as an institution writes it down, field by field; never demanded to be complete before it is offered."""

    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="programme_drafts", verbose_name=_("institution")
    )
    copied_from = models.ForeignKey(
        Programme, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("copied from")
    )

    objects = PadQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme in preparation")
        verbose_name_plural = _("programmes in preparation")
        ordering = ["-saved_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(revision__gt=0), name="calls_programme_draft_has_a_revision"),
        ]

    namesake = 1  # which of its institution's programmes with this name it is, where a list tells them apart

    def __str__(self) -> str:
        name = self.name or str(_("Programme without a name"))
        return name if self.namesake == 1 else f"{name} ({self.namesake})"

    @property
    def name(self) -> str:
        return str(self.content.get("name") or "")


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, actor: Actor) -> Self:
        """Institutions see their own; the agency those that were sent, whatever became of them."""
        if actor.is_provider:
            return self.filter(institution_id=actor.institution_id)
        if actor.is_agency:
            return self.exclude(state=OfferState.DRAFT)
        return self if actor.is_system else self.none()

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def locked(self, pk: int) -> "Offer":
        """The row, held until the transaction ends; take the institution before it."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Offer(Pad):
    """Piedāvājums: one institution's submission to one call. What was sent is in its versions, sealed."""

    number = models.CharField(_("number"), max_length=20, unique=True, db_default=NextOfferNumber())
    call = models.ForeignKey(Call, models.PROTECT, related_name="offers", verbose_name=_("call"))
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="offers", verbose_name=_("institution"))
    state = models.CharField(_("state"), max_length=13, choices=OfferState, default=OfferState.DRAFT)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-saved_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(revision__gt=0), name="calls_offer_has_a_revision"),
            models.CheckConstraint(
                condition=Q(state__in=("approved", "rejected"), decided_at__isnull=False)
                | ~Q(state__in=("approved", "rejected")) & Q(decided_at=None),
                name="calls_offer_is_decided_iff_it_knows_when",
            ),
        ]
        indexes = [models.Index(fields=["call", "state"], name="calls_offers_of_a_call")]

    def __str__(self) -> str:
        return self.number

    @property
    def source(self) -> str:
        return str(self.content.get("source") or "")

    @property
    def chosen(self) -> list[str]:
        """References of the programmes that are ticked."""
        return list(self.content.get("programmes") or [])


class Paper(models.Model):
    """A file added to a programme or to an offer that is being prepared."""

    draft = models.ForeignKey(
        ProgrammeDraft, models.CASCADE, null=True, blank=True, related_name="papers", verbose_name=_("programme")
    )
    offer = models.ForeignKey(
        Offer, models.CASCADE, null=True, blank=True, related_name="papers", verbose_name=_("offer")
    )
    code = models.SlugField(_("which attachment"), max_length=40)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("stored file"))
    added_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("attachment of an offer")
        verbose_name_plural = _("attachments of offers")
        ordering = ["code", "added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, offer=None) | Q(draft=None, offer__isnull=False),
                name="calls_paper_belongs_to_a_programme_or_an_offer",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)
