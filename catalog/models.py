"""What can be learned, where and when, with the place counter that guards every submit."""

from datetime import date, datetime, timedelta
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, Person
from funding.models import FundingSource
from stars.classifiers.models import (
    DigCompCompetence,
    Municipality,
    PriorEducation,
    ProgrammeKind,
    Qualification,
    Sector,
)
from stars.kernel.actor import Actor

from .states import GroupState, ProgrammeState

FEWEST_RATINGS = 5


class Venue(models.Model):
    """Where learning takes place: an address of an institution, or "Attālināti" (no institution, no address)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="venues", verbose_name=_("institution")
    )
    name = models.CharField(_("name"), max_length=150)
    address = models.CharField(_("address"), max_length=250, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("municipality")
    )
    is_remote = models.BooleanField(_("remote"), default=False)
    registered_in_viis = models.BooleanField(_("registered in VIIS"), default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)  # of its fields, for forms opened meanwhile (K6)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["address", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_remote=True, institution=None, address="")
                | Q(is_remote=False, institution__isnull=False) & ~Q(address=""),
                name="catalog_venue_is_remote_or_has_an_address",
                violation_error_message=_("A venue has an institution and an address; a remote one has neither."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name if self.is_remote else self.address


class Mode(models.TextChoices):
    ONSITE = "onsite", _("on site")
    REMOTE = "remote", _("remote")
    PARTLY_REMOTE = "partly_remote", _("partly remote")


class ScheduleKind(models.TextChoices):
    WEEKDAY_EVENINGS = "weekday_evenings", _("weekday evenings")
    DAYS_OFF = "days_off", _("days off")
    WORKING_HOURS = "working_hours", _("on working days, in working hours")
    MIXED = "mixed", _("mixed")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def published(self) -> Self:
        """Programmes of a deactivated institution leave every list at once (X15)."""
        return self.filter(state=ProgrammeState.PUBLISHED, institution__is_active=True)


class Programme(models.Model):
    """Izglītības programma: the rows of the client manual's programme page."""

    number = models.PositiveIntegerField(_("number"), unique=True)  # /programma/817
    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=300, db_collation="lv")
    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="programmes", verbose_name=_("institution")
    )
    state = models.CharField(_("state"), max_length=12, choices=ProgrammeState, default=ProgrammeState.UNPUBLISHED)
    kind = models.ForeignKey(ProgrammeKind, models.PROTECT, verbose_name=_("kind"))
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="programmes", verbose_name=_("sector"))
    extra_sectors = models.ManyToManyField(
        Sector, blank=True, related_name="also_programmes", verbose_name=_("other sectors")
    )
    venues = models.ManyToManyField(Venue, related_name="programmes", verbose_name=_("venues"))
    mode = models.CharField(_("mode"), max_length=15, choices=Mode)
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, null=True, blank=True, verbose_name=_("qualification the programme belongs to")
    )
    prior_knowledge = models.TextField(_("prior knowledge"))
    prior_education = models.ForeignKey(PriorEducation, models.PROTECT, verbose_name=_("prior education"))
    description = models.TextField(_("description"))
    main_topics = ArrayField(models.CharField(max_length=300), verbose_name=_("main topics"), default=list)
    hours_total = models.PositiveSmallIntegerField(_("academic hours in total"))
    theory_onsite = models.PositiveSmallIntegerField(_("theory on site, hours"), default=0)
    practice_onsite = models.PositiveSmallIntegerField(_("practice on site, hours"), default=0)
    theory_remote = models.PositiveSmallIntegerField(_("theory remote, hours"), default=0)
    practice_remote = models.PositiveSmallIntegerField(_("practice remote, hours"), default=0)
    equipment = models.TextField(_("equipment the person needs"))
    final_examination = models.TextField(_("final examination"))
    education_document = models.CharField(_("education document"), max_length=250)
    language_label = models.CharField(_("language"), max_length=100)
    schedule_kinds = ArrayField(
        models.CharField(max_length=20, choices=ScheduleKind), verbose_name=_("time of learning"), default=list
    )
    duration_weeks = models.PositiveSmallIntegerField(_("weeks"))
    digital_share_percent = models.PositiveSmallIntegerField(_("digital share, %"), null=True, blank=True)
    # Of people who have completed it; shown from a few answers on (X18). Written by what gathers the answers.
    rating_mean = models.DecimalField(
        _("mean rating"), max_digits=2, decimal_places=1, null=True, blank=True, editable=False
    )
    rating_count = models.PositiveIntegerField(_("ratings"), default=0, editable=False)
    max_group_size = models.PositiveSmallIntegerField(_("largest group"))
    varam_level = models.CharField(_("VARAM level"), max_length=30, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # Kept by catalog.services.reindex: everything the search looks at, folded (lower case, no diacritics, light stems).
    search_text = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(default=1, db_default=1)  # of its fields, for forms opened meanwhile (K6)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    hours_total=F("theory_onsite") + F("practice_onsite") + F("theory_remote") + F("practice_remote")
                ),
                name="catalog_hours_add_up",
                violation_error_message=_("The hours of theory and practice must add up to the total."),
            ),
            models.CheckConstraint(
                condition=Q(hours_total__gt=0),
                name="catalog_programme_has_hours",
                violation_error_message=_("A programme needs hours."),
            ),
            models.CheckConstraint(
                condition=Q(rating_mean=None) | Q(rating_mean__range=(1, 5), rating_count__gt=0),
                name="catalog_rating_is_one_to_five",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="catalog_published_knows_when"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="catalog_programme_search"),
            models.Index(fields=["name", "id"], condition=Q(state="published"), name="catalog_published_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_rated(self) -> bool:
        """Whether enough people have answered for a mean to say something (X18)."""
        return self.rating_mean is not None and self.rating_count >= FEWEST_RATINGS


class SearchWord(models.Model):
    """A stem that some programme has or had: what is misspelt is looked up here. Kept by catalog.services.reindex."""

    word = models.CharField(_("word"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word


class ProgrammePart(models.Model):
    """A module or course inside a set; the unit-cost rule caps each part before summing (domain.md 4)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="parts", verbose_name=_("programme"))
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=300)
    hours = models.PositiveSmallIntegerField(_("hours"))
    cost_cents = models.PositiveIntegerField(_("cost, cents"))

    class Meta:
        verbose_name = _("part of a programme")
        verbose_name_plural = _("parts of programmes")
        ordering = ["programme", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "position"],
                name="catalog_part_position_is_unique",
                violation_error_message=_("Each part needs a position of its own."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeCompetence(models.Model):
    """A DigComp competence the programme teaches, and to which level."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="competences", verbose_name=_("programme"))
    competence = models.ForeignKey(DigCompCompetence, models.PROTECT, verbose_name=_("competence"))
    level = models.PositiveSmallIntegerField(_("level"))
    description = models.TextField(_("what the person will be able to do"))

    class Meta:
        verbose_name = _("competence of a programme")
        verbose_name_plural = _("competences of programmes")
        ordering = ["programme", "competence"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "competence"],
                name="catalog_competence_once_per_programme",
                violation_error_message=_("This competence stands on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 8)),
                name="catalog_level_is_one_to_eight",
                violation_error_message=_("DigComp levels are from 1 to 8."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competence}: {self.level}"


class ProgrammeOffer(models.Model):
    """A programme under one funding source, at the price frozen at publication."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="offers", verbose_name=_("programme"))
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="offers", verbose_name=_("source"))
    price_cents = models.PositiveIntegerField(_("price, cents"))

    class Meta:
        verbose_name = _("programme under a source")
        verbose_name_plural = _("programmes under sources")
        ordering = ["programme", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "source"],
                name="catalog_one_offer_per_source",
                violation_error_message=_("The programme already has a price under this source."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} ({self.source})"


class CourseGroupQuerySet(models.QuerySet["CourseGroup"]):
    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see as its keeper; what people may apply to, everybody sees on the programme's page."""
        if actor.is_provider:
            return self.filter(programme__institution_id=actor.institution_id)
        return self if actor.is_agency or actor.is_system else self.none()


class CourseGroup(models.Model):
    """Mācību grupa: one run of a programme at one venue. Only catalog.services moves `taken`, the place counter."""

    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="groups", verbose_name=_("programme"))
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="groups", verbose_name=_("venue"))
    state = models.CharField(_("state"), max_length=10, choices=GroupState, default=GroupState.FORMING)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends, inclusive"))
    schedule_kind = models.CharField(_("time of learning"), max_length=20, choices=ScheduleKind)
    schedule = models.CharField(_("schedule"), max_length=250, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"))
    minimum = models.PositiveSmallIntegerField(_("smallest group"))
    taken = models.PositiveSmallIntegerField(_("places taken"), default=0)
    # The transaction in which it last became full or ceased to be; a trigger's (migration 0004), nobody else writes it.
    turned_in = models.BigIntegerField(editable=False, default=0, db_default=0)
    # Its time or place has changed and not everybody who holds a place has heard: the worklist of that telling (K3).
    rescheduled_at = models.DateTimeField(_("rescheduled, people to be told"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1)  # of its fields, for forms opened meanwhile (K6)

    objects = CourseGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("course group")
        verbose_name_plural = _("course groups")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")),
                name="catalog_group_is_never_overfull",
                violation_error_message=_("More places are taken already than that."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="catalog_group_ends_after_start",
                violation_error_message=_("The last day cannot be before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__lte=F("capacity")),
                name="catalog_group_minimum_fits",
                violation_error_message=_("The smallest group must fit into the places there are."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "starts_on"], condition=Q(state="forming"), name="catalog_forming_groups"
            ),
            models.Index(
                fields=["programme"], condition=Q(state="forming", taken__gte=F("capacity")), name="catalog_full_groups"
            ),
            models.Index(fields=["turned_in"], name="catalog_groups_turned"),
            models.Index(
                fields=["rescheduled_at"], condition=Q(rescheduled_at__isnull=False), name="catalog_groups_to_tell_of"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def decides_on(self) -> date:
        """The last day on which it can still be decided whether the group begins: the day before it does."""
        return self.starts_on - timedelta(days=1)


class SavedProgramme(models.Model):
    """A programme a client has put aside to come back to."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_programmes", verbose_name=_("person"))
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", verbose_name=_("programme"))
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("saved programme")
        verbose_name_plural = _("saved programmes")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "programme"], name="catalog_a_programme_is_saved_once"),
        ]

    def __str__(self) -> str:
        return str(self.programme)


class SavedSearch(models.Model):
    """A state of the catalogue a client comes back to, and may be told of: what was asked, as CatalogueQuery says it."""

    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_searches", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=100)
    words = models.CharField(_("words"), max_length=100, blank=True)
    chosen = models.JSONField(_("filters"), default=list)  # pairs of a facet and its values
    notifies = models.BooleanField(_("tell of new programmes"), default=True)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    told_until = models.DateTimeField(_("told of programmes published before"), default=timezone.now)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "words", "chosen"], name="catalog_a_search_is_saved_once"),
        ]
        indexes = [
            models.Index(fields=["told_until"], condition=Q(notifies=True), name="catalog_searches_to_tell"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundQuerySet(models.QuerySet["ApplicationRound"]):
    def open_at(self, moment: datetime) -> Self:
        """T1: windows are half-open [opens_at, closes_at). This and ApplicationRound.is_open are the one rule."""
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)


class ApplicationRound(models.Model):
    """Kārta: the window in which persons apply under one source."""

    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="rounds", verbose_name=_("source"))
    name = models.CharField(_("name"), max_length=150)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes; this moment is already outside"))

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("application round")
        verbose_name_plural = _("application rounds")
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="catalog_round_closes_after_opening"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, moment: datetime | None = None) -> bool:
        moment = moment or timezone.now()
        return self.opens_at <= moment < self.closes_at

    @property
    def last_day(self) -> datetime:
        """The last moment inside, for "until 20.06.2025." on pages."""
        return self.closes_at - timedelta(microseconds=1)


class CatalogueVersion(models.Model):
    """One row, raised by every change the catalogue shows; cached facets live under it (performance.md 1)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue version")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalog_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.version)
