"""What belongs to a call, on the page of the call; a service writes it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from calls import models, policies
from calls.states import CallEdit
from catalog.forms import VersionedRows
from stars.files.contents import ASICE, DOCX, PDF
from stars.files.forms import UploadField
from stars.kernel.typed import MoneyField

from .evaluating import SHORT
from .papers import shown

ALLOWED = (PDF, DOCX, ASICE)


class Kept(admin.TabularInline):
    """What a call says, written by whoever may write the call."""

    formset = VersionedRows
    formfield_overrides = {**SHORT, URLField: {"assume_scheme": "https"}}
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True  # inside the page of its call

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return policies.may_keep_call(request.actor, CallEdit.SAVE, obj)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return policies.may_keep_call(request.actor, CallEdit.SAVE, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return policies.may_keep_call(request.actor, CallEdit.SAVE, obj)


class KindForm(forms.ModelForm):
    """Sums are typed in euros, as everywhere; the row keeps cents."""

    rate_cents = MoneyField(
        label=_("rate for an hour, €"), error_messages={"required": _("Enter the rate for an hour")}
    )
    cap_cents = MoneyField(label=_("cap of each part, €"), error_messages={"required": _("Enter the cap of each part")})

    class Meta:
        model = models.CallKind
        fields = ("kind", "position", "most", "rule", "rate_cents", "cap_cents", "asks_programme_cost", "allowed")


class KindInline(Kept):
    model = models.CallKind
    verbose_name_plural = _("Kinds of programmes")
    form = KindForm

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("call", "kind")


class AttachmentInline(Kept):
    model = models.WantedAttachment
    verbose_name_plural = _("Attachments")


class StepInline(Kept):
    model = models.CallStep
    verbose_name_plural = _("Timeline")


class DocumentForm(forms.ModelForm):
    """A paper of the call: a file that is sent now, or an address elsewhere."""

    upload = UploadField(
        label=_("file"), required=False, allowed=ALLOWED, help_text=_("PDF, DOCX or EDOC, at most 10 MB")
    )

    class Meta:
        model = models.CallDocument
        fields = ("position", "title")  # the rest is the inline's

    def clean(self) -> dict[str, Any] | None:
        sent, url = self.cleaned_data.get("upload"), self.cleaned_data.get("url")
        if sent and url and url != self.instance.url:
            self.add_error("url", _("Add a file or write an address, not both"))
        is_wrong = {"upload", "url"} & set(self.errors)
        if not is_wrong and not sent and not url and not self.instance.file_id:
            self.add_error("upload", _("Add a file or write an address"))
        return super().clean()


class DocumentInline(Kept):
    model = models.CallDocument
    verbose_name_plural = _("Documents to download")
    form = DocumentForm
    fields = ("position", "title", "current", "upload", "url")
    readonly_fields = ("current",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("file")

    @admin.display(description=_("file now"))
    def current(self, document: models.CallDocument) -> str | SafeString:
        address = reverse("admin:calls_call_paper", args=(document.call_id, document.pk)) if document.pk else ""
        return shown(document.file, address)
