"""Roles people may work in beside an institution's own staff, each approved and for a term (terms 28 to 30, 32.1)."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.states import AccessState
from stars.classifiers.models import Municipality
from stars.files.models import StoredFile
from stars.kernel.actor import Actor, Duty, Role

from .institutions import Institution
from .users import User


class RightKind(models.TextChoices):
    """What the right lets its holder be; the last six are duties of the agency's officers."""

    COORDINATOR = "coordinator", _("municipal coordinator")
    CONSULTANT = "consultant", _("career consultant")
    ASSESSOR = "assessor", _("skills assessor")
    COMMISSION_MEMBER = "commission_member", _("member of the evaluation commission")
    APPROVER = Duty.APPROVER.value, pgettext_lazy("duty", "approver")
    EVALUATOR = Duty.EVALUATOR.value, pgettext_lazy("duty", "evaluator")
    FINANCE = Duty.FINANCE.value, pgettext_lazy("duty", "finance")
    CONTENT = Duty.CONTENT.value, pgettext_lazy("duty", "content")
    SECURITY = Duty.SECURITY.value, pgettext_lazy("duty", "security")
    ADMINISTRATOR = Duty.ADMINISTRATOR.value, pgettext_lazy("duty", "administrator")


DUTIES = tuple(duty.value for duty in Duty)
ROLES = {
    RightKind.COORDINATOR: Role.COORDINATOR,
    RightKind.CONSULTANT: Role.CONSULTANT,
    RightKind.ASSESSOR: Role.ASSESSOR,
    RightKind.COMMISSION_MEMBER: Role.COMMISSION,
}


class RightQuerySet(models.QuerySet["Right"]):
    def in_force(self, moment: datetime | None = None) -> Self:
        """Approved and within its term; a term is half-open. Read at each request (ACC-08, terms 32.1)."""
        now = moment or timezone.now()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gt=now),
            Q(institution=None) | Q(institution__is_active=True),
            state=AccessState.APPROVED,
            valid_from__lte=now,
        )


class Right(models.Model):
    """One role of one user: where, since when, until when, approved by whom."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="rights", verbose_name=_("user"))
    kind = models.CharField(_("role"), max_length=20, choices=RightKind)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="rights", verbose_name=_("institution")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    state = models.CharField(_("state"), max_length=12, choices=AccessState, default=AccessState.WAITING)
    valid_from = models.DateTimeField(_("in force from"), default=timezone.now)
    valid_until = models.DateTimeField(_("in force until"), null=True, blank=True)  # half-open; empty = no end set
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided by"), null=True, blank=True)  # half-open: one working day [003]
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)  # why refused or blocked, in words for the holder

    objects = RightQuerySet.as_manager()

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "institution", "municipality"],
                condition=Q(state__in=("unconfirmed", "waiting", "approved", "blocked")),
                nulls_distinct=False,
                name="accounts_one_live_right_each",
            ),
            models.CheckConstraint(
                condition=~Q(kind="coordinator") | Q(municipality__isnull=False, institution=None),
                name="accounts_coordinator_has_a_municipality",
            ),
            models.CheckConstraint(
                condition=~Q(kind="assessor") | Q(institution__isnull=False),
                name="accounts_assessor_has_an_institution",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(*DUTIES, "commission_member")) | Q(institution=None, municipality=None),
                name="accounts_duty_belongs_to_the_agency",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("unconfirmed", "waiting"), decided_at=None)
                | ~Q(state__in=("unconfirmed", "waiting")) & Q(decided_at__isnull=False),
                name="accounts_right_decided_iff_not_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(state="unconfirmed") | Q(due_at=None), name="accounts_right_is_due_once_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="accounts_right_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_kind_display()}"

    @property
    def is_overdue(self) -> bool:
        return self.state == AccessState.WAITING and self.due_at is not None and self.due_at <= timezone.now()

    @property
    def place(self) -> str:
        """The institution or the municipality, empty for neither."""
        return str(self.institution or self.municipality or "")

    @property
    def is_duty(self) -> bool:
        return self.kind in DUTIES

    def actor(self) -> Actor:
        """Who acts in this role; a duty of the agency is no role of its own, see `selectors.actor_of`."""
        return Actor(
            role=ROLES[RightKind(self.kind)],
            user_id=self.user_id,
            institution_id=self.institution_id,
            municipality_id=self.municipality_id,
            label=self.user.label,
        )


class RightRequest(models.Model):
    """What somebody told when they asked for a right: post, work address and phone, and the paper that delegates them."""

    right = models.OneToOneField(Right, models.CASCADE, related_name="request", verbose_name=_("right"))
    position = models.CharField(_("post"), max_length=200)
    email = models.EmailField(_("work e-mail"))
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20)
    document = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("authorisation")
    )

    class Meta:
        verbose_name = _("request for a right")
        verbose_name_plural = _("requests for rights")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.right)
