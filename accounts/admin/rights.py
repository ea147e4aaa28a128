"""Rights of coordinators, consultants, assessors, commission members and officers: approved with a term, ended (terms 28, 29, 32)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import models, policies, services
from accounts.forms import TermForm
from accounts.gates import ProvedDecisions
from accounts.states import AccessAction
from stars.kernel.admin import Decision, DecisionAdmin, Watched

from .documents import ShowsDocuments, document_of
from .registrations import Due, DueFilter, ExplanationForm

FORMS: dict[AccessAction, type[forms.Form]] = {
    AccessAction.APPROVE: TermForm,
    AccessAction.REFUSE: ExplanationForm,
    AccessAction.BLOCK: ExplanationForm,
    AccessAction.UNBLOCK: forms.Form,
    AccessAction.EXPIRE: forms.Form,
}


class DueRightFilter(DueFilter):
    """Most rights are in force: the list opens on all of them, and on what waits when asked."""

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or "visi") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(state="waiting") if self.value() == "ja" else queryset


@admin.register(models.Right)
class RightAdmin(Due, ProvedDecisions, ShowsDocuments, Watched, DecisionAdmin):
    """Whose they are is written down before they are shown (AUD-02); roles change after a fresh proof (MFA-04)."""

    person = "user.person_id"
    purpose = _("approval and supervision of rights")
    sensitive = frozenset(action.value for action in policies.GIVES_A_ROLE)
    list_display = ("user", "kind", "place", "state", "due", "valid_until")
    list_filter = (DueRightFilter, "kind", "state")
    list_select_related = ("user__person", "institution", "municipality")
    list_per_page = 50
    search_fields = ("user__email", "user__name", "user__person__last_name", "institution__name")
    ordering = ("due_at", "pk")
    fields = readonly_fields = (
        "user",
        "kind",
        "place",
        "state",
        "position",
        "contacts",
        "document",
        "due",
        "valid_from",
        "valid_until",
        "asked_at",
        "decided_at",
        "explanation",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Right]:
        return super().get_queryset(request).select_related("request__document__signature_check")

    @admin.display(description=_("institution or municipality"))
    def place(self, right: models.Right) -> str:
        return right.place or "–"

    @admin.display(description=_("post"))
    def position(self, right: models.Right) -> str:
        request = _request(right)
        return request.position if request else "–"

    @admin.display(description=_("contacts"))
    def contacts(self, right: models.Right) -> str:
        request = _request(right)
        if request is None:
            return "–"
        proved = _("confirmed") if request.email_confirmed_at else _("not confirmed")
        return f"{request.email} ({proved}), {request.phone}"

    @admin.display(description=_("authorisation"))
    def document(self, right: models.Right) -> str | SafeString:
        request = _request(right)
        return document_of(request.document if request else None, getattr(right, "bearer", None))

    def open_decisions(self, request: Any, obj: models.Right) -> Sequence[Decision]:
        return [
            Decision(action.value, action.label, FORMS[action])
            for action in policies.open_actions(request.actor, obj)
            if action in FORMS
        ]

    def decide(self, request: Any, obj: models.Right, action: str, answers: dict[str, Any]) -> None:
        calls: dict[AccessAction, Any] = {
            AccessAction.APPROVE: services.approve_right,
            AccessAction.REFUSE: services.refuse_right,
            AccessAction.BLOCK: services.block_right,
            AccessAction.UNBLOCK: services.unblock_right,
            AccessAction.EXPIRE: services.expire_right,
        }
        calls[AccessAction(action)](right_id=obj.pk, by=request.actor, **answers)

    def what_is(self, row: models.Right) -> Any:
        return _("right: %(kind)s") % {"kind": row.get_kind_display()}


def _request(right: models.Right) -> models.RightRequest | None:
    return getattr(right, "request", None)
