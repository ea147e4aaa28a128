"""What the commission does with an offer: who sits in it, who steps aside, what each member gave, what was agreed.

Points and answers are written once, when they are given; a trigger sees to it.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from calls.states import Answer, SeatRole
from stars.files.models import StoredFile

from .calls import Call, CallCondition
from .drafts import Offer
from .sealed import OfferedProgramme


class Seat(models.Model):
    """A member of the commission of one call."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="seats", verbose_name=_("call"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("seat", "member"))
    role = models.CharField(_("role"), max_length=6, choices=SeatRole, default=SeatRole.MEMBER)
    named_at = models.DateTimeField(_("named"), default=timezone.now)

    class Meta:
        verbose_name = _("seat in a commission")
        verbose_name_plural = _("seats in commissions")
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "user"],
                name="calls_one_seat_each",
                violation_error_message=_("This person already sits in the commission of this call."),
            ),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(role="chair"),
                name="calls_one_chair_per_commission",
                violation_error_message=_("The commission of this call already has a chair."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class Criterion(models.Model):
    """One thing points are given for. Its numbers are copied to each score, so that a later change rewrites no result."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="criteria", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=250)
    explanation = models.TextField(_("what is valued"), blank=True)
    most = models.PositiveSmallIntegerField(_("most points"))
    least = models.PositiveSmallIntegerField(_("fewest points to pass"), default=0)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    class Meta:
        verbose_name = _("criterion of a call")
        verbose_name_plural = _("criteria of calls")
        ordering = ["call", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(most__gt=0, weight__gt=0, least__lte=models.F("most")),
                name="calls_criterion_can_be_passed",
                violation_error_message=_("A criterion needs points and a weight, and no more to pass than there are."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Declaration(models.Model):
    """What a member says of their ties to the institution before they see its offer. Who has a conflict never sees it."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="declarations", verbose_name=_("member"))
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="declarations", verbose_name=_("offer"))
    has_conflict = models.BooleanField(_("conflict of interest"))
    reason = models.TextField(_("reason"), blank=True)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)

    class Meta:
        verbose_name = _("declaration of interests")
        verbose_name_plural = _("declarations of interests")
        ordering = ["offer", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "offer"], name="calls_one_declaration_each"),
            models.CheckConstraint(condition=Q(has_conflict=False) | ~Q(reason=""), name="calls_conflict_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.offer}: {self.seat.user}"


class ScoreSheet(models.Model):
    """One member's evaluation of one programme: typed answers while it is a draft, points and answers once it is given."""

    programme = models.ForeignKey(
        OfferedProgramme, models.PROTECT, related_name="sheets", verbose_name=_("offered programme")
    )
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="sheets", verbose_name=_("member"))
    typed = models.JSONField(_("draft"), default=dict, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    given_at = models.DateTimeField(_("given"), null=True, blank=True)

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["programme", "given_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["programme", "seat"], name="calls_one_sheet_each")]
        indexes = [models.Index(fields=["programme"], condition=Q(given_at__isnull=False), name="calls_given_sheets")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.seat.user}"


class ConditionAnswer(models.Model):
    """One line of the eligibility checklist in a given sheet."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="answers", verbose_name=_("score sheet"))
    condition = models.ForeignKey(CallCondition, models.PROTECT, related_name="+", verbose_name=_("condition"))
    answer = models.CharField(_("answer"), max_length=7, choices=Answer)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("answer of the checklist")
        verbose_name_plural = _("answers of the checklist")
        ordering = ["sheet", "condition"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "condition"], name="calls_condition_answered_once"),
            models.CheckConstraint(condition=Q(answer="yes") | ~Q(note=""), name="calls_doubt_has_a_note"),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.get_answer_display()}"


class Consensus(models.Model):
    """What the commission agreed on for one programme; it stands in place of the average."""

    programme = models.OneToOneField(
        OfferedProgramme, models.PROTECT, related_name="consensus", verbose_name=_("offered programme")
    )
    note = models.TextField(_("why so"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("agreed score")
        verbose_name_plural = _("agreed scores")
        ordering = ["-recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(note="") & Q(recorded_by__isnull=False, recorded_at__isnull=False),
                name="calls_agreed_score_says_who_and_why",
            )
        ]

    def __str__(self) -> str:
        return str(self.programme)


class Points(models.Model):
    """Points for one criterion, of one member or agreed on, with the criterion's numbers as they were (X80)."""

    sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("score sheet")
    )
    consensus = models.ForeignKey(
        Consensus, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("agreed score")
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.PositiveSmallIntegerField(_("points"))
    comment = models.TextField(_("comment"), blank=True)
    most = models.PositiveSmallIntegerField(_("most points"))
    least = models.PositiveSmallIntegerField(_("fewest points to pass"))
    weight = models.PositiveSmallIntegerField(_("weight"))

    class Meta:
        verbose_name = _("points for a criterion")
        verbose_name_plural = _("points for criteria")
        ordering = ["criterion", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sheet__isnull=False, consensus=None) | Q(sheet=None, consensus__isnull=False),
                name="calls_points_are_given_or_agreed",
            ),
            models.CheckConstraint(condition=Q(points__lte=models.F("most")), name="calls_points_are_within_the_most"),
            models.UniqueConstraint(fields=["sheet", "criterion"], name="calls_points_once_a_sheet"),
            models.UniqueConstraint(fields=["consensus", "criterion"], name="calls_points_agreed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"


class Contract(models.Model):
    """The agency's contract with the institution about an offer that was approved."""

    offer = models.OneToOneField(Offer, models.PROTECT, related_name="contract", verbose_name=_("offer"))
    number = models.CharField(_("number"), max_length=60, unique=True)
    signed_on = models.DateField(_("signed on"))
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stored file")
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("contract with an institution")
        verbose_name_plural = _("contracts with institutions")
        ordering = ["-signed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_by=None) | Q(recorded_at__isnull=False), name="calls_contract_knows_who_and_when"
            )
        ]

    def __str__(self) -> str:
        return self.number
