"""Files and PDFs for the agency's support: names and states, never contents."""

from django.contrib import admin

from stars.kernel.admin import ReadOnlyAdmin

from .models import RenderedDocument, StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("stored_at", "display_name", "content_type", "size", "state", "verdict")
    list_filter = ("state",)
    search_fields = ("=id", "=sha256")
    fields = ("id", "display_name", "content_type", "size", "sha256", "state", "verdict", "stored_at", "scanned_at")


@admin.register(RenderedDocument)
class RenderedDocumentAdmin(ReadOnlyAdmin):
    """PDFs asked for; a waiting one says what it waits for."""

    list_display = ("requested_at", "key", "state", "attempts", "last_error")
    list_filter = ("state",)
    search_fields = ("key",)
    fields = ("key", "template", "file_name", "state", "file", "attempts", "last_error", "requested_at", "due_at")
