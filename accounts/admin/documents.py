"""How the admin shows a document somebody has sent: its name, opened once it is clean, and what is known of its signatures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stars.files.handing import bearer_of
from stars.files.models import StoredFile
from stars.files.selectors import Bearer, download_url
from stars.files.telling import standing_of


class ShowsDocuments(admin.ModelAdmin):
    """A row opened on a page remembers whose browser asks: the link to its document opens there only (ACC-07)."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row: Any = super().get_object(request, object_id, from_field)
        if row is not None:
            row.bearer = bearer_of(request)  # type: ignore[arg-type]
        return row


def document_of(stored: StoredFile | None, bearer: Bearer | None) -> str | SafeString:
    """The page that shows it has written down the look; the link lives five minutes, in the bearer's browser."""
    if stored is None:
        return "–"
    standing = standing_of(stored)
    name: str | SafeString = standing.name
    if stored.is_clean and bearer is not None:
        name = format_html('<a href="{}">{}</a>', download_url(stored, bearer), standing.name)
    said = format_html_join("", "<p>{}</p>", [(words,) for words in (standing.word, *standing.signatures)])
    return format_html("{}{}", name, said)
