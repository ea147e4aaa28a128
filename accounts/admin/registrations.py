"""Who waits to be let in, the most urgent first; approved, refused, by the officers charged with it (terms 27, [003])."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts import models, policies, services
from accounts.selectors import clashing_institutions
from accounts.states import AccessAction
from stars.files.handing import bearer_of
from stars.files.selectors import Bearer, download_url
from stars.files.telling import standing_of
from stars.kernel.admin import Decision, DecisionAdmin, SearchedByPost
from stars.kernel.templatetags.stars import last_day
from stars.kernel.typed import WordsField

APPROVE_INTO = "approve_into"


class ExplanationForm(forms.Form):
    """What the person reads."""

    explanation = WordsField(
        label=_("Explanation"),
        help_text=_("The person will read it. Write kindly and say what to do next."),
        error_messages={"required": _("Enter the explanation")},
    )


class IntoForm(forms.Form):
    """Which of the institutions with the same number the person will administer."""

    institution = forms.ModelChoiceField(models.Institution.objects.none(), label=_("institution"), empty_label=None)

    def __init__(self, *args: Any, clashing: QuerySet[models.Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["institution"]
        field.queryset = clashing


class DueFilter(admin.SimpleListFilter):
    """The list opens on what waits for a decision."""

    title = _("waits for approval")
    parameter_name = "gaida"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [("ja", _("Waits for approval")), ("visi", _("All of them"))]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            is_chosen = (self.value() or "ja") == value
            yield {
                "selected": is_chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset if self.value() == "visi" else queryset.filter(state="waiting")


class Due:
    """A column that says by when, and marks what is late."""

    @admin.display(description=_("to be decided by"), ordering="due_at")
    def due(self, row: Any) -> str | SafeString:
        if row.due_at is None:
            return "–"
        if row.is_overdue:
            return format_html("<strong>{} {}</strong>", last_day(row.due_at), pgettext("due", "late"))
        return last_day(row.due_at)


class RegistrationFileInline(admin.TabularInline):
    """The documents: what the scanner said, what is known of the signatures, and the file itself once it is clean."""

    model = models.RegistrationFile
    fields = readonly_fields = ("part", "document", "standing", "signatures")
    extra = max_num = 0
    can_delete = False
    bearer: Bearer | None = None

    def get_queryset(self, request: Any) -> QuerySet[models.RegistrationFile]:
        """Django makes an inline anew for each request, so it may remember whose browser asks (ACC-07)."""
        self.bearer = bearer_of(request)
        return super().get_queryset(request).select_related("file__signature_check")

    @admin.display(description=_("document"))
    def document(self, row: models.RegistrationFile) -> str | SafeString:
        if not row.file.is_clean or self.bearer is None:
            return row.file.display_name
        return format_html('<a href="{}">{}</a>', download_url(row.file, self.bearer), row.file.display_name)

    @admin.display(description=_("state"))
    def standing(self, row: models.RegistrationFile) -> str:
        return standing_of(row.file).word

    @admin.display(description=_("signatures"))
    def signatures(self, row: models.RegistrationFile) -> SafeString:
        return format_html_join("", "<p>{}</p>", [(words,) for words in standing_of(row.file).signatures])


@admin.register(models.Registration)
class RegistrationAdmin(Due, SearchedByPost, DecisionAdmin):
    list_display = ("name", "where", "due", "state", "kind", "email")
    list_filter = (DueFilter, "kind", "state")
    list_select_related = ("institution",)
    list_per_page = 50
    search_fields = ("name", "email", "institution_name", "institution__name", "=company_number")
    ordering = ("due_at", "pk")
    fields = readonly_fields = (
        "name",
        "email",
        "where",
        "company_number",
        "institution_number",
        "known_already",
        "state",
        "asked_at",
        "confirmed_at",
        "due",
        "decided_at",
        "explanation",
        "user",
    )
    inlines = (RegistrationFileInline,)

    @admin.display(description=_("institution"))
    def where(self, registration: models.Registration) -> str:
        return registration.where

    @admin.display(description=_("known already"))
    def known_already(self, registration: models.Registration) -> SafeString | str:
        """What a stranger is never told: whose numbers these are, and who else asks with them (PWD-05)."""
        if registration.kind != models.RegistrationKind.INSTITUTION:
            return "–"
        found = [(_("Institution"), str(one)) for one in clashing_institutions(registration)]
        others = models.Registration.objects.filter(
            state="waiting", institution_number=registration.institution_number
        ).exclude(pk=registration.pk)
        found += [(_("Another registration"), str(one)) for one in others]
        if models.User.objects.filter(email=registration.email).exists():
            found.append((_("The address signs in already"), registration.email))
        return format_html_join("", "<p>{}: {}</p>", found) or "–"

    def open_decisions(self, request: Any, obj: models.Registration) -> Sequence[Decision]:
        open_now = policies.open_actions(request.actor, obj)
        found = []
        if AccessAction.APPROVE in open_now:
            clashing = clashing_institutions(obj) if obj.kind == "institution" else models.Institution.objects.none()
            if clashing:
                into: Any = partial(IntoForm, clashing=clashing)
                found.append(Decision(APPROVE_INTO, _("Approve into a known institution"), into))
            else:
                found.append(Decision(AccessAction.APPROVE, AccessAction.APPROVE.label))
        if AccessAction.REFUSE in open_now:
            found.append(Decision(AccessAction.REFUSE, AccessAction.REFUSE.label, ExplanationForm))
        return found

    def decide(self, request: Any, obj: models.Registration, action: str, answers: dict[str, Any]) -> None:
        if action == AccessAction.REFUSE:
            services.refuse_registration(registration_id=obj.pk, explanation=answers["explanation"], by=request.actor)
            return
        institution_id = answers["institution"].pk if action == APPROVE_INTO else None
        services.approve_registration(registration_id=obj.pk, institution_id=institution_id, by=request.actor)
