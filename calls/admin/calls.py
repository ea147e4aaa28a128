"""The agency's side: calls with everything they say, and the offers of institutions. Buttons call services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls import models, policies, selectors, services
from calls.states import CALL, OFFER, CallAction, CallEdit, Evaluating, OfferAction, OfferState
from catalog.forms import Moment, Versioned
from stars.files.handing import WAITS, hand_out
from stars.kernel.admin import Deciding, Decision, DecisionAdmin, ReadOnlyAdmin, Reread, rows_of
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import moment as in_short

from .evaluating import ConditionInline, ContractForm, CriterionInline, MemberForm, SeatInline, agreeing
from .papers import Papers, opened, shown
from .parts import AttachmentInline, DocumentInline, KindInline, StepInline
from .ranking import Ranked


class DeadlineForm(forms.Form):
    """Another closing moment, with its reason."""

    closes_at = Moment(
        label=_("Closes at"),
        help_text=_("This moment is already outside: for the whole of 11 October enter 12 October 00:00."),
        error_messages={"required": _("Enter when the call closes")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Institutions that have sent or begun something will read it."),
        error_messages={"required": _("Write the reason")},
    )


PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (None, ("name", "slug", "source", "lead", "rules")),
    (_("When offers are taken"), ("opens_at", "closes_at")),
    (_("Learning needs"), ("needs_approved_by", "needs_approved_on")),
    (_("What is offered"), ("areas", "level_from", "level_to", "least_digital_share")),
    (_("Evaluation"), ("scores_needed", "tolerance")),
)


class CallForm(Versioned):
    """Once announced, the window moves only by the button that asks for a reason."""

    opens_at = Moment(label=_("Opens"))
    closes_at = Moment(
        label=_("Closes at"),
        help_text=_("This moment is already outside: for the whole of 11 October enter 12 October 00:00."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.announced_at is not None:
            for name in {"opens_at", "closes_at"} & set(self.fields):
                self.fields[name].disabled = True

    class Meta:
        model = models.Call
        fields = (*(name for _title, names in PARTS for name in names), "version")
        widgets = {"version": forms.HiddenInput, "areas": forms.CheckboxSelectMultiple}
        labels = {"slug": _("Address of the page")}


@admin.register(models.Call)
class CallAdmin(Reread, Papers, Ranked, Deciding):
    """A call is prepared here, announced by a button, and its deadline moved by another, with a reason."""

    form = CallForm
    list_display = ("name", "source", "state", "opens_at", "until", "is_open_now")
    list_filter = ("state", "source")
    list_select_related = ("source",)
    search_fields = ("name", "slug")
    readonly_fields = ("state", "announced_at", "refused_late", "short_of_members")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (
        *(KindInline, ConditionInline, CriterionInline, AttachmentInline, StepInline, DocumentInline),
        SeatInline,
    )
    ordering = ("-opens_at",)
    actions: Any = None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """The form in parts; how the call stands, once there is one."""
        shown = [(title, {"fields": names}) for title, names in PARTS]
        shown[0][1]["fields"] += ("version",)
        return shown if obj is None else [*shown, (_("How the call stands"), {"fields": self.readonly_fields})]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:  # noqa: ARG002
        """Members are named once there is a call."""
        return [one for one in self.inlines if obj is not None or one is not SeatInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Once a score is begun, how many are needed and how far apart they may lie is read and not written."""
        fixed = services.HOW_SCORED if obj is not None and selectors.is_being_scored(obj) else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    @admin.display(description=_("offers taken until"), ordering="closes_at")
    def until(self, obj: models.Call) -> str:
        return in_short(obj.last_moment)

    @admin.display(description=_("open now"), boolean=True)
    def is_open_now(self, obj: models.Call) -> bool:
        return obj.is_open()

    @admin.display(description=_("offers refused as late"))
    def refused_late(self, call: models.Call) -> str | SafeString:
        """X79: none of them is in the call; the deadline is moved by a decision with its reason, or stays."""
        late = selectors.late_offers(call) if call.pk else []
        rows = ((one.number, one.institution, in_short(one.arrived_at)) for one in late)
        return format_html_join("", "<div>{}, {}: {}</div>", rows) or "–"

    @admin.display(description=_("offers short of members"))
    def short_of_members(self, call: models.Call) -> str | SafeString:
        """What waits for the officer: another member is named with the button, or a right is approved again."""
        waiting = selectors.short_offers(call) if call.pk else []
        words = gettext("%(missing)s more members must be named before its programmes can be decided by scores")
        rows = (
            (reverse("admin:calls_offer_change", args=(one.offer.pk,)), one.offer, words % {"missing": one.missing})
            for one in waiting
        )
        return format_html_join("", '<div><a href="{}">{}</a>: {}</div>', rows) or "–"

    def has_add_permission(self, request: Any) -> bool:
        return policies.may_keep_call(request.actor, CallEdit.SAVE)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return policies.may_keep_call(request.actor, CallEdit.SAVE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def save_model(self, request: Any, obj: models.Call, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_call(call=obj, changed=form.changed_data, by=request.actor)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002
        """What belongs to a call is written by the service too, with who wrote it and what stood there before."""
        rows, removed = rows_of(formset)
        sent = {id(one.instance): one.cleaned_data.get("upload") for one in formset.forms if one.is_valid()}
        written = [
            services.Written(one.row, one.fields, next(iter(sent.get(id(one.row)) or ()), None))  # type: ignore[arg-type]
            for one in rows
        ]
        services.save_parts(call_id=form.instance.pk, written=written, removed=removed, by=request.actor)

    def hand(self, request: Any, found: models.Call, which: str) -> HttpResponse:
        """A document of the call, announced or not."""
        document = found.documents.select_related("file").filter(pk=which if which.isdecimal() else 0).first()
        return opened(request, document.file if document else None)

    def open_decisions(self, request: Any, obj: models.Call) -> Sequence[Decision]:
        found = []
        announce = CallAction.ANNOUNCE
        if CALL.allows(announce, obj.state) and policies.may_keep_call(request.actor, announce, obj):
            found.append(Decision(announce, announce.label, done=_("The call is announced")))
        move = CallEdit.MOVE_DEADLINE
        if obj.announced_at and policies.may_keep_call(request.actor, move, obj):
            found.append(Decision(move, move.label, DeadlineForm, done=_("The deadline is moved")))
        if policies.may_keep_call(request.actor, CallEdit.COPY, obj):
            copy = CallEdit.COPY
            found.append(Decision(copy, copy.label, done=_("A call in preparation is made from this one")))
        if policies.may_evaluate(request.actor, Evaluating.NAME):
            name = Evaluating.NAME
            found.append(Decision(name, name.label, MemberForm, done=_("The member is named")))
        has_sealed = obj.is_over() and obj.offers.filter(state=OfferState.SUBMITTED).exists()
        if has_sealed and policies.may_evaluate(request.actor, Evaluating.OPEN):
            reading = Evaluating.OPEN
            found.append(Decision(reading, reading.label, done=_("The offers are opened for evaluation")))
        return found

    def decide(self, request: Any, obj: models.Call, action: str, answers: dict[str, Any]) -> None:
        if action == CallAction.ANNOUNCE:
            services.announce_call(call_id=obj.pk, by=request.actor)
        elif action == Evaluating.NAME:
            services.name_member(call_id=obj.pk, user_id=answers["user"].pk, role=answers["role"], by=request.actor)
        elif action == Evaluating.OPEN:
            services.open_offers(call_id=obj.pk, by=request.actor)
        elif action == CallEdit.COPY:
            services.copy_call(call_id=obj.pk, by=request.actor)
        else:
            services.move_deadline(call_id=obj.pk, by=request.actor, **answers)


class VersionInline(admin.TabularInline):
    """Submissions of an offer; what they say is read on their own pages once the call is over."""

    model = models.OfferVersion
    fields = readonly_fields = ("number", "arrived_at", "withdrawn_at", "sum", "sha256")
    extra = 0
    can_delete = False
    show_change_link = True

    @admin.display(description=_("requested"))
    def sum(self, version: models.OfferVersion) -> str:
        return euros(version.requested_cents) if version.offer.call.is_over() else gettext("after the call has closed")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


LETTER = "letter"


@admin.register(models.Offer)
class OfferAdmin(Papers, DecisionAdmin):
    """Who has offered to which call. Drafts are the institution's own and are not shown."""

    list_display = ("number", "call", "institution", "state", "last_arrival")
    list_filter = ("state", "call")
    list_select_related = ("call", "institution")
    search_fields = ("=number", "institution__name")
    fields = readonly_fields = ("number", "call", "institution", "state", "decided_at", "programmes")
    inlines = (VersionInline,)

    def get_queryset(self, request: Any) -> Any:
        shown = models.Offer.objects.visible_to(request.actor)
        return shown.order_by(*self.get_ordering(request)).prefetch_related("versions")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        offer = kwargs.get("obj")
        if offer is not None and offer.decided_at is not None:
            link = (gettext("Decision letter"), self.paper_url(offer.pk, LETTER))
            response.context_data["decisions"] = [link, *response.context_data.get("decisions", [])]
        return response  # type: ignore[no-any-return]

    def hand(self, request: Any, found: models.Offer, which: str) -> HttpResponse:
        """The letter the institution has, made by a worker; the page that waits for it is asked again without an entry."""
        if which != LETTER or found.decided_at is None:
            raise Http404
        made = services.request_letter(offer_id=found.pk, by=request.actor)
        if WAITS not in request.GET:
            services.note_reading(offer_id=found.pk, what=LETTER, by=request.actor)
        title = gettext("Decision on offer No. %(number)s") % {"number": found.number}
        return hand_out(request, made, title=title, back=reverse("admin:calls_offer_change", args=(found.pk,)))

    @admin.display(description=_("arrived"))
    def last_arrival(self, offer: models.Offer) -> str:
        last = max((one.arrived_at for one in offer.versions.all()), default=None)
        return in_short(last) if last else "–"

    @admin.display(description=pgettext_lazy("provider", "Programmes"))
    def programmes(self, offer: models.Offer) -> str | SafeString:
        """Those that stand, each with its state and the way to its page; none before the deadline."""
        rows = models.OfferedProgramme.objects.filter(version__offer=offer, version__withdrawn_at=None)
        shown = rows.order_by("position") if offer.call.is_over() else rows.none()
        links = (
            (reverse("admin:calls_offeredprogramme_change", args=(one.pk,)), one.name, one.get_state_display())
            for one in shown.defer("version__content")
        )
        return format_html_join("", '<div><a href="{}">{}</a>: {}</div>', links) or "–"

    def open_decisions(self, request: Any, obj: models.Offer) -> Sequence[Decision]:
        action = OfferAction.EVALUATE
        is_possible = OFFER.allows(action, obj.state) and obj.call.is_over()
        may_open = is_possible and policies.may(request.actor, action, obj)
        found = [Decision(action, action.label, done=_("The offer is opened for evaluation"))] if may_open else []
        record = Evaluating.RECORD_CONTRACT
        has_none = obj.state == OfferState.APPROVED and not hasattr(obj, "contract")
        if has_none and policies.may_evaluate(request.actor, record):
            found.append(Decision(record, record.label, ContractForm, done=_("The contract is recorded")))
        return found

    def decide(self, request: Any, obj: models.Offer, action: str, answers: dict[str, Any]) -> None:
        if action == Evaluating.RECORD_CONTRACT:
            files = answers.pop("file")
            services.record_contract(offer_id=obj.pk, upload=files[0] if files else None, by=request.actor, **answers)
        else:
            services.evaluate_offer(offer_id=obj.pk, by=request.actor)


class SealedFileInline(admin.TabularInline):
    model = models.SealedFile
    fields = readonly_fields = ("position", "code", "opened")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("file")

    @admin.display(description=_("file"))
    def opened(self, sealed: models.SealedFile) -> str | SafeString:
        address = reverse("admin:calls_offerversion_paper", args=(sealed.version_id, sealed.pk))
        return shown(sealed.file, address)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(models.OfferVersion)
class OfferVersionAdmin(Papers, ReadOnlyAdmin):
    """One submission: its seal, and after the deadline what it says."""

    list_display = ("__str__", "arrived_at", "withdrawn_at", "is_unbroken")
    list_filter = ("offer__call",)
    list_select_related = ("offer",)
    search_fields = ("=offer__number", "offer__institution__name")
    fields = readonly_fields = (
        "offer",
        "number",
        "arrived_at",
        "withdrawn_at",
        "sha256",
        "is_unbroken",
        "what_it_says",
    )
    inlines = (SealedFileInline,)

    def hand(self, request: Any, found: models.OfferVersion, which: str) -> HttpResponse:
        if not found.offer.call.is_over():
            raise Http404
        sealed = found.files.select_related("file").filter(pk=which if which.isdecimal() else 0).first()
        return opened(request, sealed.file if sealed else None, offer_id=found.offer_id)

    @admin.display(description=_("seal holds"), boolean=True)
    def is_unbroken(self, version: models.OfferVersion) -> bool:
        return version.is_genuine

    @admin.display(description=_("content"))
    def what_it_says(self, version: models.OfferVersion) -> str | SafeString:
        """Nobody of the agency reads an offer while others can still offer."""
        if not version.offer.call.is_over():
            return gettext("The content is opened after the call has closed.")
        programmes = version.content["programmes"]
        return format_html_join(
            "",
            "<h3>{}. {}</h3><dl>{}</dl>",
            ((one["position"], one["values"].get("name", ""), _rows(one["rows"])) for one in programmes),
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return self.inlines if obj is not None and obj.offer.call.is_over() else ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("offer__call")


def _rows(rows: list[dict[str, str]]) -> SafeString:
    return format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((one["label"], one["value"]) for one in rows))


class DecideForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}))


