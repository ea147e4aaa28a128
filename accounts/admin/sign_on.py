"""People the state's sign-on vouches for and the portal cannot tell apart: the agency decides whose the codes are."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import models, policies, services
from stars.kernel import audit
from stars.kernel.admin import Decision, DecisionAdmin, Watched
from stars.kernel.typed import WordsField


class ResolveForm(forms.Form):
    """Whose the codes are; nobody = settled elsewhere, for example by the provider's correction."""

    person = forms.ModelChoiceField(
        label=_("The personal codes belong to"),
        queryset=models.Person.objects.none(),
        required=False,
        empty_label=_("Nobody's codes change"),
        widget=forms.RadioSelect,
    )
    explanation = WordsField(
        label=pgettext_lazy("sign-on", "Explanation"),
        help_text=_("What was found out and how; it stays in the audit trail. Write no personal codes."),
        error_messages={"required": _("Enter the explanation")},
    )


@admin.register(models.SignOnConflict)
class SignOnConflictAdmin(Watched, DecisionAdmin):
    """People the state's sign-on vouches for and the portal cannot tell apart; their codes are never shown (SSO-10)."""

    purpose = _("unclear sign-on")
    list_display = ("reason", "concerned", "times", "first_at", "last_at", "resolved_at")
    list_filter = ("reason", ("resolved_at", admin.EmptyFieldListFilter))
    list_per_page = 50
    fields = readonly_fields = (
        "reason",
        "concerned",
        "times",
        "first_at",
        "last_at",
        "resolved_at",
        "resolved_by",
        "explanation",
    )

    @admin.display(description=_("people concerned"))
    def concerned(self, conflict: models.SignOnConflict) -> str:
        return ", ".join(person.full_name for person in conflict.people.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.SignOnConflict]:
        return super().get_queryset(request).select_related("resolved_by__person").prefetch_related("people")

    def _note(self, request: Any, rows: Any, what: Any, *, is_list: bool) -> None:
        people = [person.pk for row in rows for person in row.people.all()]
        audit.note_reads(people, by=request.actor, what=str(what), purpose=str(self.purpose), is_list=is_list)

    def open_decisions(self, request: Any, obj: models.SignOnConflict) -> Sequence[Decision]:
        if obj.resolved_at is not None or not policies.may_resolve_sign_on(request.actor):
            return []
        return [Decision("resolve", pgettext_lazy("sign-on", "Resolve"), _form_for(obj))]

    def decide(self, request: Any, obj: models.SignOnConflict, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        chosen = answers["person"]
        services.resolve_conflict(
            conflict_id=obj.pk,
            person_id=chosen.pk if chosen else None,
            explanation=answers["explanation"],
            by=request.actor,
        )


def _form_for(conflict: models.SignOnConflict) -> type[ResolveForm]:
    """The form that offers just the people of this row; where nobody is, there is nobody to choose."""

    class Form(ResolveForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            people = conflict.people.all()
            if people:
                self.fields["person"].queryset = people  # type: ignore[attr-defined]
            else:
                del self.fields["person"]

        def clean(self) -> dict[str, Any]:
            return {"person": None} | (super().clean() or self.cleaned_data)

    return Form
