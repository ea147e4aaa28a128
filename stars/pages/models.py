"""Public content the agency edits: pages with their sections, news, questions; and the files of own data people ask for."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from funding.models import FundingSource
from stars.files.models import StoredFile

from .retention import Subject


class ContentPage(models.Model):
    """One page of the public menu or footer; its address is the slug, under its parent's slug where it has one."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"parent": None},
        related_name="children",
        verbose_name=_("under"),
    )
    title = models.CharField(_("title"), max_length=200)
    menu_label = models.CharField(
        _("label in the menu"),
        max_length=100,
        blank=True,
        help_text=_("A page of the first level without a label is not shown in the top menu."),
    )
    lead = models.TextField(_("lead"), blank=True)
    notice = models.TextField(_("notice above the text"), blank=True)
    source = models.ForeignKey(
        FundingSource,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("funding source"),
        help_text=_("The page shows this source's programmes and its application round beside the text."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="pages_page_is_not_under_itself"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if self.parent:
            return reverse("pages:content_under", args=[self.parent.slug, self.slug])
        return reverse("pages:content", args=[self.slug])


class PageSection(models.Model):
    """A part of a page: plain text in the small notation of `texts.py`, shown as its kind says."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        STEPS = "steps", _("steps: title | explanation")
        FACTS = "facts", _("facts: label | value")
        TIMELINE = "timeline", _("timeline: date | event")
        FIGURES = "figures", _("figures: number | what it counts")
        PROGRESS = "progress", _("progress: count | target | what it counts")

    page = models.ForeignKey(ContentPage, models.CASCADE, related_name="sections", verbose_name=_("page"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    body = models.TextField(
        _("text"),
        help_text=_(
            "Text: an empty line parts paragraphs, lines that start with “- ” make a list, “[words](/address)” makes "
            "a link. Other kinds: one row a line, parted by “|”; in a timeline “+” before the row means done and "
            "“>” under way; in progress the count is “accounts” or “learners”."
        ),
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["page", "position", "pk"]

    def __str__(self) -> str:
        return self.heading or str(self.page)


class NewsItemQuerySet(models.QuerySet["NewsItem"]):
    def published(self) -> Self:
        return self.filter(published_at__lte=timezone.now())


class NewsItem(models.Model):
    """One item of /jaunumi; a moment of publication still to come keeps it hidden."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    lead = models.TextField(_("lead"))
    body = models.TextField(
        _("text"),
        help_text=_(
            "“## ” starts a heading, an empty line parts paragraphs, “- ” makes a list, “[words](/address)” a link."
        ),
    )
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("pages:news_item", args=[self.slug])

    @property
    def is_out(self) -> bool:
        return self.published_at <= timezone.now()


class FrequentQuestion(models.Model):
    """One question of /jautajumi, shown under its category."""

    category = models.CharField(_("category"), max_length=100)
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(
        _("answer"), help_text=_("An empty line parts paragraphs, “- ” makes a list, “[words](/address)” a link.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question


class Indicator(models.Model):
    """What a project has promised its funder: how many people, by when (slides [003]; domain.md 14.15). Data, not code."""

    class Measure(models.TextChoices):
        """Two indicators share the figure 3 500 and are counted apart."""

        USERS = "users", _("people who have used the funding")
        COMPLETERS = "completers", _("people who have completed a programme")

    source = models.ForeignKey(
        FundingSource, models.CASCADE, related_name="indicators", verbose_name=_("funding source")
    )
    measure = models.CharField(_("measure"), max_length=12, choices=Measure)
    target = models.PositiveIntegerField(_("target, people"))
    due = models.DateField(_("to be reached by, inclusive"))

    class Meta:
        verbose_name = _("project indicator")
        verbose_name_plural = _("project indicators")
        ordering = ["due", "measure", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "measure", "due"], name="pages_indicator_is_set_once"),
            models.CheckConstraint(condition=models.Q(target__gt=0), name="pages_indicator_has_a_target"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_measure_display()}, {self.due:%d.%m.%Y}."


class DataExport(models.Model):
    """A person's own data as a file: asked for, made by a worker, gone after a day (GDP-04, EXP-02)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField(Person, models.PROTECT, related_name="data_export", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("file"))
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("file of own data")
        verbose_name_plural = _("files of own data")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", file__isnull=False) | Q(state="waiting", file=None),
                name="pages_export_ready_iff_it_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("asked_at")), name="pages_export_expires_after_it_is_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%d.%m.%Y}"


class RetentionTerm(models.Model):
    """How many days something is kept before the nightly job deletes it (GDP-02); one row for each subject there is."""

    subject = models.CharField(_("what is kept"), max_length=20, choices=Subject, unique=True)
    days = models.PositiveIntegerField(
        _("days"), help_text=_("Counted from the day it was sent, closed, resolved or ended.")
    )

    class Meta:
        verbose_name = _("term of keeping")
        verbose_name_plural = _("terms of keeping")
        ordering = ["subject"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=30) | Q(subject="erased_grants"), name="pages_nothing_goes_within_a_month"
            ),
            # I8 looks a year back.
            models.CheckConstraint(
                condition=Q(days__gte=366) | ~Q(subject="notices"), name="pages_notices_stay_a_year"
            ),
            # LOG-04.
            models.CheckConstraint(condition=Q(days__gte=731) | ~Q(subject="looks"), name="pages_looks_stay_two_years"),
            # What people read in "My data".
            models.CheckConstraint(
                condition=Q(days__gte=3652) | ~Q(subject="people"), name="pages_people_stay_ten_years"
            ),
        ]

    def __str__(self) -> str:
        return self.get_subject_display()

    @property
    def least(self) -> int:
        """Fewer days than these the database does not take."""
        return {Subject.ERASED_GRANTS: 0, Subject.NOTICES: 366, Subject.LOOKS: 731, Subject.PEOPLE: 3652}.get(
            Subject(self.subject), 30
        )
