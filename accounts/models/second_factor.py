"""The second factor of those who sign in by password: an app's codes, and ten codes for when it is lost (MFA-01 to 05)."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.states import ResetState
from stars.kernel.secrets import decrypt, encrypt

from .users import User


class SecondFactor(models.Model):
    """The secret a user shares with their app, sealed; the last step used, so that no code works twice (MFA-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor", verbose_name=_("user"))
    sealed = models.TextField()
    last_step = models.BigIntegerField(_("last step used"))
    created_at = models.DateTimeField(_("set up"), default=timezone.now)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(_("second factor of %(user)s") % {"user": self.user})

    @classmethod
    def of(cls, user: User, secret: str, last_step: int, **fields: Any) -> Self:
        """An unsaved row for a secret in base32."""
        factor = cls(user=user, last_step=last_step, **fields)
        factor.sealed = encrypt(secret, bound_to=factor._binding)
        return factor

    @property
    def _binding(self) -> str:
        return f"accounts.secondfactor:{self.pk}"

    @property
    def secret(self) -> str:
        return decrypt(self.sealed, bound_to=self._binding)


class RecoveryCode(models.Model):
    """One of ten codes that stand in for the app once; hashed like a password, found by its first part (MFA-03)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name=_("user"))
    label = models.CharField(_("first part"), max_length=4)
    hashed = models.CharField(max_length=200)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "label"], name="accounts_recovery_codes_differ")]

    def __str__(self) -> str:
        return self.label


class SecondFactorReset(models.Model):
    """Taking somebody's second factor away needs two administrators of the agency and a reason (MFA-05)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="second_factor_resets", verbose_name=_("user"))
    state = models.CharField(_("state"), max_length=8, choices=ResetState, default=ResetState.ASKED)
    words = models.TextField(_("reason"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("removal of a second factor")
        verbose_name_plural = _("removals of second factors")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | ~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="accounts_reset_decided_iff_not_asked",
            ),
            # MFA-05: nobody takes both steps, and nobody decides about their own factor.
            models.CheckConstraint(
                condition=~Q(asked_by=models.F("user"))
                & (Q(decided_by=None) | ~Q(decided_by=models.F("user")) & ~Q(decided_by=models.F("asked_by"))),
                name="accounts_reset_needs_two_others",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="accounts_reset_has_a_reason"),
            models.UniqueConstraint(fields=["user"], condition=Q(state="asked"), name="accounts_one_open_reset_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"
