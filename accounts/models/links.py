"""Links by mail to people who are no users yet, or whose right waits for a proof of their address (PWD-06)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .invitations import Invitation
from .registering import Registration
from .rights import Right


def _one_open(of: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=[of], condition=Q(closed_at=None), name=f"accounts_one_open_link_a_{of}")


class EntryLink(models.Model):
    """Single use, an hour at most, bound to address and purpose; its digest is kept, and only one is open at a time."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("registration")
    )
    right = models.ForeignKey(
        Right, models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("right")
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("invitation")
    )
    email = models.EmailField(_("e-mail address"))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("used or replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("link to come in")
        verbose_name_plural = _("links to come in")
        ordering = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(registration__isnull=False, right=None, invitation=None)
                | Q(registration=None, right__isnull=False, invitation=None)
                | Q(registration=None, right=None, invitation__isnull=False),
                name="accounts_link_leads_to_one_thing",
            ),
            _one_open("registration"),
            _one_open("right"),
            _one_open("invitation"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["email", "created_at"], name="accounts_links_by_address")
        ]

    def __str__(self) -> str:
        return self.email
