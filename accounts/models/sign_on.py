"""What the portal remembers of the state's sign-on: sessions it opened, people it cannot tell apart, whether it answers."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .people import Person
from .users import User


class SignOnSession(models.Model):
    """What the provider calls a session of ours: found by blind index, so that its sign-out ends this one (SSO-15)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("user"))
    session_key = models.CharField(max_length=40, unique=True)
    named = models.CharField(max_length=64, db_index=True)  # blind index of the provider's names of person and session
    sealed = models.TextField()  # the same names, for telling the provider that we have ended it
    began_at = models.DateTimeField(pgettext_lazy("sign-on", "began"), default=timezone.now)

    class Meta:
        verbose_name = _("session opened by the state's sign-on")
        verbose_name_plural = _("sessions opened by the state's sign-on")

    def __str__(self) -> str:
        return str(self.pk)


class SignOnConflict(models.Model):
    """A vouched-for person the portal cannot tell: several people have these codes, or none is marked (SSO-10).

    The codes are sealed; the agency sees the people concerned and decides whose they are.
    """

    class Reason(models.TextChoices):
        SEVERAL_PERSONS = "several_persons", pgettext_lazy("sign-on", "the codes belong to several people")
        UNCLEAR_CODE = "current_code_unclear", pgettext_lazy("sign-on", "the current code is not marked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.CharField(pgettext_lazy("sign-on", "reason"), max_length=24, choices=Reason)
    digest = models.CharField(max_length=64)  # blind index of the codes, so that trying again makes no second row
    sealed = models.TextField()  # the codes, the one the person is named by first
    people = models.ManyToManyField(Person, related_name="+", verbose_name=_("people concerned"))
    times = models.PositiveIntegerField(pgettext_lazy("sign-on", "attempts"), default=1)
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    last_at = models.DateTimeField(_("last attempt"), default=timezone.now)
    resolved_at = models.DateTimeField(pgettext_lazy("sign-on", "resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("sign-on", "resolved by"),
    )
    explanation = models.TextField(pgettext_lazy("sign-on", "explanation"), blank=True)

    class Meta:
        verbose_name = _("unclear sign-on")
        verbose_name_plural = _("unclear sign-ons")
        ordering = ["-last_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "reason"], condition=Q(resolved_at=None), name="accounts_one_open_conflict_each"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="accounts_conflict_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({timezone.localtime(self.first_at):%d.%m.%Y %H:%M})"


class SignOnHealth(models.Model):
    """One row: whether the provider answered when it was last asked (SSO-19). No row, or an old one, means yes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    checked_at = models.DateTimeField(pgettext_lazy("sign-on", "asked"), default=timezone.now)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("state of the sign-on")
        verbose_name_plural = _("state of the sign-on")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_one_health_row")]

    def __str__(self) -> str:
        return f"{self.failures}"
