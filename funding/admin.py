"""Money for the agency: accounts are decided by buttons, the ledger is only read, sources are data (ADM-01)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.gates import ProvedDecisions
from stars.classifiers.selectors import calendar_exceptions
from stars.kernel.admin import Decision, DecisionAdmin, ReadOnlyAdmin, Watched
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import day
from stars.kernel.typed import DayField, WordsField
from stars.kernel.working_days import working_days_between

from . import models, policies, services
from .selectors import available_cents
from .states import AccountAction, AccountState, CorrectionAction, GrantAction, GrantState, Verdict


class RefuseForm(forms.Form):
    reason = WordsField(
        label=pgettext_lazy("refusal", "Reason"),
        help_text=_("The client will read it. Write kindly and say what to do next."),
        error_messages={"required": _("Enter the reason")},
    )


class ApproveForm(forms.Form):
    reason = WordsField(
        label=pgettext_lazy("approval", "Why"),
        rows=3,
        required=False,
        help_text=_("Needed where the check does not say that all conditions are met. The client does not see it."),
    )


# Where the fact of a rule comes from, in the officer's words.
ORIGINS = {
    "fpr": _("Register of Natural Persons"),
    "vid": _("State Revenue Service"),
    "viis": _("State Education Information System"),
    "agency": _("checked by the agency"),
    "declared": _("declared by the client"),
    "portal": _("records of this platform"),
}


def _rules(check: models.TargetGroupCheck) -> SafeString:
    """Rule by rule with verdict, origin, day and version."""
    rows = [(one["says"], Verdict(one["verdict"]).label, _rests_on(one)) for one in check.findings]
    return format_html_join("", "<p>{}: {} ({})</p>", rows)


def _rests_on(one: dict[str, str]) -> str:
    """Origin, day, a dispute, and the version of the rule."""
    words = [str(ORIGINS.get(one["origin"], one["origin"]))]
    if "on" in one:
        words.append(day(date.fromisoformat(one["on"])))
    if "disputed" in one:
        words.append(str(_("disputed")))
    return ", ".join([*words, f"v{one['version']}"] if "version" in one else words)


class CheckInline(admin.StackedInline):
    model = models.TargetGroupCheck
    fields = readonly_fields = (
        "source",
        "allotment",
        "state",
        "verdict",
        "rules",
        "checked_at",
        "decided_at",
        "reason",
    )
    extra = 0
    can_delete = False
    max_num = 0

    @admin.display(description=_("rule by rule"))
    def rules(self, check: models.TargetGroupCheck) -> SafeString:
        return _rules(check)


class WaitsFor(admin.SimpleListFilter):
    """The two queues: what an officer must decide, and what waits for a register."""

    title = _("what it waits for")
    parameter_name = "gaida"

    def lookups(self, *_args: Any) -> Sequence[tuple[str, Any]]:
        return (
            ("aģentūra", _("decision of the agency")),
            ("reģistrs", _("a fact that is not known yet")),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        verdicts = {"aģentūra": Verdict.NOT_MET, "reģistrs": Verdict.UNKNOWN}
        wanted = verdicts.get(self.value() or "")
        if wanted is None:
            return queryset
        return queryset.filter(checks__state=GrantState.OPEN, checks__verdict=wanted).distinct()


class GrantInline(admin.TabularInline):
    model = models.Grant
    fields = readonly_fields = ("source", "allotment", "sum", "valid_to", "granted_at")
    extra = 0
    can_delete = False
    max_num = 0

    @admin.display(description=_("sum"))
    def sum(self, grant: models.Grant) -> str:
        return euros(grant.amount_cents)


@admin.register(models.LearningAccount)
class LearningAccountAdmin(Watched, DecisionAdmin):
    """The target-group check of terms 26.4: approve or refuse."""

    person = "person_id"
    purpose = _("target-group check")
    list_display = ("person", "state", "verdict", "waits", "opened_at", "decided_at")
    list_filter = ("state", WaitsFor)
    search_fields = ("person__last_name", "person__first_name")
    search_help_text = _("Name or surname. Personal codes are not searched here.")
    fields = readonly_fields = ("person", "state", "refusal_reason", "opened_at", "decided_at")
    inlines = (CheckInline, GrantInline)
    date_hierarchy = "opened_at"
    ordering = ("opened_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_check = models.TargetGroupCheck.objects.filter(account=OuterRef("pk"), state=GrantState.OPEN)
        rows: QuerySet[Any] = super().get_queryset(request).select_related("person")
        self._moved = calendar_exceptions()  # the same for every request
        found: QuerySet[Any] = rows.annotate(check_verdict=Subquery(open_check.order_by("-pk").values("verdict")[:1]))
        return found

    @admin.display(description=_("verdict"))
    def verdict(self, account: Any) -> str:
        return str(Verdict(account.check_verdict).label) if account.check_verdict else "–"

    @admin.display(description=_("waits, working days"))
    def waits(self, account: models.LearningAccount) -> str:
        if account.state != AccountState.PENDING:
            return ""
        return str(working_days_between(timezone.localdate(account.opened_at), timezone.localdate(), self._moved))

    def open_decisions(self, request: Any, obj: models.LearningAccount) -> Sequence[Decision]:
        buttons = {
            AccountAction.APPROVE: Decision(AccountAction.APPROVE, AccountAction.APPROVE.label, ApproveForm),
            AccountAction.REFUSE: Decision(AccountAction.REFUSE, AccountAction.REFUSE.label, RefuseForm),
        }
        return [buttons[action] for action in policies.open_actions(request.actor, obj)]

    def decide(self, request: Any, obj: models.LearningAccount, action: str, answers: dict[str, Any]) -> None:
        if action == AccountAction.APPROVE:
            services.approve_account(account_id=obj.pk, reason=answers["reason"], by=request.actor)
        else:
            services.refuse_account(account_id=obj.pk, reason=answers["reason"], by=request.actor)


@admin.register(models.TargetGroupCheck)
class TargetGroupCheckAdmin(Watched, DecisionAdmin):
    """The money of a further round for an approved account: given by the job where all is met, else decided here."""

    person = "account.person_id"
    purpose = _("target-group check")
    list_display = ("account", "source", "allotment", "state", "verdict", "checked_at", "decided_at")
    list_filter = ("state", "verdict", "source")
    list_select_related = ("account__person", "source", "allotment__source")
    search_fields = ("account__person__last_name", "account__person__first_name")
    fields = readonly_fields = (
        *("account", "source", "allotment", "state", "verdict"),
        *("rules", "checked_at", "decided_at", "reason"),
    )

    @admin.display(description=_("rule by rule"))
    def rules(self, check: models.TargetGroupCheck) -> SafeString:
        return _rules(check)

    def open_decisions(self, request: Any, obj: models.TargetGroupCheck) -> Sequence[Decision]:
        forms_of = {GrantAction.GIVE: ApproveForm, GrantAction.DENY: RefuseForm}
        actions = policies.open_grant_actions(request.actor, obj)
        return [Decision(action, action.label, forms_of[action]) for action in actions]

    def decide(self, request: Any, obj: models.TargetGroupCheck, action: str, answers: dict[str, Any]) -> None:
        decide = services.give_grant if action == GrantAction.GIVE else services.deny_grant
        decide(check_id=obj.pk, reason=answers["reason"], by=request.actor)


@admin.register(models.EligibilityRule)
class EligibilityRuleAdmin(admin.ModelAdmin):
    """Conditions are data: words, figure, what helps; a change makes a new version, decisions keep theirs."""

    actions = None
    list_display = ("source", "scope", "wording", "basis", "parameter", "version", "is_active")
    list_filter = ("source", "scope", "is_active")
    list_select_related = ("source",)
    fields = ("source", "scope", "code", "basis", "parameter", "wording", "remedy", "position", "is_active")

    def get_readonly_fields(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: models.EligibilityRule | None = None,
    ) -> tuple[str, ...]:
        return ("source", "scope", "code") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: models.EligibilityRule | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: Any, obj: models.EligibilityRule, form: Any, change: bool) -> None:  # noqa: ARG002
        obj.pk = services.save_condition(condition=obj, changed=form.changed_data, by=request.actor).pk


class AllotmentForm(forms.ModelForm):
    """A new round brings the sum and the last day the source gives from then on."""

    grant_cents = forms.IntegerField(label=_("grant, cents"), min_value=1, max_value=10_000_000)
    valid_to = DayField(label=_("grant usable to, inclusive"))

    class Meta:
        model = models.Allotment
        fields = ("source", "name", "opened_on", "budget_cents")


@admin.register(models.Allotment)
class AllotmentAdmin(admin.ModelAdmin):
    """Rounds of money are opened, never changed: grants point at them."""

    form = AllotmentForm
    actions = None
    list_display = ("source", "name", "opened_on", "budget_cents")
    list_filter = ("source",)
    list_select_related = ("source",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: Any, obj: models.Allotment, form: Any, change: bool) -> None:  # noqa: ARG002
        names = ("source", "name", "opened_on", "grant_cents", "valid_to", "budget_cents")
        asked = {name: form.cleaned_data[name] for name in names}
        obj.pk = services.open_allotment(**asked, by=request.actor).pk


@admin.register(models.LedgerTransaction)
class LedgerAdmin(Watched, ReadOnlyAdmin):
    """Append-only: nobody edits or deletes a movement of money."""

    person = "grant.account.person_id"
    list_display = ("at", "movement", "grant", "reservation")
    list_filter = ("movement", "grant__source")
    search_fields = ("grant__account__person__last_name", "reservation__programme_name")
    fields = readonly_fields = ("grant", "movement", "reservation", "legs", "at")
    list_select_related = ("grant__account__person", "grant__source", "reservation")
    date_hierarchy = "at"

    @admin.display(description=_("ledger entries"))
    def legs(self, transaction: models.LedgerTransaction) -> SafeString:
        entries = transaction.entries.order_by("amount_cents")
        return format_html_join(
            "", "<p>{}: {}</p>", [(one.get_bucket_display(), euros(one.amount_cents)) for one in entries]
        )


class CorrectionForm(forms.Form):
    """In euros, as the officer speaks of it; minus takes away."""

    sum = forms.DecimalField(
        label=_("Sum in euros"),
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text=_("For example 12,50 adds and −12,50 takes away. Nothing moves before a second officer agrees."),
        error_messages={"required": _("Enter the sum"), "invalid": _("Enter the sum as a number, for example 12,50")},
    )
    reason = WordsField(
        label=pgettext_lazy("correction", "Reason"),
        help_text=_("The client will read it. Say what was wrong and what is put right."),
        error_messages={"required": _("Enter the reason")},
    )


class DeclineForm(forms.Form):
    explanation = WordsField(
        label=pgettext_lazy("correction", "Why it is declined"),
        help_text=_("Whoever proposed it reads it. The client does not see it."),
        error_messages={"required": _("Enter the reason")},
    )


PROPOSE = "propose"


@admin.register(models.Grant)
class GrantAdmin(ProvedDecisions, Watched, DecisionAdmin):
    """A grant's money moves by services; by hand only as a correction two officers agree on (ADM-03, MFA-04)."""

    person = "account.person_id"
    sensitive = frozenset({PROPOSE})
    list_display = ("account", "source", "sum", "valid_to", "granted_at")
    list_filter = ("source", "valid_to")
    search_fields = ("account__person__last_name", "account__person__first_name")
    list_select_related = ("account__person", "source")
    fields = readonly_fields = ("account", "source", "sum", "available", "valid_to", "granted_at")

    @admin.display(description=_("sum"))
    def sum(self, grant: models.Grant) -> str:
        return euros(grant.amount_cents)

    @admin.display(description=pgettext_lazy("bucket", "available"))
    def available(self, grant: models.Grant) -> str:
        return euros(available_cents(grant))

    def open_decisions(self, request: Any, obj: models.Grant) -> Sequence[Decision]:
        if not policies.may_propose_correction(request.actor, obj.account):
            return []
        return [Decision(PROPOSE, pgettext_lazy("correction", "Propose a correction"), CorrectionForm)]

    def decide(self, request: Any, obj: models.Grant, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.propose_correction(
            grant_id=obj.pk, amount_cents=int(answers["sum"] * 100), reason=answers["reason"], by=request.actor
        )


@admin.register(models.Correction)
class CorrectionAdmin(ProvedDecisions, Watched, DecisionAdmin):
    """Proposed by one officer, posted by another, both just proved (ADM-03, MFA-04)."""

    person = "grant.account.person_id"
    sensitive = frozenset(CorrectionAction)
    list_display = ("proposed_at", "grant", "sum", "state", "proposed_by", "decided_by", "decided_at")
    list_filter = ("state", "grant__source")
    list_select_related = ("grant__account__person", "grant__source", "proposed_by", "decided_by")
    search_fields = ("grant__account__person__last_name",)
    search_help_text = _("Surname. Personal codes are not searched here.")
    fields = readonly_fields = (
        *("grant", "sum", "reason", "state", "proposed_by", "proposed_at"),
        *("decided_by", "decided_at", "explanation", "transaction"),
    )

    @admin.display(description=_("sum"))
    def sum(self, correction: models.Correction) -> str:
        return euros(correction.amount_cents)

    def open_decisions(self, request: Any, obj: models.Correction) -> Sequence[Decision]:
        forms_of = {CorrectionAction.DECLINE: DeclineForm}
        return [
            Decision(action, action.label, forms_of.get(action, forms.Form))
            for action in policies.open_corrections(request.actor, obj)
        ]

    def decide(self, request: Any, obj: models.Correction, action: str, answers: dict[str, Any]) -> None:
        if action == CorrectionAction.POST:
            services.post_correction(correction_id=obj.pk, by=request.actor)
        else:
            services.decline_correction(correction_id=obj.pk, explanation=answers["explanation"], by=request.actor)


@admin.register(models.Reservation)
class ReservationAdmin(Watched, ReadOnlyAdmin):
    person = "grant.account.person_id"
    list_select_related = ("grant__account",)
    list_display = ("programme_name", "sum", "state", "reserved_at", "closed_at")
    list_filter = ("state", "grant__source")
    search_fields = ("programme_name", "grant__account__person__last_name")
    fields = readonly_fields = ("grant", "purpose", "programme_name", "sum", "state", "reserved_at", "closed_at")

    @admin.display(description=_("sum"))
    def sum(self, reservation: models.Reservation) -> str:
        return euros(reservation.amount_cents)


@admin.register(models.FundingSource)
class FundingSourceAdmin(admin.ModelAdmin):
    """Sources are data: the agency changes names, sums and dates; a source is never deleted, it goes out of use."""

    list_display = ("label", "name", "co_payment", "grant_valid_to", "needs_test", "asks_period", "is_active")

    def get_readonly_fields(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: models.FundingSource | None = None,
    ) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: Any, obj: models.FundingSource, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_source(source=obj, changed=form.changed_data, by=request.actor)
