"""Lists the agency keeps: every choice in a form is a row here, never a constant in code (domain.md 11)."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Classifier(models.Model):
    """A coded choice with its Latvian label and its place in the list."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=250)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label


class Sector(models.Model):
    """Branch of economy: one number, three labels (registration form, programme page, nominative)."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    registration_label = models.CharField(_("label of the registration form"), max_length=200)
    programme_label = models.CharField(_("label of the programme page"), max_length=200)
    name = models.CharField(_("name"), max_length=200)
    excludes_others = models.BooleanField(_("excludes the other choices"), default=False)  # Nezinu, Nevēlos mācīties

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class PlanningRegion(Classifier):
    class Meta(Classifier.Meta):
        verbose_name = _("planning region")
        verbose_name_plural = _("planning regions")


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class Municipality(models.Model):
    """State city or county, valid for a time: 43 from 1 July 2021, 42 from 1 July 2025 [domain.md 11]."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100, db_collation="lv")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to, inclusive"), null=True, blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="classifiers_municipality_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RegionMembership(models.Model):
    """Which planning region a municipality belongs to, and since when."""

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="regions", verbose_name=_("municipality")
    )
    region = models.ForeignKey(
        PlanningRegion, models.PROTECT, related_name="memberships", verbose_name=_("planning region")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to, inclusive"), null=True, blank=True)

    class Meta:
        verbose_name = _("region of a municipality")
        verbose_name_plural = _("regions of municipalities")
        ordering = ["municipality", "valid_from"]

    def __str__(self) -> str:
        return f"{self.municipality} – {self.region}"


class EducationLevel(Classifier):
    framework_level = models.PositiveSmallIntegerField(_("LKI level"), null=True, blank=True)

    class Meta(Classifier.Meta):
        verbose_name = _("education level")
        verbose_name_plural = _("education levels")


class EconomicStatus(Classifier):
    is_employed = models.BooleanField(_("counts as employed"), default=False)

    class Meta(Classifier.Meta):
        verbose_name = _("economic status")
        verbose_name_plural = _("economic statuses")


class PriorEducation(Classifier):
    """What a programme demands of earlier education (client manual [000])."""

    class Meta(Classifier.Meta):
        verbose_name = _("prior education")
        verbose_name_plural = _("prior education")


class ProgrammeKind(Classifier):
    class Meta(Classifier.Meta):
        verbose_name = _("kind of programme")
        verbose_name_plural = _("kinds of programmes")


class Qualification(Classifier):
    class Meta(Classifier.Meta):
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")


class Profession(models.Model):
    """Classifier of professions: suggestions for a free text, seven-character codes like "2512 01"."""

    code = models.CharField(_("code"), max_length=7, unique=True)
    title = models.CharField(_("title"), max_length=200, db_collation="lv")

    class Meta:
        verbose_name = _("profession")
        verbose_name_plural = _("professions")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class RegistrationReason(Classifier):
    asks_text = models.BooleanField(_("asks for words"), default=False)

    class Meta(Classifier.Meta):
        verbose_name = _("reason for registering")
        verbose_name_plural = _("reasons for registering")


class InformationSource(Classifier):
    class Meta(Classifier.Meta):
        verbose_name = _("source of information")
        verbose_name_plural = _("sources of information")


class ChoiceReason(Classifier):
    """Why this programme: question of the application form."""

    class Meta(Classifier.Meta):
        verbose_name = _("reason for choosing a programme")
        verbose_name_plural = _("reasons for choosing a programme")


class RejectionReason(Classifier):
    """Structured reason of a rejection, with the next step the person is told (X41)."""

    next_step = models.TextField(_("next step"))

    class Meta(Classifier.Meta):
        verbose_name = _("reason for rejection")
        verbose_name_plural = _("reasons for rejection")


class DigCompArea(models.Model):
    framework = models.CharField(_("framework"), max_length=10, default="2.2")
    number = models.PositiveSmallIntegerField(_("number"))
    label = models.CharField(_("label"), max_length=100)

    class Meta:
        verbose_name = _("DigComp area")
        verbose_name_plural = _("DigComp areas")
        ordering = ["framework", "number"]
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="classifiers_one_area_per_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.label}"


class DigCompCompetence(models.Model):
    area = models.ForeignKey(DigCompArea, models.PROTECT, related_name="competences", verbose_name=_("area"))
    number = models.PositiveSmallIntegerField(_("number in the area"))
    label = models.CharField(_("label"), max_length=150)

    class Meta:
        verbose_name = _("DigComp competence")
        verbose_name_plural = _("DigComp competences")
        ordering = ["area", "number"]
        constraints = [models.UniqueConstraint(fields=["area", "number"], name="classifiers_one_competence_per_number")]

    def __str__(self) -> str:
        return f"{self.area.number}.{self.number} {self.label}"


class DigCompLevel(models.Model):
    """Levels 1-8 with the band they belong to and, in our words, what one can do there."""

    number = models.PositiveSmallIntegerField(_("level"), unique=True)
    band = models.CharField(_("band"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("DigComp level")
        verbose_name_plural = _("DigComp levels")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class CalendarException(models.Model):
    """A day off on a weekday, or a worked Saturday: the Cabinet moves a few days a year. Holidays are computed."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("worked"))
    reason = models.CharField(_("order or reason"), max_length=200)

    class Meta:
        verbose_name = _("moved working day")
        verbose_name_plural = _("moved working days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}."
