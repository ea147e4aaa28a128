"""The audit trail and who looked at whose data, for the agency; and the base of every read-only list."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .models import AccessEntry, AuditEntry


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that services write and people only read (ADM-01)."""

    show_full_result_count = False
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Every event, newest first; an object's whole chain is found by its kind and number."""

    list_display = ("at", "object_type", "object_id", "sequence", "action", "change", "actor_label", "actor_role")
    list_filter = ("object_type", "actor_role")
    search_fields = ("object_type", "=object_id", "^actor_label", "=request_id")
    search_help_text = _("Object and its number (for example: application 17), who did it, or the request's id")
    fields = (
        ("object_type", "object_id", "sequence"),
        ("action", "change"),
        ("actor_label", "actor_role", "actor_user_id"),
        "acting_for_id",
        "details",
        "request_id",
        "at",
        "seal",
    )
    readonly_fields = ("change", "details")
    list_per_page = 50

    @admin.display(description=_("state"))
    def change(self, entry: AuditEntry) -> str:
        states = [state for state in (entry.from_state, entry.to_state) if state]
        return " → ".join(states)

    @admin.display(description=_("details"))
    def details(self, entry: AuditEntry) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(entry.data, ensure_ascii=False, indent=2, sort_keys=True))


@admin.register(AccessEntry)
class AccessEntryAdmin(ReadOnlyAdmin):
    """Who looked at whose data, when and why (AUD-02)."""

    list_display = ("at", "actor_label", "actor_role", "what", "purpose", "person_id")
    list_filter = ("actor_role", "what")
    search_fields = ("=person_id", "^actor_label", "=request_id")
    search_help_text = _("The person's id, who looked, or the request's id")
    list_per_page = 50
