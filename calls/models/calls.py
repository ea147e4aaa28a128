"""A call and everything it says: rules, limits, rates, conditions, attachments, steps, documents. All of it is data."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.states import CallState, CostRule, Place
from funding.models import FundingSource
from stars.classifiers.models import DigCompArea, ProgrammeKind
from stars.files.models import StoredFile


class CallQuerySet(models.QuerySet["Call"]):
    def announced(self) -> Self:
        return self.filter(state=CallState.ANNOUNCED)

    def open_at(self, moment: datetime) -> Self:
        """T1: [opens_at, closes_at). This and Call.is_open are the one rule."""
        return self.announced().filter(opens_at__lte=moment, closes_at__gt=moment)

    def closed_at(self, moment: datetime) -> Self:
        return self.announced().filter(closes_at__lte=moment)

    def locked(self, pk: int) -> "Call":
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Call(models.Model):
    """Uzaicinājums: an invitation to institutions to offer programmes under one funding source."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="calls", verbose_name=_("funding source"))
    state = models.CharField(_("state"), max_length=9, choices=CallState, default=CallState.PREPARED)
    lead = models.TextField(_("lead"), blank=True)
    rules = models.TextField(_("rules in brief"), blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes; this moment is already outside"))
    needs_approved_by = models.CharField(_("who approved the list of learning needs"), max_length=200)
    needs_approved_on = models.DateField(_("day the list was approved"))
    areas = models.ManyToManyField(DigCompArea, blank=True, related_name="+", verbose_name=_("DigComp areas"))
    level_from = models.PositiveSmallIntegerField(_("lowest DigComp level"), default=1)
    level_to = models.PositiveSmallIntegerField(_("highest DigComp level"), default=8)
    least_digital_share = models.PositiveSmallIntegerField(_("smallest digital share, %"), default=0)
    scores_needed = models.PositiveSmallIntegerField(_("independent scores for each programme"), default=2)
    tolerance = models.PositiveSmallIntegerField(_("largest difference of two scores, points"), default=10)
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="calls_call_closes_after_opening",
                violation_error_message=_("The call must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(level_from__range=(1, 8), level_to__range=(1, 8), level_from__lte=F("level_to")),
                name="calls_levels_are_a_range_of_one_to_eight",
                violation_error_message=_("DigComp levels are from 1 to 8, and the lowest is not above the highest."),
            ),
            models.CheckConstraint(
                condition=Q(least_digital_share__lte=100),
                name="calls_digital_share_is_a_percentage",
                violation_error_message=_("The digital share is at most 100 %%."),
            ),
            models.CheckConstraint(
                condition=Q(scores_needed__gte=2),
                name="calls_two_independent_scores_at_least",
                violation_error_message=_("Each programme needs at least two independent scores."),
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", announced_at=None) | Q(state="announced", announced_at__isnull=False),
                name="calls_announced_knows_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, moment: datetime | None = None) -> bool:
        moment = moment or timezone.now()
        return self.state == CallState.ANNOUNCED and self.opens_at <= moment < self.closes_at

    def is_over(self, moment: datetime | None = None) -> bool:
        """Evaluation may begin from this moment on."""
        return self.closes_at <= (moment or timezone.now())

    @property
    def last_moment(self) -> datetime:
        """The last moment inside, for "until 11.10.2024. at 23:59" on pages."""
        return self.closes_at - timedelta(microseconds=1)

    @property
    def levels(self) -> str:
        return str(self.level_from) if self.level_from == self.level_to else f"{self.level_from}–{self.level_to}"


class CallKind(models.Model):
    """A kind of programme the call allows: how many each institution may offer, and the rule of its unit cost."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="kinds", verbose_name=_("call"))
    kind = models.ForeignKey(ProgrammeKind, models.PROTECT, related_name="+", verbose_name=_("kind of programme"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    most = models.PositiveSmallIntegerField(_("most from one institution"))
    rule = models.CharField(_("cost"), max_length=5, choices=CostRule, default=CostRule.WHOLE)
    rate_cents = models.PositiveIntegerField(_("rate for an hour, cents"))
    cap_cents = models.PositiveIntegerField(_("cap of each part, cents"))
    asks_programme_cost = models.BooleanField(_("stays under the unit cost of the whole programme"), default=False)
    allowed = models.TextField(_("what may be offered"), blank=True)

    class Meta:
        verbose_name = _("kind of programme in a call")
        verbose_name_plural = _("kinds of programmes in calls")
        ordering = ["call", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "kind"],
                name="calls_kind_once_per_call",
                violation_error_message=_("This kind of programme stands on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(most__gt=0),
                name="calls_kind_may_be_offered",
                violation_error_message=_("An institution must be allowed at least one programme of each kind."),
            ),
            models.CheckConstraint(
                condition=Q(rate_cents__gt=0, cap_cents__gt=0),
                name="calls_kind_has_rate_and_cap",
                violation_error_message=_("The rate and the cap must be more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.kind}"


class CallCondition(models.Model):
    """One condition an institution or a programme must meet, in words; the commission ticks it off."""

    class About(models.TextChoices):
        INSTITUTION = "institution", _("institution")
        PROGRAMME = "programme", _("programme")

    call = models.ForeignKey(Call, models.CASCADE, related_name="conditions", verbose_name=_("call"))
    about = models.CharField(_("about"), max_length=11, choices=About)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.TextField(_("condition"))

    class Meta:
        verbose_name = _("condition of a call")
        verbose_name_plural = _("conditions of calls")
        ordering = ["call", "about", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class WantedAttachment(models.Model):
    """A file the call asks for, with the offer or with each programme."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="attachments", verbose_name=_("call"))
    code = models.SlugField(_("code"), max_length=40)
    place = models.CharField(_("where"), max_length=9, choices=Place)
    name = models.CharField(_("name"), max_length=250)
    hint = models.CharField(_("hint"), max_length=250, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("attachment a call asks for")
        verbose_name_plural = _("attachments calls ask for")
        ordering = ["call", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "code"],
                name="calls_attachment_once_per_call",
                violation_error_message=_("Each attachment needs a code of its own."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CallStep(models.Model):
    """One line of the call's timeline. Without a first day it is "until"; a provisional one says so."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="steps", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to, inclusive"), null=True, blank=True)
    text = models.CharField(_("what happens"), max_length=300)
    is_provisional = models.BooleanField(_("provisional"), default=True)

    class Meta:
        verbose_name = _("step of a call")
        verbose_name_plural = _("steps of calls")
        ordering = ["call", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | Q(ends_on__isnull=False),
                name="calls_step_has_a_day",
                violation_error_message=_("A step needs a day: from, to, or both."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="calls_step_ends_after_start",
                violation_error_message=_("A step cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class CallDocument(models.Model):
    """A paper of the call for anybody to read: a file of ours or an address."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="documents", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=250)
    url = models.URLField(_("address elsewhere"), blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stored file")
    )

    class Meta:
        verbose_name = _("document of a call")
        verbose_name_plural = _("documents of calls")
        ordering = ["call", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, url="") | Q(file=None) & ~Q(url=""),
                name="calls_document_is_a_file_or_an_address",
                violation_error_message=_("Add a file or write an address, not both"),
            )
        ]

    def __str__(self) -> str:
        return self.title
