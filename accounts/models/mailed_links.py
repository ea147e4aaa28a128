"""Links sent to the address a user signs in with: a new password, another address. Digests only (PWD-06)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .users import User


class LinkPurpose(models.TextChoices):
    PASSWORD = "password", _("choosing a new password")
    ADDRESS = "address", _("signing in with another address")


class MailedLink(models.Model):
    """Single use, an hour at most, bound to user, address and purpose."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mailed_links", verbose_name=_("user"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=LinkPurpose)
    email = models.EmailField(_("e-mail address"))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("used or replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("mailed link")
        verbose_name_plural = _("mailed links")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(closed_at=None), name="accounts_one_open_link_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_purpose_display()}"


class PasswordRequest(models.Model):
    """Somebody asked for a new password under this address, known or not; a task answers and removes it (PWD-05)."""

    email = models.EmailField(_("e-mail address"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")

    def __str__(self) -> str:
        return f"{self.asked_at:%H:%M}"
