"""What the state's registers say, for the agency: questions, facts, disputed entries, and whose matters an officer leaves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts import models, policies, services
from accounts.forms.contacts import municipality_field
from accounts.registries import in_words
from accounts.sso.personal_code import digits_of
from accounts.states import DisputeAction, FactKind
from stars.classifiers.models import EducationLevel
from stars.kernel.admin import Decision, DecisionAdmin, ReadOnlyAdmin, Watched
from stars.kernel.templatetags.stars import day
from stars.kernel.typed import DayField, WordsField


@admin.register(models.RegistryQuestion)
class RegistryQuestionAdmin(Watched, ReadOnlyAdmin):
    """ "Reģistru pieprasījumi": what was asked about whom and why, and what still waits for an answer."""

    person = "person_id"
    list_display = ("asked_at", "person", "registry", "purpose", "state", "attempts", "due_at", "last_error")
    list_filter = ("registry", "state", "purpose", "last_error")
    list_select_related = ("person",)
    search_fields = ("person__last_name", "person__first_name", "=request_id")
    date_hierarchy = "asked_at"
    list_per_page = 50
    fields = ("person", "registry", "purpose", "request_id", "state", "attempts", "due_at", "last_error", "answered_at")


@admin.register(models.RegistryLine)
class RegistryLineAdmin(ReadOnlyAdmin):
    list_display = ("registry", "failures", "closed_until", "failed_at", "answered_at")


def _said(fact: models.RegistryFact) -> str:
    """In the words the person reads."""
    levels = dict(EducationLevel.objects.order_by().values_list("code", "label"))
    return "; ".join(in_words(FactKind(fact.kind), fact.value, levels))


@admin.register(models.RegistryFact)
class RegistryFactAdmin(Watched, ReadOnlyAdmin):
    """The list shows that a register has answered; what it said stands on the page of one fact."""

    person = "person_id"
    list_display = ("person", "kind", "origin", "verdict", "fetched_at", "superseded_at")
    list_filter = ("kind", "origin", "verdict")
    list_per_page = 50
    list_select_related = ("person",)
    search_fields = ("person__last_name", "person__first_name", "=request_id")
    fields = readonly_fields = (
        *("person", "kind", "origin", "says", "verdict"),
        *("valid_on", "fetched_at", "superseded_at", "request_id"),
    )

    @admin.display(description=_("what it says"))
    def says(self, fact: models.RegistryFact) -> str:
        return _said(fact)


class ExplainForm(forms.Form):
    explanation = WordsField(
        label=_("Answer to the person"),
        help_text=_("The client will read it. Write kindly and say what to do next."),
        error_messages={"required": _("Enter the answer")},
    )


class CorrectNameForm(ExplainForm):
    value = forms.CharField(label=_("First name and surname"), max_length=200)
    field_order = ("value", "explanation")


class CorrectBirthDateForm(ExplainForm):
    value = DayField(label=_("Birth date"), help_text=_("For example, 31.12.2026."))
    field_order = ("value", "explanation")

    def clean_value(self) -> str:
        born = self.cleaned_data["value"]
        if born > timezone.localdate():
            raise ValidationError(_("A birth date cannot be in the future"))
        return str(born.isoformat())


class CorrectResidenceForm(ExplainForm):
    value = municipality_field()
    field_order = ("value", "explanation")

    def clean_value(self) -> str:
        return str(self.cleaned_data["value"].name)


class CorrectEmploymentForm(ExplainForm):
    value = forms.ChoiceField(
        label=_("Employment"),
        choices=(
            ("employed", _("Employed person")),
            ("self_employed", _("Self-employed person")),
            ("none", _("Not employed")),
        ),
    )
    field_order = ("value", "explanation")


class CorrectEducationForm(ExplainForm):
    value = forms.ModelChoiceField(EducationLevel.objects.filter(is_active=True), label=_("Highest education"))
    field_order = ("value", "explanation")

    def clean_value(self) -> str:
        return str(self.cleaned_data["value"].code)


class CorrectLearningForm(ExplainForm):
    value = forms.ModelChoiceField(
        EducationLevel.objects.filter(is_active=True),
        label=_("Education begun"),
        required=False,
        empty_label=_("No education under way"),
    )
    field_order = ("value", "explanation")

    def clean_value(self) -> dict[str, str]:
        level = self.cleaned_data["value"]
        return {"level": level.code, "since": timezone.localdate().isoformat()} if level else {"level": ""}


CORRECTIONS: dict[str, type[forms.Form]] = {
    FactKind.NAME: CorrectNameForm,
    FactKind.BIRTH_DATE: CorrectBirthDateForm,
    FactKind.RESIDENCE: CorrectResidenceForm,
    FactKind.EMPLOYMENT: CorrectEmploymentForm,
    FactKind.EDUCATION: CorrectEducationForm,
    FactKind.LEARNING: CorrectLearningForm,
}


@admin.register(models.FactDispute)
class FactDisputeAdmin(Watched, DecisionAdmin):
    """Entries people say are wrong, the one due first on top; answered by a button, within five working days."""

    person = "fact.person_id"
    purpose = _("a disputed entry is looked into")
    list_display = ("client", "what", "due", "state", "opened_at")
    list_filter = ("state", "fact__kind", "fact__origin")
    list_select_related = ("fact__person",)
    search_fields = ("fact__person__last_name", "fact__person__first_name")
    fields = readonly_fields = (
        *("client", "what", "says", "reason", "state"),
        *("opened_at", "due", "answered_at", "explanation"),
    )

    @admin.display(description=_("person"))
    def client(self, dispute: models.FactDispute) -> str:
        return str(dispute.fact.person)

    @admin.display(description=pgettext_lazy("dispute", "entry"))
    def what(self, dispute: models.FactDispute) -> str:
        return str(dispute.fact)

    @admin.display(description=_("what it says"))
    def says(self, dispute: models.FactDispute) -> str:
        return _said(dispute.fact)

    @admin.display(description=_("to be answered by"), ordering="due_on")
    def due(self, dispute: models.FactDispute) -> str | SafeString:
        by = day(dispute.due_on)
        if dispute.is_late(timezone.localdate()):
            return format_html("<strong>{} {}</strong>", by, pgettext("due", "late"))
        return by

    def open_decisions(self, request: Any, obj: models.FactDispute) -> Sequence[Decision]:
        forms_of = {DisputeAction.UPHOLD: ExplainForm, DisputeAction.CORRECT: CORRECTIONS.get(obj.fact.kind)}
        return [
            Decision(action, action.label, form)
            for action in policies.open_answers(request.actor, obj)
            if (form := forms_of[action]) is not None
        ]

    def decide(self, request: Any, obj: models.FactDispute, action: str, answers: dict[str, Any]) -> None:
        words = answers["explanation"]
        if action == DisputeAction.UPHOLD:
            services.uphold_dispute(dispute_id=obj.pk, explanation=words, by=request.actor)
        else:
            value = answers["value"]
            services.correct_dispute(dispute_id=obj.pk, value=value, explanation=words, by=request.actor)


class TieForm(forms.ModelForm):
    """The code is turned into its blind index at once; nothing else of it is kept."""

    code = forms.CharField(label=_("personal code"), max_length=20, widget=forms.TextInput({"autocomplete": "off"}))

    class Meta:
        model = models.StaffTie
        fields = ("kind",)

    def clean_code(self) -> str:
        try:
            return digits_of(self.cleaned_data["code"])
        except ValueError as error:
            raise ValidationError(_("Enter the personal code in the form NNNNNN-NNNNN")) from error


@admin.register(models.StaffTie)
class StaffTieAdmin(admin.ModelAdmin):
    """An officer declares whose matters they leave to others (ACC-08), and sees their own declarations only."""

    form = TieForm
    actions = None
    list_display = ("user", "kind", "declared_at")
    list_select_related = ("user__person",)

    def get_queryset(self, request: Any) -> QuerySet[models.StaffTie]:
        return super().get_queryset(request).filter(user_id=request.actor.user_id)

    def has_module_permission(self, request: Any) -> bool:
        return bool(request.actor.is_agency)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:  # noqa: ARG002
        return bool(request.actor.is_agency)

    def has_add_permission(self, request: Any) -> bool:
        return bool(request.actor.is_agency)

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def save_model(self, request: Any, obj: models.StaffTie, form: Any, change: bool) -> None:  # noqa: ARG002
        declared = services.declare_tie(digits=form.cleaned_data["code"], kind=obj.kind, by=request.actor)
        obj.pk, obj.user = declared.pk, declared.user
