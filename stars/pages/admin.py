"""Saturs: the agency writes pages, news, questions here; versions of terms and policies are added, never rewritten."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stars.kernel.admin import KeptByHand, ReadOnlyAdmin, Watched, rows_of

from . import services
from .models import ContentPage, DataExport, FrequentQuestion, Indicator, NewsItem, PageSection, RetentionTerm


class PageSectionInline(admin.StackedInline):
    model = PageSection
    extra = 0
    fields = ("position", "heading", "kind", "body")


@admin.register(ContentPage)
class ContentPageAdmin(KeptByHand):
    """Pages are unpublished, not deleted: other pages and people's bookmarks lead to them."""

    list_display = ("title", "address", "position", "is_published", "updated_at")
    list_filter = ("is_published", "parent")
    search_fields = ("title", "slug", "lead")
    search_help_text = _("Title, address or lead")
    fields = ("title", "slug", "parent", "menu_label", "position", "lead", "notice", "source", "is_published")
    inlines = (PageSectionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContentPage]:
        return super().get_queryset(request).select_related("parent")

    def get_readonly_fields(self, request: HttpRequest, obj: ContentPage | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("slug", "parent") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ContentPage | None = None) -> bool:  # noqa: ARG002
        return False

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002
        written, removed = rows_of(formset)
        services.save_sections(page_id=form.instance.pk, written=written, removed=removed, by=request.actor)

    @admin.display(description=_("address"), ordering="slug")
    def address(self, page: ContentPage) -> SafeString:
        url = page.get_absolute_url()
        return format_html('<a href="{}">{}</a>', url, url)


@admin.register(PageSection)
class PageSectionAdmin(KeptByHand):
    """Only to find a sentence wherever it stands; sections are written inside their page."""

    list_display = ("heading", "page", "kind")
    list_filter = ("page", "kind")
    list_select_related = ("page",)
    search_fields = ("heading", "body")
    search_help_text = _("Words of the text")
    fields = ("page", "position", "heading", "kind", "body")
    autocomplete_fields = ("page",)


@admin.register(NewsItem)
class NewsItemAdmin(KeptByHand):
    """An item dated in the future can be previewed by staff and is published by itself."""

    list_display = ("title", "published_at", "is_shown", "preview")
    search_fields = ("title", "lead", "body")
    search_help_text = _("Title or text")
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ("title",)}
    fields = ("title", "slug", "published_at", "lead", "body")

    @admin.display(description=_("published"), boolean=True)
    def is_shown(self, item: NewsItem) -> bool:
        return item.is_out

    @admin.display(description=_("preview"))
    def preview(self, item: NewsItem) -> SafeString:
        return format_html('<a href="{}">{}</a>', item.get_absolute_url(), _("Open"))


@admin.register(FrequentQuestion)
class FrequentQuestionAdmin(KeptByHand):
    list_display = ("question", "category", "position")
    list_filter = ("category",)
    search_fields = ("question", "answer")
    search_help_text = _("Question or answer")
    fields = ("category", "question", "answer", "position")


@admin.register(Indicator)
class IndicatorAdmin(KeptByHand):
    """What was promised to the funder; shown on the agency's first page."""

    list_display = ("source", "measure", "target", "due")
    list_select_related = ("source",)


@admin.register(DataExport)
class DataExportAdmin(Watched, ReadOnlyAdmin):
    """That somebody has asked for their data, and how far it is; the file itself is the person's alone."""

    person = "person_id"
    list_display = ("asked_at", "person", "state", "expires_at")
    list_filter = ("state",)
    list_select_related = ("person",)
    fields = ("person", "state", "asked_at", "expires_at")


class RetentionTermForm(forms.ModelForm):
    class Meta:
        model = RetentionTerm
        fields = ("days",)

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if days < self.instance.least:
            least = self.instance.least
            words = ngettext("Enter at least %(days)s day", "Enter at least %(days)s days", least)
            raise ValidationError(words % {"days": least})
        return days


@admin.register(RetentionTerm)
class RetentionTermAdmin(KeptByHand):
    """How long things are kept before the night deletes them; which things there are, the portal knows."""

    form = RetentionTermForm
    list_display = ("subject", "days")
    fields = ("subject", "days")
    readonly_fields = ("subject",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
