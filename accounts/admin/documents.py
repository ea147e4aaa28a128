"""How the admin shows a document somebody has sent: its name, opened once it is clean, and what is known of its signatures."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stars.files.models import StoredFile
from stars.files.selectors import download_url
from stars.files.telling import standing_of


def document_of(stored: StoredFile | None) -> str | SafeString:
    """The page that shows it has written down the look; the link lives five minutes."""
    if stored is None:
        return "–"
    standing = standing_of(stored)
    is_open = stored.is_clean
    name = format_html('<a href="{}">{}</a>', download_url(stored), standing.name) if is_open else standing.name
    said = format_html_join("", "<p>{}</p>", [(words,) for words in (standing.word, *standing.signatures)])
    return format_html("{}{}", name, said)
