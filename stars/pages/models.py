"""Public content the agency edits: pages with their sections, news, questions."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContentPage(models.Model):
    """One page of the public menu or footer; its address is the slug path."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )
    title = models.CharField(_("title"), max_length=200)
    menu_label = models.CharField(_("label in the menu"), max_length=100, blank=True)
    lead = models.TextField(_("lead"), blank=True)
    notice = models.TextField(_("notice above the text"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class PageSection(models.Model):
    """A part of a page. Text: paragraphs parted by a blank line, "- " lines make a list; rows: "label | value" lines."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        FACTS = "facts", _("facts: label | value")
        TIMELINE = "timeline", _("timeline: date | event")
        FIGURES = "figures", _("figures: number | what it counts")

    page = models.ForeignKey(ContentPage, models.CASCADE, related_name="sections", verbose_name=_("page"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    body = models.TextField(_("text"))

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
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    lead = models.TextField(_("lead"))
    body = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class FrequentQuestion(models.Model):
    category = models.CharField(_("category"), max_length=100)
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question
