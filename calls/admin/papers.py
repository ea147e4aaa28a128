"""Files of offers, contracts and calls for officers: by a link that opens in their browser only, each look noted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from calls import services
from stars.files.handing import bearer_of
from stars.files.models import StoredFile
from stars.files.selectors import download_url
from stars.files.telling import standing_of


class Papers(admin.ModelAdmin):
    """For an admin whose objects have files: `hand` gives the one a link names. What cannot be seen cannot be opened."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.paper_view)
        return [path("<path:object_id>/papers/<slug:which>/", view, name=self._paper_name()), *super().get_urls()]

    def _paper_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_paper"

    def paper_view(self, request: Any, object_id: str, which: str) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return self.hand(request, found, which)

    def hand(self, request: Any, found: Any, which: str) -> HttpResponse:
        raise NotImplementedError

    def paper_url(self, pk: object, which: object) -> str:
        return reverse(f"admin:{self._paper_name()}", args=(pk, which))


def opened(request: Any, stored: StoredFile | None, *, offer_id: int | None = None) -> HttpResponse:
    """The file's address, once it is clean; of an offer only with the look noted first."""
    if stored is None or not stored.is_clean:
        raise Http404
    if offer_id is not None:
        services.note_reading(offer_id=offer_id, what=stored.display_name, by=request.actor)
    return redirect(download_url(stored, bearer_of(request)))


def shown(stored: StoredFile | None, address: str) -> str | SafeString:
    """A file as an officer sees it: a way to it while it is clean, else why there is none."""
    if stored is None:
        return "–"
    if stored.is_clean:
        return format_html('<a href="{}">{}</a>', address, stored.display_name)
    return f"{stored.display_name}: {standing_of(stored).word}"
