"""Asking to be let in by e-mail and password: a new institution with its administrator, or an employee (terms 27)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.states import AccessState
from stars.files.models import StoredFile

from .agreeing import PolicyVersion
from .institutions import IS_A_CODE, LIKE_A_CODE, Institution
from .users import User

UNDECIDED = ("unconfirmed", "waiting")


class RegistrationKind(models.TextChoices):
    INSTITUTION = "institution", _("institution with its administrator")
    EMPLOYEE = "employee", _("employee of an institution")


class Registration(models.Model):
    """What somebody typed to be let in. It becomes a user when it is approved; until then nothing of it can sign in.

    A row is made for every request alike, whoever is known here already (PWD-05).
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("who registers"), max_length=11, choices=RegistrationKind)
    state = models.CharField(_("state"), max_length=11, choices=AccessState, default=AccessState.UNCONFIRMED)
    name = models.CharField(_("name and surname"), max_length=200, db_collation="lv")
    email = models.EmailField(_("e-mail address"))
    password = models.CharField(max_length=128)  # hashed
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name=_("institution")
    )
    institution_name = models.CharField(_("name of the institution"), max_length=250, blank=True, db_collation="lv")
    company_number = models.CharField(_("company registration number"), max_length=11, blank=True)
    institution_number = models.CharField(_("institution registration number"), max_length=10, blank=True)
    policies = models.ManyToManyField(PolicyVersion, related_name="+", verbose_name=_("versions accepted"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be decided by"), null=True, blank=True)  # half-open: one working day [003]
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)  # why refused, as the person reads it
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name=_("user")
    )  # whom it has become

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("unconfirmed", "waiting", "approved", "refused")),
                name="accounts_registration_ends_with_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(state="unconfirmed", confirmed_at=None, due_at=None)
                | ~Q(state="unconfirmed") & Q(confirmed_at__isnull=False, due_at__isnull=False),
                name="accounts_registration_confirmed_before_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_at=None)
                | ~Q(state__in=UNDECIDED) & Q(decided_at__isnull=False),
                name="accounts_registration_decided_iff_not_waiting",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", user__isnull=False, institution__isnull=False)
                | ~Q(state="approved") & Q(user=None),
                name="accounts_registration_approved_iff_it_is_a_user",
            ),
            models.CheckConstraint(
                condition=Q(kind="employee", institution__isnull=False)
                | Q(kind="institution")
                & ~Q(institution_name="")
                & Q(company_number__regex=r"^[0-9]{11}$", institution_number__regex=r"^[0-9]{10}$"),
                name="accounts_registration_names_its_institution",
            ),
            models.CheckConstraint(  # I13
                condition=~Q(company_number__regex=LIKE_A_CODE),
                name="accounts_registration_number_is_no_personal_code",
                violation_error_message=IS_A_CODE,
            ),
            models.UniqueConstraint(
                fields=["email", "kind", "institution", "institution_number"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
                name="accounts_one_waiting_registration_each",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="accounts_registrations_waiting")]

    def __str__(self) -> str:
        return f"{self.name} – {self.where}"

    @property
    def where(self) -> str:
        """The institution's name as it was typed, or as it is kept."""
        return self.institution_name or str(self.institution or "")

    @property
    def is_overdue(self) -> bool:
        return self.state == AccessState.WAITING and self.due_at is not None and self.due_at <= timezone.now()


class RegistrationFile(models.Model):
    """A document sent with a registration; the statement on using the Platform carries a signature [003]."""

    class Part(models.TextChoices):
        STATEMENT = "statement", _("statement on using the Platform")
        OTHER = "other", _("other document")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="files", verbose_name=_("registration"))
    part = models.CharField(_("what it is"), max_length=9, choices=Part)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name=_("stored file"))

    class Meta:
        verbose_name = _("document of a registration")
        verbose_name_plural = _("documents of registrations")
        ordering = ["part", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(part="statement"), name="accounts_one_statement_a_registration"
            )
        ]

    def __str__(self) -> str:
        return str(self.file)
