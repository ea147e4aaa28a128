"""Receipts for the agency's support: that they exist and when; what they say stays between the person and us."""

from django.contrib import admin

from stars.kernel.admin import ReadOnlyAdmin, Watched

from .models import Receipt


@admin.register(Receipt)
class ReceiptAdmin(Watched, ReadOnlyAdmin):
    """Never the code: whoever has it holds the paper."""

    person = "person_id"
    list_display = ("issued_at", "kind", "number", "person")
    list_filter = ("kind",)
    list_select_related = ("person",)
    search_fields = ("=number",)
    fields = ("kind", "number", "person", "fingerprint", "issued_at")
    date_hierarchy = "issued_at"
