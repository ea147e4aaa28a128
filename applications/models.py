"""A request for a place: its draft, itself, the eligibility check beside it, and which questions a source asks."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from catalog.models import ApplicationRound, CourseGroup, Programme
from funding.models import FundingSource
from stars.classifiers.models import RejectionReason
from stars.kernel.actor import Actor

from .states import HOLDS_PLACE, LEARNED, LIVE, State, Verdict


class NextNumber(models.Func):
    """The next number of the one sequence, 2025-000123: given by the database when the row is written, never re-used (X65)."""

    template = (
        "(to_char(now() AT TIME ZONE 'Europe/Riga', 'YYYY-') || to_char(nextval('applications_number'), 'FM999000000'))"
    )
    output_field = models.CharField()


class Question(models.TextChoices):
    """The fields of "Iesniegums piesakoties mācībām" (client manual 3.4); labels are in the form."""

    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone")
    REGION = "region", _("region of residence")
    VENUE = "venue", _("venue")
    GROUP = "group", _("study period")
    KNOWS_CONTENT = "knows_content", _("knows the content")
    NOT_DONE_BEFORE = "not_done_before", _("not done before with public money")
    REASONS = "reasons", _("reasons for choosing the programme")
    ECONOMIC_STATUS = "economic_status", _("economic status")
    EMPLOYED_NOW = "employed_now", _("employed and 18 or older now")
    WORKPLACE = "workplace", _("actual place of work")
    PROFESSION = "profession", _("profession, post")
    EDUCATION = "education", _("highest education")
    LOW_INCOME = "low_income", _("low-income household")


class FormRule(models.Model):
    """Which question a funding source asks, and whether it must be answered. No row = not asked (domain.md 3.1)."""

    source = models.ForeignKey(FundingSource, models.CASCADE, related_name="form_rules", verbose_name=_("source"))
    question = models.CharField(_("question"), max_length=20, choices=Question)
    is_required = models.BooleanField(_("must be answered"), default=True)
    label = models.CharField(_("label of its own"), max_length=300, blank=True)  # empty = the question's usual words

    class Meta:
        ordering = ["source", "pk"]
        verbose_name = _("question of the application form")
        verbose_name_plural = _("questions of the application form")
        constraints = [
            models.UniqueConstraint(fields=["source", "question"], name="applications_question_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_question_display()}"


class Draft(models.Model):
    """An unsent form, kept 30 days: one per client, programme and source however often it is opened (X19).

    Its reference is the idempotency token of the submit and becomes the application's reference (K7).
    """

    reference = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Person, models.CASCADE, related_name="drafts", verbose_name=_("client"))
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", verbose_name=_("programme"))
    source = models.ForeignKey(FundingSource, models.CASCADE, related_name="+", verbose_name=_("source"))
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "programme", "source"], name="applications_one_draft_each"),
        ]

    def __str__(self) -> str:
        return str(self.programme)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see; anything else is 404 (ACC-02)."""
        if actor.is_client:
            return self.filter(client_id=actor.person_id)
        if actor.is_provider:
            return self.filter(programme__institution_id=actor.institution_id).still_needed(timezone.now())
        if actor.is_agency or actor.is_system:
            return self
        return self.none()

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def still_needed(self, moment: datetime) -> Self:
        """Live, or closed no longer ago than the source lets an institution see it (security.md 1, ADR 0015)."""
        days = Case(
            When(state__in=LEARNED, then=F("source__shown_days_learned")), default=F("source__shown_days_not_learned")
        )
        term = ExpressionWrapper(days * Value(timedelta(days=1)), output_field=models.DurationField())
        return self.alias(shown_until=ExpressionWrapper(F("closed_at") + term, models.DateTimeField())).filter(
            Q(closed_at=None) | Q(shown_until__gt=moment)
        )

    def locked(self, pk: int) -> "Application":
        """The row, held until the transaction ends; take the account and the group before it (K4)."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Application(models.Model):
    """One client's request for a place in one course group, paid by one source."""

    reference = models.UUIDField(unique=True, editable=False)  # the draft's: a second submit finds this row (I4)
    fingerprint = models.CharField(max_length=64, editable=False)  # SHA-256 of the answers that were submitted
    number = models.CharField(_("number"), max_length=20, unique=True, db_default=NextNumber())
    client = models.ForeignKey(Person, models.PROTECT, related_name="applications", verbose_name=_("client"))
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="applications", verbose_name=_("programme"))
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="applications", verbose_name=_("source"))
    round = models.ForeignKey(ApplicationRound, models.PROTECT, related_name="applications", verbose_name=_("round"))
    group = models.ForeignKey(CourseGroup, models.PROTECT, related_name="applications", verbose_name=_("group"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SUBMITTED)
    answers = models.JSONField(_("answers"))  # as submitted, with the labels seen; never a personal code
    price_cents = models.PositiveIntegerField(_("price, cents"))  # frozen at submit (I7)
    own_share_cents = models.PositiveIntegerField(_("own share, cents"))
    arrived_at = models.DateTimeField(_("arrived"))  # the arrival stamp (T2)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    rejection_reason = models.ForeignKey(
        RejectionReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason of rejection")
    )
    explanation = models.TextField(_("explanation for the client"), blank=True)
    withdrawal_reason = models.CharField(_("reason of withdrawal"), max_length=500, blank=True)
    # What both sides are told of sending and withdrawing is written by a task: this row is its outbox (O1).
    told_at = models.DateTimeField(_("told"), null=True, blank=True, editable=False, db_column="institution_told_at")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_at=None) | ~Q(state__in=LIVE) & Q(closed_at__isnull=False),
                name="applications_closed_iff_not_live",
            ),
            # Client manual 3.4.2: one programme per funding source.
            models.UniqueConstraint(
                fields=["client", "source"],
                condition=Q(state__in=LIVE),
                name="applications_one_live_per_source",
                violation_error_message=_("You already have an application under this funding source."),
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(rejection_reason__isnull=False),
                name="applications_rejection_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("admitted", "rejected", "ineligible", "completed", "expelled"))
                | Q(decided_at__isnull=False),
                name="applications_decided_knows_when",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "submitted_at"], name="applications_work_list"),
            models.Index(fields=["group", "state"], name="applications_by_group"),
            models.Index(fields=["submitted_at"], condition=Q(told_at=None), name="applications_untold"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def holds_place(self) -> bool:
        """Counted in the group's `taken` (I1)."""
        return self.state in HOLDS_PLACE

    def withdrawable_until(self) -> datetime:
        """Half-open: the round's closing moment is already too late (screens.md 3.11)."""
        return self.round.closes_at


class EligibilityCheck(models.Model):
    """What the target-group check says of one application, fact by fact; beside the state, never in it."""

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="eligibility", verbose_name=_("application")
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.UNKNOWN)
    findings = models.JSONField(_("rule by rule"), default=list)  # [{"rule", "verdict", "origin", "says"}]
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)

    class Meta:
        verbose_name = _("eligibility check")
        verbose_name_plural = _("eligibility checks")

    def __str__(self) -> str:
        return f"{self.application}: {self.get_verdict_display()}"


class Closing(models.Model):
    """One application to be closed because something above it has ended: the worklist between that and the closing (K4).

    The row commits with the change; a task then closes the application in a transaction of its own.
    """

    class Why(models.TextChoices):
        REFUSED = "refused", _("the learning account or its grant was refused")
        DIED = "died", _("the register says that the client has died")
        GROUP = "group", _("the course group is cancelled")

    application = models.ForeignKey(Application, models.PROTECT, related_name="closings", verbose_name=_("application"))
    why = models.CharField(_("why"), max_length=7, choices=Why)
    explanation = models.TextField(_("explanation for the client"), blank=True)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)  # also the end of a worker's lease
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("application to be closed")
        verbose_name_plural = _("applications to be closed")
        ordering = ["noted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "why"], condition=Q(done_at=None), name="applications_closing_is_noted_once"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="applications_to_close")]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_why_display()}"
