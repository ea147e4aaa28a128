"""Commissions, criteria, what members gave, agreed scores and contracts. Scores are seen once all needed ones are in."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, TextField
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from calls import models, policies, results, selectors, services
from calls.states import CallEdit, Evaluating, SeatRole
from catalog.forms import VersionedRows
from stars.files.contents import KINDS
from stars.files.forms import UploadField
from stars.kernel.admin import Decision, DecisionAdmin, ReadOnlyAdmin, SearchedByPost
from stars.kernel.typed import DayField

from .papers import Papers, opened, shown

# Many lines stand under each other.
SHORT: dict[Any, dict[str, Any]] = {TextField: {"widget": forms.Textarea({"rows": 2, "cols": 30})}}


class BeforeScores(admin.TabularInline):
    """Written before the first score; afterwards read only: members answered what stood there."""

    formset = VersionedRows
    formfield_overrides = SHORT
    extra = 0

    def _may(self, request: Any, call: models.Call | None) -> bool:
        has_begun = call is not None and selectors.is_being_scored(call)
        return not has_begun and policies.may_keep_call(request.actor, CallEdit.SAVE, call)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True  # inside the page of its call

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)


class CriterionInline(BeforeScores):
    model = models.Criterion
    verbose_name_plural = _("Criteria")


class ConditionInline(BeforeScores):
    model = models.CallCondition
    verbose_name_plural = _("Conditions")


class Shown(admin.TabularInline):
    """Rows services write, inside the page of what they belong to."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class SeatInline(Shown):
    model = models.Seat
    verbose_name_plural = _("Commission")
    fields = readonly_fields = ("user", "role", "named_at", "in_force")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with whether its member may come in and holds the right now."""
        able = selectors.seats_in_force().filter(pk=OuterRef("pk"))
        return super().get_queryset(request).select_related("user").annotate(is_able=Exists(able))

    @admin.display(description=_("may evaluate now"), boolean=True)
    def in_force(self, seat: Any) -> bool:
        return bool(seat.is_able)


class MemberForm(forms.Form):
    """Who gets a seat: somebody with the right of a commission member in force; of two with one name, by the address."""

    user = forms.ModelChoiceField(
        queryset=models.Seat.objects.none(),
        label=_("Who"),
        help_text=_("Members of the commission whose right is in force. Others are invited first, among the users."),
        error_messages={"required": _("Choose who is named")},
    )
    role = forms.ChoiceField(label=_("Role"), choices=SeatRole.choices, initial=SeatRole.MEMBER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = selectors.may_be_named()
        names = Counter(str(one) for one in people)
        user: Any = self.fields["user"]
        user.queryset = people
        user.label_from_instance = lambda one: f"{one}, {one.email}" if names[str(one)] > 1 else str(one)


def agreeing(programme: models.OfferedProgramme) -> type[forms.Form]:
    """A form with the criteria of the programme's call, for the officer who settles what members could not."""
    given: dict[int, list[str]] = defaultdict(list)
    for sheet in selectors.result_of(programme).sheets:
        for scored in sheet.scored:
            given[scored.criterion].append(str(scored.points))
    fields: dict[str, forms.Field] = {
        f"criterion_{one.pk}_points": forms.IntegerField(
            label=one.name,
            min_value=0,
            max_value=one.most,
            help_text=_("Members gave %(given)s; at most %(most)s.")
            % {"given": " / ".join(given[one.pk]), "most": one.most},
            error_messages={
                "required": _("%(name)s: enter whole points from 0 to %(most)s") % {"name": one.name, "most": one.most}
            },
        )
        for one in selectors.criteria_of(programme.call)
    }
    fields["note"] = forms.CharField(
        label=_("Why this is the agreed score"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write why this is the agreed score")},
    )
    made: type[forms.Form] = type("AgreeingForm", (forms.Form,), fields)
    return made


class ContractForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the contract"), max_length=60, error_messages={"required": _("Enter the number")}
    )
    signed_on = DayField(label=_("Signed on"), error_messages={"required": _("Enter the day it was signed")})
    file = UploadField(label=_("File of the contract"), required=False, allowed=KINDS)


