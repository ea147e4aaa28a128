"""The lists the agency keeps. Rows in use are never deleted: they are taken out of the choice instead."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stars.kernel.admin import KeptByHand

from . import models


class Kept(KeptByHand):
    """Applications and profiles point at these rows for years."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """A code is what programs and addresses know a row by."""
        return ("code",) if obj and hasattr(obj, "code") else ()


class CodedAdmin(Kept):
    list_display: tuple[str, ...] = ("label", "code", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("label", "code")


for listed in (
    models.PlanningRegion,
    models.PriorEducation,
    models.ProgrammeKind,
    models.Qualification,
    models.InformationSource,
    models.ChoiceReason,
):
    admin.site.register(listed, CodedAdmin)


@admin.register(models.EducationLevel)
class EducationLevelAdmin(CodedAdmin):
    list_display = ("label", "framework_level", "code", "position", "is_active")


@admin.register(models.EconomicStatus)
class EconomicStatusAdmin(CodedAdmin):
    list_display = ("label", "is_employed", "code", "position", "is_active")


@admin.register(models.RegistrationReason)
class RegistrationReasonAdmin(CodedAdmin):
    list_display = ("label", "asks_text", "code", "position", "is_active")


@admin.register(models.RejectionReason)
class RejectionReasonAdmin(CodedAdmin):
    list_display = ("label", "next_step", "code", "position", "is_active")


@admin.register(models.Sector)
class SectorAdmin(Kept):
    list_display = ("number", "name", "registration_label", "programme_label", "excludes_others")
    list_display_links = ("name",)
    search_fields = ("name", "registration_label", "programme_label")


class RegionMembershipInline(admin.TabularInline):
    model = models.RegionMembership
    extra = 0


@admin.register(models.Municipality)
class MunicipalityAdmin(Kept):
    list_display = ("name", "valid_from", "valid_to")
    list_filter = ("regions__region",)
    search_fields = ("name",)
    inlines = (RegionMembershipInline,)


@admin.register(models.RegionMembership)
class RegionMembershipAdmin(Kept):
    list_display = ("municipality", "region", "valid_from", "valid_to")
    list_select_related = ("municipality", "region")
    list_filter = ("region",)
    search_fields = ("municipality__name",)


@admin.register(models.Profession)
class ProfessionAdmin(Kept):
    list_display = ("title", "code")
    search_fields = ("title", "code")


class CompetenceInline(admin.TabularInline):
    model = models.DigCompCompetence
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.DigCompCompetence]:
        """Each row writes the number of its area."""
        return super().get_queryset(request).select_related("area")


@admin.register(models.DigCompArea)
class DigCompAreaAdmin(Kept):
    list_display = ("label", "number", "framework")
    search_fields = ("label",)
    inlines = (CompetenceInline,)


@admin.register(models.DigCompCompetence)
class DigCompCompetenceAdmin(Kept):
    list_display = ("__str__", "area")
    list_select_related = ("area",)
    list_filter = ("area",)
    search_fields = ("label",)


@admin.register(models.DigCompLevel)
class DigCompLevelAdmin(Kept):
    list_display = ("number", "band", "description")


@admin.register(models.CalendarException)
class CalendarExceptionAdmin(Kept):
    """The Cabinet's order of each year, two rows a move: the day that becomes free, the Saturday that is worked."""

    list_display = ("day", "is_working", "reason")
    list_filter = ("is_working",)
    date_hierarchy = "day"
