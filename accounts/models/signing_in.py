"""What signing in leaves behind for a while: links, used answers, handles, counters."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Person


class EmailConfirmation(models.Model):
    """A link sent to an address: single use, 60 minutes, bound to address and purpose; its digest is kept (PWD-06)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="email_confirmations", verbose_name=_("person"))
    email = models.EmailField(_("e-mail address"))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail confirmation")
        verbose_name_plural = _("e-mail confirmations")

    def __str__(self) -> str:
        return self.email


class UsedAssertion(models.Model):
    """A sign-on answer already used: by assertion and by request, kept past expiry (SSO-06)."""

    issuer = models.CharField(max_length=300)
    assertion_id = models.CharField(max_length=200)
    request_id = models.CharField(max_length=200, unique=True)
    used_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("used sign-on answer")
        verbose_name_plural = _("used sign-on answers")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "assertion_id"], name="accounts_assertion_is_used_once")
        ]

    def __str__(self) -> str:
        return self.assertion_id


class SignInHandle(models.Model):
    """What is left of a verified answer for 60 seconds, sealed, until the same browser finishes (SSO-05)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)  # of the random handle in the address
    request_id = models.CharField(max_length=200)
    sealed = models.TextField()  # JSON: codes, names, level, means
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("sign-in under way")
        verbose_name_plural = _("sign-ins under way")

    def __str__(self) -> str:
        return str(self.pk)


class FailedSignIn(models.Model):
    """Counters of failed passwords in PostgreSQL: they survive the loss of the cache (PWD-09)."""

    key = models.CharField(max_length=80)  # digest of the account, or the address
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="accounts_one_counter_per_window")]
        indexes = [models.Index(fields=["key"], name="accounts_counters_by_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return f"{self.key} {self.window_start:%H:%M} {self.count}"
