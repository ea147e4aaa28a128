"""Ways of signing in; the two kinds are never linked automatically (ACC-08)."""

import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stars.kernel.actor import Duty

from .people import ClientProfile, Person


def _composed(password: str | None) -> str | None:
    return unicodedata.normalize("NFC", password) if password is not None else None


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


# The host of addresses nobody can have: whose name and address have gone after years keeps one of them.
FORGOTTEN = "erased.invalid"


class User(AbstractBaseUser, PermissionsMixin):
    """One way in: a person by the state's sign-on, or an employee or agency officer by e-mail and password.

    The two are never linked automatically (ACC-08).
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail for signing in"), unique=True, null=True, blank=True)
    name = models.CharField(_("name and surname"), max_length=200, blank=True)
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="user", verbose_name=_("person")
    )
    is_staff = models.BooleanField(_("agency staff"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    duties: frozenset[Duty] | None = None  # of an officer, once the backend has asked in this request
    denial_id: int | None = None  # of the denial in force, where the session's backend has asked

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_email_signs_in_one_user"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, email=None) | Q(person=None, email__isnull=False),
                name="accounts_user_signs_in_one_way",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.person.full_name if self.person else self.name or self.email or f"#{self.pk}"

    def set_password(self, raw_password: str | None) -> None:
        """NFC first, so that the same letters typed on another keyboard are the same password (PWD-02)."""
        super().set_password(_composed(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_composed(raw_password))

    @property
    def is_forgotten(self) -> bool:
        return (self.email or "").endswith(f"@{FORGOTTEN}")

    def get_short_name(self) -> str:
        """How the admin greets its user."""
        return self.label

    @property
    def mail_address(self) -> str:
        """Where mail may be sent: a client's confirmed address, else that of their work; others' sign-in address.

        Empty = nowhere, or not yet.
        Nothing goes to the mailbox of somebody who may not sign in at all, such as the dead (terms 32.8).
        """
        if not self.is_active:
            return ""
        if self.person_id is None:
            return self.email or ""
        profile = ClientProfile.objects.filter(person_id=self.person_id).only("email", "email_confirmed_at").first()
        if profile and profile.email_confirmed_at:
            return profile.email
        proved = self.rights.filter(request__email_confirmed_at__isnull=False).order_by("-request__email_confirmed_at")
        return str(proved.values_list("request__email", flat=True).first() or "")
