"""Training providers and who works for them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.states import AccessState
from stars.classifiers.models import Municipality
from stars.kernel.actor import Actor, Role

from .users import User

# Eleven digits a person could have as their code: the new form, or the old one with a day and a month. No number of the
# Register of Enterprises looks like that: theirs begin with 4, 5 or 9.
LIKE_A_CODE = r"^(3[2-9][0-9]{9}|(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{2}[012][0-9]{4})$"
IS_A_CODE = _("This is a personal code. Enter the number of the company as in the Register of Enterprises")


class Institution(models.Model):
    """Izglītības iestāde: a training provider."""

    class Kind(models.TextChoices):
        VOCATIONAL_SCHOOL = "vocational_school", _("vocational school")
        CONTINUING_EDUCATION_CENTRE = "continuing_education_centre", _("continuing education centre")
        UNIVERSITY = "university", _("university")
        COLLEGE = "college", _("college")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=250, db_collation="lv")
    kind = models.CharField(_("kind"), max_length=40, choices=Kind, blank=True)  # empty until its profile says so
    company_number = models.CharField(_("company registration number"), max_length=11, unique=True)
    institution_number = models.CharField(_("institution registration number"), max_length=10, unique=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("municipality")
    )
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # empty until its profile says so
    address = models.CharField(_("address"), max_length=250, blank=True)
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("co-operates"), default=True)
    contacts_confirmed_at = models.DateTimeField(_("contacts confirmed"), default=timezone.now)  # terms 17.2
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(company_number__regex=r"^[0-9]{11}$", institution_number__regex=r"^[0-9]{10}$"),
                name="accounts_institution_numbers_have_their_form",
                violation_error_message=_(
                    "The company registration number has 11 digits, the number of the education institution has 10"
                ),
            ),
            models.CheckConstraint(  # I13
                condition=~Q(company_number__regex=LIKE_A_CODE),
                name="accounts_institution_number_is_no_personal_code",
                violation_error_message=IS_A_CODE,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An employee's place in an institution and the role they work in there."""

    class MemberRole(models.TextChoices):
        ADMINISTRATOR = "administrator", _("institution administrator")
        EMPLOYEE = "employee", _("institution employee")

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("user"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="memberships", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    state = models.CharField(_("state"), max_length=11, choices=AccessState, default=AccessState.APPROVED)
    is_active = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(state=AccessState.APPROVED), output_field=models.BooleanField()),
        output_field=models.BooleanField(_("in force")),
        db_persist=True,
    )
    explanation = models.TextField(_("explanation"), blank=True)  # why blocked, in words for the employee
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("institution member")
        verbose_name_plural = _("institution members")
        constraints = [
            models.UniqueConstraint(fields=["user", "institution"], name="accounts_one_membership_each"),
            models.CheckConstraint(
                condition=Q(state__in=("approved", "blocked", "expired")), name="accounts_members_have_been_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.institution}"

    def actor(self) -> Actor:
        role = Role.PROVIDER_ADMIN if self.role == self.MemberRole.ADMINISTRATOR else Role.PROVIDER
        return Actor(role=role, user_id=self.user_id, institution_id=self.institution_id, label=self.user.label)
