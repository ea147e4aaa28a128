"""The catalogue for the agency: fields are edited through services, states and rounds only by buttons (ADM-01)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stars.kernel.admin import Deciding, Decision, DecisionAdmin, ReadOnlyAdmin, Reread, rows_of
from stars.kernel.money import euros
from stars.kernel.refusals import refusals
from stars.kernel.typed import MoneyField

from . import models, policies, services
from .forms import CancelGroupForm, Lines, RoundForm, RoundTimesForm, Versioned, VersionedRows
from .states import GROUP, PROGRAMME, GroupAction, ProgrammeAction, RoundAction


class Editable(Reread):
    """Saved through a service; nothing the applications of years point at is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class VenueForm(Versioned):
    class Meta:
        model = models.Venue
        fields = (
            *("code", "institution", "name", "address", "municipality", "is_remote", "registered_in_viis"),
            "version",
        )
        widgets = {"version": forms.HiddenInput}


@admin.register(models.Venue)
class VenueAdmin(Editable):
    form = VenueForm
    list_display = ("__str__", "institution", "municipality", "registered_in_viis", "is_remote")
    list_filter = ("registered_in_viis", "is_remote", "municipality")
    list_select_related = ("institution", "municipality")
    search_fields = ("name", "address", "institution__name")
    autocomplete_fields = ("institution", "municipality")

    def save_model(self, request: Any, obj: models.Venue, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_venue(venue=obj, changed=form.changed_data, by=request.actor)


class ProgrammeForm(Versioned):
    main_topics = Lines(
        label=_("main topics"),
        max_length=300,
        help_text=_("Each topic in a line of its own."),
        widget=forms.Textarea({"rows": 8}),
    )
    schedule_kinds = forms.MultipleChoiceField(
        choices=models.ScheduleKind.choices,
        label=_("time of learning"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = models.Programme
        fields = (
            *("number", "code", "name", "institution", "kind", "sector", "extra_sectors", "venues", "mode"),
            *("qualification", "prior_knowledge", "prior_education", "description", "main_topics", "hours_total"),
            *("theory_onsite", "practice_onsite", "theory_remote", "practice_remote", "equipment", "final_examination"),
            *("education_document", "language_label", "schedule_kinds", "duration_weeks", "digital_share_percent"),
            *("max_group_size", "varam_level", "version"),
        )
        widgets = {"version": forms.HiddenInput}


class OfferForm(forms.ModelForm):
    """The price is typed in euros, as everywhere; the row keeps cents."""

    price_cents = MoneyField(label=_("price, €"), error_messages={"required": _("Enter the price")})

    class Meta:
        model = models.ProgrammeOffer
        fields = ("source", "price_cents")


class OfferInline(admin.TabularInline):
    """Prices; once the programme has been published they are only read, another source can still be added."""

    model = models.ProgrammeOffer
    form = OfferForm
    formset = VersionedRows
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.published_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or obj.published_at is None) and super().has_delete_permission(request, obj)


class PartInline(admin.TabularInline):
    model = models.ProgrammePart
    formset = VersionedRows
    extra = 0


class CompetenceInline(admin.TabularInline):
    model = models.ProgrammeCompetence
    formset = VersionedRows
    autocomplete_fields = ("competence",)
    extra = 0


@admin.register(models.Programme)
class ProgrammeAdmin(Reread, DecisionAdmin):
    """Fields are edited here, the state only by the buttons Publish and Archive."""

    form = ProgrammeForm
    list_display = ("number", "name", "institution", "kind", "state", "published_at")
    list_display_links = ("name",)
    list_filter = ("state", "offers__source", "kind", "mode", "sector")
    list_select_related = ("institution", "kind")
    search_fields = ("name", "=number", "institution__name")
    autocomplete_fields = ("institution", "sector", "extra_sectors", "venues", "qualification")
    readonly_fields = ("state", "published_at")
    inlines = (OfferInline, PartInline, CompetenceInline)
    ordering = ("name", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def save_model(self, request: Any, obj: models.Programme, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_programme(programme=obj, changed=form.changed_data, by=request.actor)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002
        """Prices, parts and competences are written by the service too, with what stood there before."""
        written, removed = rows_of(formset)
        services.save_belongings(programme_id=form.instance.pk, written=written, removed=removed, by=request.actor)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        services.refresh(programme_id=form.instance.pk)

    def open_decisions(self, request: Any, obj: models.Programme) -> Sequence[Decision]:
        done = {
            ProgrammeAction.PUBLISH: _("The programme stands in the catalogue"),
            ProgrammeAction.ARCHIVE: _("The programme is taken out of the catalogue"),
        }
        return [
            Decision(action, ProgrammeAction(action).label, done=done[ProgrammeAction(action)])
            for action in PROGRAMME.moves
            if PROGRAMME.allows(action, obj.state) and policies.may(request.actor, ProgrammeAction(action))
        ]

    def decide(self, request: Any, obj: models.Programme, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        if action == ProgrammeAction.PUBLISH:
            services.publish_programme(programme_id=obj.pk, by=request.actor)
        else:
            services.archive_programme(programme_id=obj.pk, by=request.actor)


class CourseGroupForm(Versioned):
    class Meta:
        model = models.CourseGroup
        fields = (
            *("code", "programme", "venue", "starts_on", "ends_on", "schedule_kind", "schedule"),
            *("capacity", "minimum", "version"),
        )
        widgets = {"version": forms.HiddenInput}

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if self.instance.pk and capacity < self.instance.taken:
            raise ValidationError(_("More places are taken already than that."))
        return capacity


@admin.register(models.CourseGroup)
class CourseGroupAdmin(Deciding, Editable):
    """Dates, places and schedule; the counter of taken places is only read, the state moves by decisions."""

    form = CourseGroupForm
    list_display = ("code", "programme", "venue", "state", "starts_on", "ends_on", "taken", "capacity")
    list_filter = ("state", "programme__offers__source", "starts_on")
    list_select_related = ("programme", "venue")
    search_fields = ("code", "programme__name", "=programme__number", "venue__address")
    autocomplete_fields = ("programme", "venue")
    readonly_fields = ("state", "taken")
    date_hierarchy = "starts_on"

    def save_model(self, request: Any, obj: models.CourseGroup, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_group(group=obj, changed=form.changed_data, by=request.actor)

    def open_decisions(self, request: Any, obj: models.CourseGroup) -> Sequence[Decision]:
        action = GroupAction.CANCEL_GROUP
        if not GROUP.allows(action, obj.state) or not policies.may_group(request.actor, action, obj.programme):
            return []
        return [
            Decision(action, action.label, CancelGroupForm, done=_("The group is cancelled, and its people are told"))
        ]

    def decide(self, request: Any, obj: models.CourseGroup, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.cancel_group(group_id=obj.pk, reason=answers["reason"], by=request.actor)


@admin.register(models.ApplicationRound)
class ApplicationRoundAdmin(DecisionAdmin):
    """Rounds are announced, changed and closed by buttons; each change is in the audit trail."""

    list_display = ("name", "source", "opens_at", "closes_at", "is_open_now")
    list_filter = ("source",)
    list_select_related = ("source",)
    fields = readonly_fields = ("source", "name", "opens_at", "closes_at", "is_open_now")
    ordering = ("-opens_at",)

    @admin.display(description=_("open now"), boolean=True)
    def is_open_now(self, obj: models.ApplicationRound) -> bool:
        return obj.is_open()

    def has_add_permission(self, request: Any) -> bool:
        return policies.may(request.actor, RoundAction.OPEN_ROUND)

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """ "Atvērt kārtu": the form of the service."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        back = reverse("admin:catalog_applicationround_changelist")
        form = RoundForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            with refusals(form):
                made = services.open_round(by=request.actor, **form.answers())
                messages.success(request, f"{_('The round is announced')}: {made}")
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": self.opts.verbose_name_plural,
            "title": RoundAction.OPEN_ROUND.label,
            "label": RoundAction.OPEN_ROUND.label,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/decide.html", context, status=422 if form.errors else 200)

    def open_decisions(self, request: Any, obj: models.ApplicationRound) -> Sequence[Decision]:
        found = []
        if policies.may(request.actor, RoundAction.EDIT_ROUND):
            now = {"name": obj.name, "opens_at": obj.opens_at, "closes_at": obj.closes_at}
            prefilled: Any = partial(RoundTimesForm, initial=now)
            found.append(
                Decision(
                    RoundAction.EDIT_ROUND, RoundAction.EDIT_ROUND.label, prefilled, done=_("The round is changed")
                )
            )
        if obj.is_open() and policies.may(request.actor, RoundAction.CLOSE_ROUND):
            found.append(
                Decision(RoundAction.CLOSE_ROUND, RoundAction.CLOSE_ROUND.label, done=_("The round is closed"))
            )
        return found

    def decide(self, request: Any, obj: models.ApplicationRound, action: str, answers: dict[str, Any]) -> None:
        if action == RoundAction.EDIT_ROUND:
            services.edit_round(round_id=obj.pk, by=request.actor, **answers)
        else:
            services.close_round(round_id=obj.pk, moment=timezone.now(), by=request.actor)


@admin.register(models.ProgrammeOffer)
class ProgrammeOfferAdmin(ReadOnlyAdmin):
    """Prices of all programmes side by side; they are changed on the programme."""

    list_display = ("programme", "source", "price")
    list_filter = ("source",)
    list_select_related = ("programme", "source")
    search_fields = ("programme__name", "=programme__number")
    fields = readonly_fields = ("programme", "source", "price")

    @admin.display(description=_("price"))
    def price(self, offer: models.ProgrammeOffer) -> str:
        return euros(offer.price_cents)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.ProgrammeOffer]:
        return super().get_queryset(request).order_by("programme__name", "source__position", "pk")


@admin.register(models.ProgrammePart)
class ProgrammePartAdmin(ReadOnlyAdmin):
    list_display = ("programme", "position", "name", "hours")
    list_display_links = ("name",)
    list_select_related = ("programme",)
    search_fields = ("name", "programme__name")


@admin.register(models.ProgrammeCompetence)
class ProgrammeCompetenceAdmin(ReadOnlyAdmin):
    list_display = ("programme", "competence", "level")
    list_filter = ("level", "competence__area")
    list_select_related = ("programme", "competence__area")
    search_fields = ("programme__name",)
