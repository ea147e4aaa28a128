"""People, how they sign in, what they have agreed to, and the institutions they work for."""

import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
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
from stars.kernel.actor import Actor, Role
from stars.kernel.secrets import blind_index, decrypt, encrypt


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


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


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

    def get_short_name(self) -> str:
        """How the admin greets its user."""
        return self.label

    @property
    def mail_address(self) -> str:
        """Where mail may be sent: a client's confirmed address, others' sign-in address. Empty = nowhere yet."""
        if self.person_id is None:
            return self.email or ""
        profile = ClientProfile.objects.filter(person_id=self.person_id).only("email", "email_confirmed_at").first()
        return profile.email if profile and profile.email_confirmed_at else ""


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
        return f"{self.title} ({self.version})"


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
    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    company_number = models.CharField(_("company registration number"), max_length=11, unique=True)
    institution_number = models.CharField(_("institution registration number"), max_length=10, unique=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("municipality")
    )
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20)
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("co-operates"), default=True)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]

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
    is_active = models.BooleanField(_("in force"), default=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("institution member")
        verbose_name_plural = _("institution members")
        constraints = [models.UniqueConstraint(fields=["user", "institution"], name="accounts_one_membership_each")]

    def __str__(self) -> str:
        return f"{self.user} – {self.institution}"

    def actor(self) -> Actor:
        role = Role.PROVIDER_ADMIN if self.role == self.MemberRole.ADMINISTRATOR else Role.PROVIDER
        return Actor(role=role, user_id=self.user_id, institution_id=self.institution_id, label=self.user.label)


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

    def __str__(self) -> str:
        return f"{self.key} {self.window_start:%H:%M} {self.count}"
