"""Files and PDFs for the agency's support: names and states, never contents."""

from django.contrib import admin

from stars.kernel.admin import ReadOnlyAdmin

from .models import HeldUpload, RenderedDocument, SignatureCheck, StoredFile


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


@admin.register(HeldUpload)
class HeldUploadAdmin(ReadOnlyAdmin):
    list_display = ("file", "purpose", "until")
    list_filter = ("purpose",)
    list_select_related = ("file",)
    fields = ("file", "purpose", "until")


@admin.register(SignatureCheck)
class SignatureCheckAdmin(ReadOnlyAdmin):
    """Names of signers stand with whatever the file belongs to, not here."""

    list_display = ("file", "state", "requested_at", "checked_at")
    list_filter = ("state",)
    list_select_related = ("file",)
    fields = ("file", "state", "requested_at", "checked_at")
