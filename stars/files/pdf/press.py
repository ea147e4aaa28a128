"""The one place that knows WeasyPrint; imported in the child process only."""

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from stars.files.pdf import MOST_PAGES


class PackagedOnly(URLFetcher):  # type: ignore[misc]
    """Fonts and pictures come from our own static folder as `static:img/x.svg`; nothing else is fetched (PDF-01)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("static",), allow_redirects=False)
        self._folder = folder.resolve(strict=True)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002 - the signature is WeasyPrint's
        scheme, _, name = url.partition(":")
        path = (self._folder / unquote(name).lstrip("/")).resolve()
        if scheme != "static" or not path.is_relative_to(self._folder) or not path.is_file():
            raise ValueError("Only packaged static files may be used.")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def pdf_of(html: str, static_folder: Path) -> bytes:
    """An accessible PDF (PDF/UA-1). Raises ValueError for a document of too many pages."""
    document = HTML(string=html, url_fetcher=PackagedOnly(static_folder)).render(pdf_variant="pdf/ua-1")
    if len(document.pages) > MOST_PAGES:
        raise ValueError(f"the document has more than {MOST_PAGES} pages")
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made
