"""Applications for the agency: decided by buttons that call the services, read-only elsewhere (ADM-01, AUD-02)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stars.kernel.admin import Decision, DecisionAdmin, ReadOnlyAdmin, Watched
from stars.kernel.money import euros

from . import models, policies, services
from .forms import RejectForm, WithdrawForm
from .states import Action, Verdict


class ExplanationForm(forms.Form):
    explanation = forms.CharField(
        label=_("Explanation for the client"),
        widget=forms.Textarea({"rows": 4, "cols": 60}),
        max_length=1000,
        help_text=_("The client will read it. Write kindly and say what to do next."),
        error_messages={"required": _("Enter the explanation")},
    )


FORMS: dict[Action, type[forms.Form]] = {
    Action.ADMIT: forms.Form,
    Action.REJECT: RejectForm,
    Action.WITHDRAW: WithdrawForm,
    Action.DECLARE_INELIGIBLE: ExplanationForm,
    Action.COMPLETE: forms.Form,
    Action.EXPEL: ExplanationForm,
}

ORIGINS = {
    "fpr": _("Register of Natural Persons"),
    "vid": _("State Revenue Service"),
    "declared": _("declared by the client"),
    "register": _("said by a register"),
    "agency": _("checked by the agency"),
}


class EligibilityInline(admin.StackedInline):
    model = models.EligibilityCheck
    fields = readonly_fields = ("verdict", "rules", "checked_at")
    can_delete = False
    max_num = 0

    @admin.display(description=_("rule by rule"))
    def rules(self, check: models.EligibilityCheck) -> SafeString:
        return _rules(check)


def _rules(check: models.EligibilityCheck) -> SafeString:
    rows = [
        (one["says"], Verdict(one["verdict"]).label, ORIGINS.get(one["origin"], one["origin"]))
        for one in check.findings
    ]
    return format_html_join("", "<p>{}: {} ({})</p>", rows)


@admin.register(models.Application)
class ApplicationAdmin(Watched, DecisionAdmin):
    person = "client_id"
    list_display = ("number", "client", "programme", "source", "state", "submitted_at")
    list_filter = ("state", "source", "round")
    search_fields = ("=number", "client__last_name", "client__first_name", "programme__name")
    search_help_text = _("Number, name, surname or programme. Personal codes are not searched here.")
    list_select_related = ("client", "programme", "source")
    date_hierarchy = "submitted_at"
    fields = readonly_fields = (
        "number",
        "client",
        "programme",
        "source",
        "round",
        "group",
        "state",
        "price",
        "own_share",
        "given_answers",
        "arrived_at",
        "submitted_at",
        "decided_at",
        "closed_at",
        "rejection_reason",
        "explanation",
        "withdrawal_reason",
    )
    inlines = (EligibilityInline,)

    @admin.display(description=_("price"))
    def price(self, application: models.Application) -> str:
        return euros(application.price_cents)

    @admin.display(description=_("own share"))
    def own_share(self, application: models.Application) -> str:
        return euros(application.own_share_cents)

    @admin.display(description=_("answers"))
    def given_answers(self, application: models.Application) -> SafeString:
        return format_html_join(
            "", "<p>{}: {}</p>", [(one["label"], one["says"] or "–") for one in application.answers]
        )

    def open_decisions(self, request: Any, obj: models.Application) -> Sequence[Decision]:
        return [
            Decision(action, Action(action).label, FORMS[action])
            for action in policies.open_actions(request.actor, obj)
        ]

    def decide(self, request: Any, obj: models.Application, action: str, answers: dict[str, Any]) -> None:
        by, pk = request.actor, obj.pk
        match Action(action):
            case Action.ADMIT:
                services.admit(application_id=pk, by=by)
            case Action.REJECT:
                reason, words = answers["reason_id"], answers["explanation"]
                services.reject(application_id=pk, by=by, reason_id=reason.pk, explanation=words)
            case Action.WITHDRAW:
                services.withdraw(application_id=pk, by=by, moment=request.arrived_at, reason=answers["reason"])
            case Action.DECLARE_INELIGIBLE:
                services.declare_ineligible(application_id=pk, by=by, explanation=answers["explanation"])
            case Action.COMPLETE:
                services.complete(application_id=pk, by=by)
            case Action.EXPEL:
                services.expel(application_id=pk, by=by, explanation=answers["explanation"])

    def what_is(self, row: models.Application) -> Any:
        return _("Application No. %(number)s") % {"number": row.number}


@admin.register(models.EligibilityCheck)
class EligibilityCheckAdmin(Watched, ReadOnlyAdmin):
    person = "application.client_id"
    list_display = ("application", "verdict", "checked_at")
    list_filter = ("verdict",)
    list_select_related = ("application",)
    search_fields = ("=application__number",)
    fields = readonly_fields = ("application", "verdict", "rules", "checked_at")

    @admin.display(description=_("rule by rule"))
    def rules(self, check: models.EligibilityCheck) -> SafeString:
        return _rules(check)


@admin.register(models.Draft)
class DraftAdmin(ReadOnlyAdmin):
    """That a draft is there, never what is written in it."""

    list_display = ("programme", "source", "created_at", "saved_at", "version")
    list_filter = ("source",)
    list_select_related = ("programme", "source")
    fields = readonly_fields = ("programme", "source", "created_at", "saved_at", "version")


@admin.register(models.FormRule)
class FormRuleAdmin(admin.ModelAdmin):
    """Which question each source asks: data of the agency, written through the service, kept in the audit."""

    list_display = ("source", "question", "is_required", "label")
    list_filter = ("source",)
    list_select_related = ("source",)
    fields = ("source", "question", "is_required", "label")
    actions = None

    def save_model(self, request: Any, obj: models.FormRule, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_question(rule=obj, by=request.actor)

    def delete_model(self, request: Any, obj: models.FormRule) -> None:
        services.drop_question(rule_id=obj.pk, by=request.actor)


@admin.register(models.Closing)
class ClosingAdmin(Watched, ReadOnlyAdmin):
    """The worklist of applications an event above them has ended."""

    person = "application.client_id"
    list_display = ("application", "why", "noted_at", "attempts", "done_at")
    list_filter = ("why",)
    list_select_related = ("application",)
    search_fields = ("=application__number",)
    fields = readonly_fields = ("application", "why", "explanation", "noted_at", "due_at", "attempts", "done_at")