def _awaited(programme: models.OfferedProgramme) -> SafeString:
    """Whose scores are not in yet, with the way to the commission."""
    names = ", ".join(str(one.user) for one in selectors.awaited_of([programme])[programme.pk])
    address = reverse("admin:calls_call_change", args=(programme.call_id,)) + "#seats-group"
    way = format_html('<a href="{}">{}</a>', address, gettext("Commission of the call"))
    return format_html("{} {}. {}", gettext("Not given yet by:"), names, way) if names else way


def approving(programme: models.OfferedProgramme) -> type[forms.Form]:
    """The form says beforehand what the service will ask for."""
    found = selectors.result_of(programme)
    if found.is_complete or programme.state != OfferState.IN_EVALUATION:
        return DecideForm
    said = gettext("It can be approved once every score is in.")
    help_text = format_html("{} {}", said, _awaited(programme))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}), help_text=help_text
    )
    made: type[forms.Form] = type("ApprovingForm", (DecideForm,), {"reason": reason})
    return made


class RejectForm(DecideForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The institution will read it."),
        error_messages={"required": _("Write the reason")},
    )


@admin.register(models.OfferedProgramme)
class OfferedProgrammeAdmin(DecisionAdmin):
    """Each programme with its sums; decided one by one."""

    list_display = ("name", "offer", "kind", "state", "hours", "requested", "calculated")
    list_filter = ("state", "call", "kind")
    list_select_related = ("kind", "version__offer")
    search_fields = ("name", "=version__offer__number", "version__offer__institution__name")
    fields = readonly_fields = (
        *("name", "offer", "kind", "state", "hours", "requested", "calculated", "cap", "result", "reason"),
        *("decided_at", "programme", "changed_since"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Nobody of the agency reads what is offered while others can still offer."""
        return super().get_queryset(request).filter(call__closes_at__lte=timezone.now())

    @admin.display(description=_("offer"))
    def offer(self, one: models.OfferedProgramme) -> SafeString:
        """Leads to what was sent."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:calls_offerversion_change", args=(one.version_id,)), one.version
        )

    @admin.display(description=pgettext_lazy("ranking", "result"))
    def result(self, one: models.OfferedProgramme) -> str | SafeString:
        """The total with the members' scores once all of them are in; before that who has not given theirs."""
        found = selectors.result_of(one)
        if not found.is_complete:
            said = gettext("%(given)s of %(needed)s are in") % {"given": len(found.sheets), "needed": found.needed}
            return format_html("{}. {}", said, _awaited(one)) if one.state == OfferState.IN_EVALUATION else said
        return f"{found.shown_total} ({' / '.join(found.shown_totals)})"

    @admin.display(description=_("changed in the catalogue after its approval"))
    def changed_since(self, one: models.OfferedProgramme) -> str | SafeString:
        """Every change of a published programme with who made it; its price cannot change."""
        found = selectors.changes_since(one) if one.programme_id else []
        rows = ((in_short(change.at), change.who, change.what) for change in found)
        return format_html_join("", "<div>{}, {}: {}</div>", rows) or "–"

    @admin.display(description=_("requested"))
    def requested(self, one: models.OfferedProgramme) -> str:
        return euros(one.requested_cents)

    @admin.display(description=_("calculated"))
    def calculated(self, one: models.OfferedProgramme) -> str:
        return euros(one.calculated_cents)

    @admin.display(description=pgettext_lazy("cost", "cap"))
    def cap(self, one: models.OfferedProgramme) -> str:
        return euros(one.cap_cents)

    def open_decisions(self, request: Any, obj: models.OfferedProgramme) -> Sequence[Decision]:
        asked: dict[OfferAction, tuple[type[forms.Form], Any]] = {
            OfferAction.APPROVE: (approving(obj), _("The programme is approved")),
            OfferAction.REJECT: (RejectForm, _("The programme is rejected")),
        }
        found = [
            Decision(action, action.label, form, done)
            for action, (form, done) in asked.items()
            if OFFER.allows(action, obj.state) and policies.may(request.actor, action, obj.version.offer)
        ]
        agree, is_undecided = Evaluating.AGREE, obj.state == OfferState.IN_EVALUATION
        if is_undecided and policies.may_evaluate(request.actor, agree) and selectors.result_of(obj).is_disputed:
            found.append(Decision(agree, agree.label, agreeing(obj), done=_("The agreed score is recorded")))
        publish = Evaluating.PUBLISH
        is_waiting = obj.state == OfferState.APPROVED and obj.programme_id is None
        if is_waiting and policies.may_evaluate(request.actor, publish):
            found.append(Decision(publish, publish.label, done=_("The programme stands in the catalogue")))
        return found

    def decide(self, request: Any, obj: models.OfferedProgramme, action: str, answers: dict[str, Any]) -> None:
        if action == OfferAction.APPROVE:
            services.approve_programme(programme_id=obj.pk, by=request.actor, **answers)
        elif action == Evaluating.AGREE:
            note = answers.pop("note")
            typed = {name: str(points) for name, points in answers.items()}
            services.agree(programme_id=obj.pk, typed=typed, note=note, by=request.actor)
        elif action == Evaluating.PUBLISH:
            services.publish_offered(programme_id=obj.pk, by=request.actor)
        else:
            services.reject_programme(programme_id=obj.pk, by=request.actor, **answers)


@admin.register(models.VenueCheck)
class VenueCheckAdmin(ReadOnlyAdmin):
    """Which addresses the education register has answered about, and why not."""

    list_display = ("venue", "institution", "state", "checked_at", "attempts", "last_error")
    list_filter = ("state",)
    list_select_related = ("venue__institution",)
    search_fields = ("venue__address", "venue__institution__name")

    @admin.display(description=_("institution"))
    def institution(self, check: models.VenueCheck) -> str:
        return format_html("{}", check.venue.institution or "–")
