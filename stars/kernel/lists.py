"""What every list of the admin keeps to: narrowed by its own filters only, and many rows at once all or none."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class NarrowedByName(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list is narrowed by its own filters and by nothing else (ACC-06); the agency's site puts this on every list.

    Django lets an address ask about any column of the row, `?password__startswith=…` among them.
    """

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """A NUL is nothing the database can be asked about: 400, never 500 (WEB-07)."""
        if any("\0" in value for values in request.GET.lists() for value in (values[0], *values[1])):
            raise BadRequest("NUL in a filter")
        return super().changelist_view(request, extra_context)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        named = {self.date_hierarchy, *(_name_of(one) for one in self.get_list_filter(request))} - {None}
        is_named = any(lookup == one or lookup.startswith(f"{one}__") for one in named)
        return is_named and super().lookup_allowed(lookup, value, request)


def _name_of(one: Any) -> Any:
    """How a filter stands in an address: a field, a field with a look of its own, or a filter of ours."""
    if isinstance(one, str):
        return one
    return one[0] if isinstance(one, list | tuple) else getattr(one, "parameter_name", None)


class AllOrNothing(admin.ModelAdmin):  # type: ignore[type-arg]
    """An action on several rows is done to all of them or to none (ACC-05): a ticked row out of sight refuses the lot."""

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *where: Any, **named: Any
    ) -> HttpResponse | None:
        ticked = set(request.POST.getlist(helpers.ACTION_CHECKBOX_NAME))
        try:
            is_whole = queryset.filter(pk__in=ticked).count() == len(ticked)
        except (ValueError, ValidationError):
            is_whole = False
        if not is_whole:
            words = _("One of the rows you ticked is not there any more, or is not yours to see. Nothing was done.")
            messages.error(request, words)
            return redirect(request.get_full_path())
        with transaction.atomic():
            return super().response_action(request, queryset, *where, **named)
