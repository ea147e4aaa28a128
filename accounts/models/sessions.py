"""Sessions in PostgreSQL that know whose they are, so that a person can see and end their own (SES-03)."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .users import User


class Session(AbstractBaseSession):
    """A browser's session; `accounts.browsers.store` fills the columns from what the session holds."""

    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="sessions", verbose_name=_("user")
    )
    device = models.CharField(_("device"), max_length=80, blank=True)
    began_at = models.DateTimeField(_("signed in"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, began_at=None, seen_at=None)
                | Q(user__isnull=False, began_at__isnull=False, seen_at__isnull=False),
                name="accounts_session_of_a_user_has_its_clocks",
            )
        ]

    def __str__(self) -> str:
        return str(self.expire_date)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
