"""Access that the agency, or the person, has ended: which of the eight reasons, in words, since when (terms 32)."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .institutions import Institution
from .rights import Right
from .users import User


class DenialReason(models.TextChoices):
    """The eight cases of the terms, by the number of their point."""

    TERM_OVER = "32.1", _("the term of the rights or role is over")
    SIGN_IN_ENDED = "32.2", _("the registered way of signing in is deactivated")
    COMPROMISED = "32.3", _("the rights or role are compromised, which may endanger the Platform")
    OWN_WISH = "32.4", _("the user has asked to suspend the account")
    TERMS_BROKEN = "32.5", _("the terms of use are not observed")
    INCIDENT = "32.6", _("a security incident was caused by the user or through the user's rights")
    COOPERATION_ENDED = "32.7", _("the agency has ended the co-operation")
    DEATH = "32.8", _("the register of natural persons says that the person has died")


class DenialQuerySet(models.QuerySet["Denial"]):
    def in_force(self, moment: datetime | None = None) -> Self:
        """Begun, not lifted, and within its term; a term is half-open."""
        now = moment or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now, lifted_at=None)

    def of_users(self) -> Self:
        """Those that close every door to a user, and not one right or one institution only."""
        return self.filter(user__isnull=False)


class Denial(models.Model):
    """One refusal of access: to a user, to one right, or to everybody who works for an institution."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="denials", verbose_name=_("user")
    )
    right = models.ForeignKey(
        Right, models.PROTECT, null=True, blank=True, related_name="denials", verbose_name=_("right")
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="denials", verbose_name=_("institution")
    )
    reason = models.CharField(_("point of the terms"), max_length=4, choices=DenialReason)
    words = models.TextField(_("explanation"), blank=True)  # what the person reads
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)  # half-open; empty = until it is lifted
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )  # empty = a named job; the trail says which
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_words = models.TextField(_("why it was lifted"), blank=True)

    objects = DenialQuerySet.as_manager()

    class Meta:
        verbose_name = _("denial of access")
        verbose_name_plural = _("denials of access")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, right=None, institution=None)
                | Q(user=None, right__isnull=False, institution=None)
                | Q(user=None, right=None, institution__isnull=False),
                name="accounts_denial_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="accounts_denial_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="accounts_denial_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(reason="32.8") | Q(user__isnull=False), name="accounts_death_is_a_person_s"
            ),
            models.UniqueConstraint(
                fields=["user", "reason"],
                condition=Q(user__isnull=False, lifted_at=None, until=None),
                name="accounts_one_open_denial_a_reason",
            ),
            models.UniqueConstraint(
                fields=["right"],
                condition=Q(right__isnull=False, lifted_at=None),
                name="accounts_one_open_denial_a_right",
            ),
            models.UniqueConstraint(
                fields=["institution"],
                condition=Q(institution__isnull=False, lifted_at=None),
                name="accounts_one_open_denial_an_institution",
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(lifted_at=None), name="accounts_denials_in_force")]

    def __str__(self) -> str:
        return f"{self.reason} {self.user or self.right or self.institution}"
