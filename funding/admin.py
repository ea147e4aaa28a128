"""Money for the agency: accounts are decided by buttons, the ledger is only read, sources are data (ADM-01)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.kernel.admin import Decision, DecisionAdmin, ReadOnlyAdmin, Watched
from stars.kernel.money import euros

from . import models, policies, services
from .states import AccountAction


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=pgettext_lazy("refusal", "Reason"),
        widget=forms.Textarea({"rows": 4, "cols": 60}),
        max_length=1000,
        help_text=_("The client will read it. Write kindly and say what to do next."),
        error_messages={"required": _("Enter the reason")},
    )


class GrantInline(admin.TabularInline):
    model = models.Grant
    fields = readonly_fields = ("source", "sum", "valid_to", "granted_at")
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
    list_display = ("person", "state", "opened_at", "decided_at")
    list_filter = ("state",)
    search_fields = ("person__last_name", "person__first_name")
    search_help_text = _("Name or surname. Personal codes are not searched here.")
    fields = readonly_fields = ("person", "state", "refusal_reason", "opened_at", "decided_at")
    inlines = (GrantInline,)
    date_hierarchy = "opened_at"
    ordering = ("opened_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.LearningAccount]:
        return super().get_queryset(request).select_related("person")

    def open_decisions(self, request: Any, obj: models.LearningAccount) -> Sequence[Decision]:
        buttons = {
            AccountAction.APPROVE: Decision(AccountAction.APPROVE, AccountAction.APPROVE.label),
            AccountAction.REFUSE: Decision(AccountAction.REFUSE, AccountAction.REFUSE.label, RefuseForm),
        }
        return [buttons[action] for action in policies.open_actions(request.actor, obj)]

    def decide(self, request: Any, obj: models.LearningAccount, action: str, answers: dict[str, Any]) -> None:
        if action == AccountAction.APPROVE:
            services.approve_account(account_id=obj.pk, by=request.actor)
        else:
            services.refuse_account(account_id=obj.pk, reason=answers["reason"], by=request.actor)


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


@admin.register(models.Grant)
class GrantAdmin(Watched, ReadOnlyAdmin):
    person = "account.person_id"
    list_display = ("account", "source", "sum", "valid_to", "granted_at")
    list_filter = ("source", "valid_to")
    search_fields = ("account__person__last_name", "account__person__first_name")
    list_select_related = ("account__person", "source")
    fields = readonly_fields = ("account", "source", "sum", "valid_to", "granted_at")

    @admin.display(description=_("sum"))
    def sum(self, grant: models.Grant) -> str:
        return euros(grant.amount_cents)


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
