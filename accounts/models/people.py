"""Natural persons, their sealed personal codes, and what they declared of themselves."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stars.classifiers.models import (
    EconomicStatus,
    EducationLevel,
    InformationSource,
    Municipality,
    PlanningRegion,
    RegistrationReason,
    Sector,
)
from stars.kernel.secrets import blind_index, decrypt, encrypt

ON_PAPER = "mandate"  # channel of a consent given on paper to a coordinator; asked again at the own sign-in (ACT-03)


class Person(models.Model):
    """A natural person, known by personal code only (SSO-01). Names come from the state's sign-on."""

    class Gender(models.TextChoices):
        UNKNOWN = "", _("not known")
        FEMALE = "f", _("woman")
        MALE = "m", _("man")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(_("first name"), max_length=100, db_collation="lv")
    last_name = models.CharField(_("surname"), max_length=100, db_collation="lv")
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True, default=Gender.UNKNOWN)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)  # from the register only, never from the code
    # Of the declared residence, from the register only; a mandate holds no longer than this (ACC-09).
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    # Somebody many would like to look up: each opened profile of theirs rings (AUD-03).
    is_watched = models.BooleanField(_("looks ring an alarm"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "pk"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def is_provisional(self) -> bool:
        """Registered on a coordinator's paper, and not yet signed in themselves (ACT-03)."""
        return bool(self.user.consents.filter(channel=ON_PAPER).exists())

    @property
    def current_code(self) -> str:
        """The current personal code in clear, 11 digits; empty where there is none. Show it masked."""
        code = self.codes.filter(is_current=True).first()
        return code.clear if code else ""


class PersonalCodeQuerySet(models.QuerySet["PersonalCode"]):
    def matching(self, digits: str) -> Self:
        return self.filter(digest=blind_index(digits))


class PersonalCode(models.Model):
    """One code a person has or had: sealed, and found by blind index only (COD-01, COD-02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="codes", verbose_name=_("person"))
    sealed = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    is_current = models.BooleanField(_("current"), default=True)
    since = models.DateTimeField(_("known since"), default=timezone.now)

    objects = PersonalCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal code")
        verbose_name_plural = _("personal codes")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(is_current=True), name="accounts_one_current_code"),
        ]

    def __str__(self) -> str:
        return str(_("personal code of %(person)s") % {"person": self.person})

    @classmethod
    def of(cls, person: Person, digits: str, *, is_current: bool = True) -> Self:
        """An unsaved row for 11 digits."""
        code = cls(person=person, is_current=is_current)
        code.sealed = encrypt(digits, bound_to=code._binding)
        code.digest = blind_index(digits)
        return code

    @property
    def _binding(self) -> str:
        return f"accounts.personalcode:{self.pk}"

    @property
    def clear(self) -> str:
        return decrypt(self.sealed, bound_to=self._binding)


class ClientProfile(models.Model):
    """What a client declared in the registration form; the signed-on names and code live on Person."""

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="profile", verbose_name=_("person")
    )
    email = models.EmailField(_("e-mail address"))
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20)  # "+371 26123456"
    economic_status = models.ForeignKey(EconomicStatus, models.PROTECT, verbose_name=_("economic status"))
    education = models.ForeignKey(EducationLevel, models.PROTECT, verbose_name=_("education"))
    low_income = models.BooleanField(_("low-income household"), null=True, blank=True)
    registration_reasons = models.ManyToManyField(RegistrationReason, verbose_name=_("reasons for registering"))
    other_reason = models.CharField(_("other reason"), max_length=300, blank=True)
    sectors = models.ManyToManyField(Sector, verbose_name=_("sectors of interest"))
    information_sources = models.ManyToManyField(InformationSource, verbose_name=_("sources of information"))
    # The last answers of application forms, offered again next time (WCAG 3.3.7).
    region = models.ForeignKey(
        PlanningRegion, models.PROTECT, null=True, blank=True, verbose_name=_("region of residence")
    )
    profession = models.CharField(_("profession"), max_length=200, blank=True)
    workplace = models.CharField(_("place of work"), max_length=200, blank=True)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("client's profile")
        verbose_name_plural = _("clients' profiles")

    def __str__(self) -> str:
        return str(self.person)
