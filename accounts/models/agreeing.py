"""Terms of use and privacy policy in all versions, and who has accepted which."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import ON_PAPER
from .users import User

# Through what somebody has agreed, as they read it.
CHANNELS = {
    "portal": _("in the portal"),
    "registration": _("in the registration form"),
    "invitation": _("on the page of the invitation"),
    ON_PAPER: _("on the document signed for the coordinator"),
}


class PolicyKind(models.TextChoices):
    TERMS = "terms", _("terms of use")
    PRIVACY = "privacy", _("privacy policy")


class PolicyVersion(models.Model):
    """A version of the terms of use or the privacy policy; every version stays public (terms 33)."""

    kind = models.CharField(_("kind"), max_length=10, choices=PolicyKind)
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(
        _("text")
    )  # plain text: "## heading", "26.1. point", "- item", blank line between paragraphs
    amendments = models.TextField(_("what changed"), blank=True)
    published_at = models.DateTimeField(_("in force from"))  # terms 16: in force once published

    class Meta:
        verbose_name = _("version of terms or policy")
        verbose_name_plural = _("versions of terms and policies")
        ordering = ["kind", "-published_at"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="accounts_policy_version_is_unique")]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    @property
    def edition(self) -> str:
        """The version as people read it: one that is named by its day is written as days are everywhere."""
        try:
            return f"{date.fromisoformat(self.version):%d.%m.%Y}."
        except ValueError:
            return self.version


class Consent(models.Model):
    """A person's or employee's acceptance of one version, when and through what (X8)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents", verbose_name=_("user"))
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="consents", verbose_name=_("version"))
    channel = models.CharField(_("channel"), max_length=20, default="portal")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [models.UniqueConstraint(fields=["user", "policy"], name="accounts_one_consent_per_version")]

    def __str__(self) -> str:
        return f"{self.user}: {self.policy}"

    @property
    def channel_words(self) -> str:
        return str(CHANNELS.get(self.channel, self.channel))
