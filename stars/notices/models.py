"""What people are told: a row in the portal, and a row for each e-mail that must go out (reliability.md 6)."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stars.kernel.actor import Actor

from .states import DeliveryState


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(recipient_id=actor.user_id) if actor.is_authenticated else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing one person is told, kept in the portal. `key` names the event: telling twice changes nothing (I8)."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("to whom")
    )
    key = models.CharField(_("event"), max_length=150)  # "application:17:admitted"
    title = models.CharField(_("title"), max_length=250)
    body = models.TextField(_("text"))
    path = models.CharField(_("address in the portal"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notices_told_once")]
        indexes = [models.Index(fields=["recipient"], condition=Q(read_at=None), name="notices_unread")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class Delivery(models.Model):
    """One e-mail, from the moment it is decided until it is sent or given up. Addressed when written, or held."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("to whom"),
    )
    key = models.CharField(_("event"), max_length=150)
    address = models.EmailField(_("address"), blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=5, choices=DeliveryState, default=DeliveryState.DUE)
    message_id = models.CharField(max_length=120, unique=True)  # fixed at creation: a re-send re-uses it
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="notices_mailed_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="notices_sent_knows_when",
            ),
            models.CheckConstraint(condition=Q(state="held") | ~Q(address=""), name="notices_mail_has_an_address"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="due"), name="notices_due_mail")]

    def __str__(self) -> str:
        return self.subject
