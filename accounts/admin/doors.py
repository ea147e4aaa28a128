"""Denials of access, and removals of second factors, which need a second administrator (terms 32, MFA-05)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts import models, policies, services
from accounts.gates import ProvedDecisions
from accounts.states import RESET, ResetAction
from stars.kernel.admin import Decision, DecisionAdmin, Watched
from stars.kernel.typed import DayField, WordsField

LIFT = "lift"


class WordsForm(forms.Form):
    """Why, in words that are kept; where a person is told, they read them."""

    words = WordsField(
        label=_("Reason"),
        help_text=_("It is kept, and whoever it is about can read it."),
        error_messages={"required": _("Enter the reason")},
    )


class WhyForm(WordsForm):
    """Why, for the auditors only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = _("It is kept in the audit trail. The person does not see it.")


class DenyForm(WordsForm):
    """Which of the eight points; a role whose term is over (32.1) ends by itself and is no choice here."""

    reason = forms.ChoiceField(
        label=_("Point of the terms"),
        choices=[(one.value, one.label) for one in models.DenialReason if one is not models.DenialReason.TERM_OVER],
    )
    until = DayField(label=_("Until, the day included"), required=False, help_text=_("Empty: until it is lifted."))
    field_order = ("reason", "words", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = [one for one in models.DenialReason if one is not models.DenialReason.TERM_OVER]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose the point")),  # none is the usual one
            *((one.value, f"{one.value} {one.label}") for one in points),
        ]

    def clean_until(self) -> datetime | None:
        """The day's end in Riga, as a half-open moment."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


@admin.register(models.Denial)
class DenialAdmin(ProvedDecisions, Watched, DecisionAdmin):
    """Every denial there was, and the way to lift one."""

    sensitive = frozenset({LIFT})
    list_display = ("point", "about", "since", "until", "lifted_at")
    list_filter = ("reason", "lifted_at")
    list_select_related = ("user__person", "right__user__person", "institution")
    fields = readonly_fields = (
        "point",
        "about",
        "words",
        "since",
        "until",
        "decided",
        "lifted_at",
        "lifted_by",
        "lifted_words",
    )

    def _person_of(self, row: models.Denial) -> Any:
        """Whose access it is, be it a user's own or by one of their rights."""
        user = row.user or (row.right.user if row.right else None)
        return user.person_id if user else None

    @admin.display(description=_("point of the terms"), ordering="reason")
    def point(self, denial: models.Denial) -> str:
        return f"{denial.reason} {denial.get_reason_display()}"

    @admin.display(description=_("whose access"))
    def about(self, denial: models.Denial) -> str:
        return str(denial.user or denial.right or denial.institution)

    @admin.display(description=_("decided by"))
    def decided(self, denial: models.Denial) -> str:
        """A death the register tells of is nobody's decision."""
        return str(denial.decided_by or gettext("The portal itself, automatically"))

    def open_decisions(self, request: Any, obj: models.Denial) -> Sequence[Decision]:
        is_open = obj.lifted_at is None and obj.right_id is None and policies.may_lift(request.actor, obj)
        return [Decision(LIFT, pgettext("admin", "Lift the denial"), WordsForm)] if is_open else []

    def decide(self, request: Any, obj: models.Denial, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.lift_denial(denial_id=obj.pk, words=answers["words"], by=request.actor)


@admin.register(models.SecondFactorReset)
class SecondFactorResetAdmin(ProvedDecisions, Watched, DecisionAdmin):
    """Asked for by one administrator, decided by another (MFA-05)."""

    person = "user.person_id"
    sensitive = frozenset({ResetAction.REMOVE.value})
    list_display = ("user", "state", "asked_at", "asked_by", "decided_by")
    list_filter = ("state",)
    list_select_related = ("user__person", "asked_by__person", "decided_by__person")
    fields = readonly_fields = ("user", "state", "words", "asked_at", "asked_by", "decided_at", "decided_by")

    def open_decisions(self, request: Any, obj: models.SecondFactorReset) -> Sequence[Decision]:
        return [
            Decision(action.value, action.label)
            for action in ResetAction
            if RESET.allows(action, obj.state) and policies.may_decide_removal(request.actor, action, obj)
        ]

    def decide(self, request: Any, obj: models.SecondFactorReset, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        if action == ResetAction.REMOVE:
            services.remove_second_factor(reset_id=obj.pk, by=request.actor)
        else:
            services.keep_second_factor(reset_id=obj.pk, by=request.actor)