@admin.register(models.Seat)
class SeatAdmin(SearchedByPost, DecisionAdmin):
    """Who sits in which commission; named on the page of the call."""

    list_display = ("user", "call", "role", "named_at")
    list_filter = ("call", "role")
    list_select_related = ("user", "call")
    search_fields = ("user__name", "=user__email")
    fields = readonly_fields = ("user", "call", "role", "named_at")

    def open_decisions(self, request: Any, obj: models.Seat) -> Sequence[Decision]:
        action = Evaluating.RELEASE
        is_unused = not obj.declarations.exists() and not obj.sheets.exists()
        may_release = is_unused and policies.may_evaluate(request.actor, action)
        return [Decision(action, action.label, done=_("The member is released"))] if may_release else []

    def decide(self, request: Any, obj: models.Seat, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.release_member(seat_id=obj.pk, by=request.actor)


@admin.register(models.Declaration)
class DeclarationAdmin(SearchedByPost, ReadOnlyAdmin):
    """Interests members have declared, offer by offer."""

    list_display = ("offer", "member", "has_conflict", "reason", "declared_at")
    list_filter = ("has_conflict", "offer__call")
    list_select_related = ("offer", "seat__user")
    search_fields = ("=offer__number", "seat__user__name")

    @admin.display(description=_("member"))
    def member(self, declaration: models.Declaration) -> str:
        return str(declaration.seat.user)


class PointsInline(Shown):
    model = models.Points
    fields = readonly_fields = ("criterion", "points", "most", "least", "weight", "comment")
    fk_name = "sheet"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("criterion")


class AnswerInline(Shown):
    model = models.ConditionAnswer
    fields = readonly_fields = ("condition", "answer", "note")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("condition")


class AgreedInline(Shown):
    model = models.Points
    fields = readonly_fields = ("criterion", "points", "most", "least", "weight")
    fk_name = "consensus"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("criterion")


@admin.register(models.ScoreSheet)
class ScoreSheetAdmin(SearchedByPost, ReadOnlyAdmin):
    """Given sheets of programmes that have every score their call asks for; before that they are nobody's but their authors'."""

    list_display = ("programme", "member", "total", "given_at")
    list_filter = ("programme__call",)
    list_select_related = ("programme", "seat__user")
    search_fields = ("programme__name", "=programme__version__offer__number", "seat__user__name")
    fields = readonly_fields = ("programme", "member", "total", "remark", "given_at")
    inlines = (PointsInline, AnswerInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        return selectors.sheets_in_full(super().get_queryset(request)).prefetch_related("points")

    @admin.display(description=_("member"))
    def member(self, sheet: models.ScoreSheet) -> str:
        return str(sheet.seat.user)

    @admin.display(description=_("points in all"))
    def total(self, sheet: models.ScoreSheet) -> str:
        return results.in_words(sum(one.points * one.weight for one in sheet.points.all()))


@admin.register(models.Consensus)
class ConsensusAdmin(ReadOnlyAdmin):
    list_display = ("programme", "note", "recorded_by", "recorded_at")
    list_filter = ("programme__call",)
    list_select_related = ("programme", "recorded_by")
    search_fields = ("programme__name",)
    fields = readonly_fields = ("programme", "note", "recorded_by", "recorded_at")
    inlines = (AgreedInline,)


@admin.register(models.Contract)
class ContractAdmin(Papers, ReadOnlyAdmin):
    """Contracts with institutions; recorded on the page of the offer."""

    list_display = ("number", "offer", "institution", "signed_on", "recorded_at")
    list_select_related = ("offer__institution",)
    search_fields = ("number", "=offer__number", "offer__institution__name")
    fields = readonly_fields = ("number", "offer", "institution", "signed_on", "opened", "recorded_by", "recorded_at")

    @admin.display(description=_("file"))
    def opened(self, contract: models.Contract) -> str | SafeString:
        return shown(contract.file, self.paper_url(contract.pk, "file"))

    def hand(self, request: Any, found: models.Contract, which: str) -> HttpResponse:  # noqa: ARG002
        return opened(request, found.file, offer_id=found.offer_id)

    @admin.display(description=_("institution"))
    def institution(self, contract: models.Contract) -> str:
        return str(contract.offer.institution)
