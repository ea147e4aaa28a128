"""The audit trail and who looked at whose data, for the agency; the bases of read-only lists and of decisions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import acts, alarms, audit, by_hand, logs
from .actor import Role
from .by_hand import Written
from .errors import DomainError
from .lists import AllOrNothing
from .models import AccessEntry, AuditEntry, JobRun
from .refusals import refusals

Text = Any  # str or a lazy translation


class ReadOnlyAdmin(AllOrNothing):
    """Rows that services write and people only read (ADM-01)."""

    show_full_result_count = False
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def rows_of(formset: Any) -> tuple[list[Written], list[Any]]:
    """What the form of a page's rows has checked: those to be written, and those to be removed. Nothing is saved."""
    formset.save(commit=False)
    fresh = [
        Written(row, [one.name for one in row._meta.concrete_fields if one.name != "id"]) for row in formset.new_objects
    ]
    return [*fresh, *(Written(row, fields) for row, fields in formset.changed_objects)], formset.deleted_objects


class KeptByHand(admin.ModelAdmin):
    """Lists and texts the agency writes itself: no rule but the form's, and an audit entry for each change."""

    actions: Any = None

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        by_hand.save_row(row=obj, changed=form.changed_data, by=request.actor)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002
        written, removed = rows_of(formset)
        by_hand.save_rows(whole=form.instance, written=written, removed=removed, by=request.actor)

    def delete_model(self, request: Any, obj: Any) -> None:
        by_hand.drop_row(row=obj, by=request.actor)


class Unaddressed(ChangeList):
    """A list whose search words stand in no link: names of people are not for addresses and logs (WEB-05)."""

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        return super().get_query_string(new_params, [*(remove or []), SEARCH_VAR])


class SearchedByPost(admin.ModelAdmin):
    """People are searched by POST; the words are kept in the session until others are sent (WEB-05)."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Words that come in an address all the same are taken out of it and not searched for."""
        words_of = f"admin-words-{self.opts.label_lower}"
        if request.method == "POST" and SEARCH_VAR in request.POST:
            typed = request.POST[SEARCH_VAR][:100]
            request.session[words_of] = logs.without_codes(typed)
            if request.session[words_of] != typed.strip():
                messages.warning(
                    request, _("Nobody is searched for by personal code here. Type the name or the surname.")
                )
            return redirect(request.get_full_path())
        if SEARCH_VAR in request.GET:
            left = request.GET.copy()
            del left[SEARCH_VAR]
            return redirect(f"{request.path}?{left.urlencode()}" if left else request.path)
        if words := request.session.get(words_of):
            asked = request.GET.copy()
            asked[SEARCH_VAR] = words
            request.GET = asked  # type: ignore[assignment]
        return super().changelist_view(request, {**(extra_context or {}), "is_searched_by_post": True})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ARG002
        return Unaddressed


class Watched(SearchedByPost):
    """Rows about people: whose they are is written down before a list, a page or a decision shows them (AUD-02).

    `person` is the way from a row to the person's id; a row that leads to nobody leaves no entry.
    """

    person = ""  # "client_id", "grant.account.person_id"
    purpose: Text = _("agency's supervision")

    def what_is(self, row: Any) -> Text:
        """How the entry names one row to the person it is about."""
        return row._meta.verbose_name

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        what = _("list: %(what)s") % {"what": self.opts.verbose_name_plural}
        self._note(request, found.result_list, what, is_list=True)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None and self.has_view_permission(request, row):
            self._note(request, [row], self.what_is(row), is_list=False)
        return row

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Django's suggestions while typing would list people without an entry."""
        if request.path == reverse("admin:autocomplete"):
            raise PermissionDenied
        return super().get_search_results(request, queryset, search_term)

    def _note(self, request: Any, rows: Any, what: Text, *, is_list: bool) -> None:
        people = [person_id for row in rows if (person_id := self._person_of(row))]
        audit.note_reads(people, by=request.actor, what=str(what), purpose=str(self.purpose), is_list=is_list)

    def _person_of(self, row: Any) -> Any:
        for name in self.person.split("."):
            row = getattr(row, name, None)
        return row


@dataclass(frozen=True, slots=True)
class Decision:
    """One button: its word, and the form that asks what the service needs."""

    action: str
    label: Text
    form: type[forms.Form] = forms.Form
    done: Text = ""  # what has happened, where the button's word does not say it

    def said_of(self, obj: Any) -> str:
        """The sentence after the decision."""
        return f"{self.done or self.label}: {obj}"


class Reread(admin.ModelAdmin):
    """A form that grew old between its check and the row's lock is read once more: now it is stale, and says so (K6)."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            if refusal.code != "changed_meanwhile":
                raise
            return super().changeform_view(request, *args, **kwargs)


class Deciding(admin.ModelAdmin):
    """A button for each decision, a page that asks, a call of the service.

    Override `open_decisions` (the buttons possible now) and `decide` (the call).
    """

    change_form_template = "admin/decided_object.html"

    def open_decisions(self, request: HttpRequest, obj: Any) -> Sequence[Decision]:
        raise NotImplementedError

    def decide(self, request: HttpRequest, obj: Any, action: str, answers: dict[str, Any]) -> None:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decision_view)
        return [path("<path:object_id>/decide/<str:action>/", view, name=self._name("decide")), *super().get_urls()]

    def _name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if obj := kwargs.get("obj"):
            context["decisions"] = [
                (decision.label, reverse(f"admin:{self._name('decide')}", args=(obj.pk, decision.action)))
                for decision in self.open_decisions(request, obj)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def decision_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """GET asks, POST calls the service; a refusal stands on the form."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        back = reverse(f"admin:{self._name('change')}", args=(obj.pk,))
        decision = next((one for one in self.open_decisions(request, obj) if one.action == action), None)
        if decision is None:
            messages.warning(request, _("This is no longer possible: somebody has decided already."))
            return redirect(back)
        form = decision.form(request.POST, request.FILES) if request.method == "POST" else decision.form()
        if request.method == "POST" and form.is_valid():
            with refusals(form):
                self.decide(request, obj, action, form.cleaned_data)
                messages.success(request, decision.said_of(obj))
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": obj,
            "title": f"{decision.label}: {obj}",
            "label": decision.label,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/decide.html", context, status=422 if form.errors else 200)


class DecisionAdmin(Deciding, ReadOnlyAdmin):
    """An object only services change, by decisions."""


# The roles of both trails, in the officer's words.
ROLES = {
    Role.ANONYMOUS: _("nobody signed in"),
    Role.CLIENT: pgettext_lazy("trail", "client"),
    Role.PROVIDER: pgettext_lazy("trail", "institution's employee"),
    Role.PROVIDER_ADMIN: pgettext_lazy("trail", "institution's administrator"),
    Role.CONSULTANT: pgettext_lazy("trail", "career consultant"),
    Role.COORDINATOR: pgettext_lazy("trail", "coordinator"),
    Role.ASSESSOR: pgettext_lazy("trail", "skills assessor"),
    Role.COMMISSION: pgettext_lazy("trail", "member of the commission"),
    Role.AGENCY: pgettext_lazy("trail", "agency"),
    Role.SYSTEM: pgettext_lazy("trail", "the portal itself"),
}


class InRole(admin.SimpleListFilter):
    """In which role it was done."""

    title = _("role")
    parameter_name = "loma"

    def lookups(self, *_args: Any) -> Sequence[tuple[str, Any]]:
        return [(role.value, words) for role, words in ROLES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(actor_role=self.value()) if self.value() else queryset


class Trail(ReadOnlyAdmin):
    """What both trails say of whoever did it; people of the state's sign-on are a number here (GDP-03)."""

    @admin.display(description=_("role"), ordering="actor_role")
    def role(self, entry: AuditEntry | AccessEntry) -> str:
        return str(ROLES.get(Role(entry.actor_role), entry.actor_role))

    @admin.display(description=_("who"), ordering="actor_label")
    def who(self, entry: AuditEntry | AccessEntry) -> str:
        return entry.actor_label or (
            _("user %(number)s") % {"number": entry.actor_user_id} if entry.actor_user_id else "–"
        )


def states_in_words(object_type: str) -> dict[str, str]:
    """What the states of such an object are called on its own pages; nothing where it has none, or is no more."""
    try:
        fields = apps.get_model(object_type)._meta.get_fields()
    except (LookupError, ValueError):
        return {}
    choices = next((getattr(field, "choices", None) for field in fields if field.name == "state"), None) or ()
    return {str(value): str(label) for value, label in choices}


def kind_in_words(label: str) -> str:
    """What agency staff call the kind of an entry's object; kinds that are gone keep their old label."""
    try:
        return str(apps.get_model(label)._meta.verbose_name).capitalize()
    except (LookupError, ValueError):
        return label


class OfKind(admin.AllValuesFieldListFilter):
    """The kinds of objects in words."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | {"display": kind_in_words(str(choice["display"]))}


@admin.register(AuditEntry)
class AuditEntryAdmin(Watched, Trail):
    """Every event, newest first; an object's whole chain is found by its kind and number."""

    list_display = ("at", "kind", "object_id", "sequence", "done", "change", "who", "role")
    list_filter = (("object_type", OfKind), InRole)
    search_fields = ("object_type", "=object_id", "^actor_label", "=actor_user_id", "=request_id")
    search_help_text = _("Object and its number (for example: application 17), who did it, or the request's id")
    fields = (
        ("kind", "object_id", "sequence"),
        ("done", "change"),
        ("actor_label", "role", "actor_user_id"),
        "acting_for_id",
        "details",
        "request_id",
        "at",
        "sealed",
    )
    readonly_fields = ("kind", "done", "change", "details", "role", "sealed")
    list_per_page = 50

    def _person_of(self, entry: AuditEntry) -> Any:
        """The client somebody acted for, or the person the entry itself is about."""
        return entry.acting_for_id or (UUID(entry.object_id) if entry.object_type == "accounts.person" else None)

    @admin.display(description=_("object"), ordering="object_type")
    def kind(self, entry: AuditEntry) -> str:
        return kind_in_words(entry.object_type)

    @admin.display(description=_("state"))
    def change(self, entry: AuditEntry) -> str:
        named = states_in_words(entry.object_type)
        return " → ".join(named.get(state, state) for state in (entry.from_state, entry.to_state) if state)

    @admin.display(description=_("action"), ordering="action")
    def done(self, entry: AuditEntry) -> str:
        return acts.action_in_words(entry.object_type, entry.action)

    @admin.display(description=pgettext_lazy("trail", "seal"))
    def sealed(self, entry: AuditEntry) -> str:
        return entry.seal

    @admin.display(description=_("details"))
    def details(self, entry: AuditEntry) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(entry.data, ensure_ascii=False, indent=2, sort_keys=True))


class UnusualLook(admin.SimpleListFilter):
    """The looks behind an alarm (AUD-03): what rang, row by row."""

    title = _("unusual")
    parameter_name = "neparasts"

    def lookups(self, *_args: Any) -> Sequence[tuple[str, Any]]:
        return [(name, words) for name, (words, _statement) in sorted(alarms.UNUSUAL_LOOKS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        found = alarms.UNUSUAL_LOOKS.get(self.value() or "")
        return queryset.filter(pk__in=RawSQL(found[1], ())) if found else queryset  # noqa: S611 - statements of ours


@admin.register(AccessEntry)
class AccessEntryAdmin(SearchedByPost, Trail):
    """Who looked at whose data, when and why (AUD-02)."""

    list_display = ("at", "who", "role", "what", "purpose", "person_id")
    list_filter = (UnusualLook, InRole, "what")
    search_fields = ("=person_id", "^actor_label", "=actor_user_id", "=request_id")
    search_help_text = _("The person's id, who looked, or the request's id")
    list_per_page = 50


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """What runs by the clock: when it last succeeded, and why it did not."""

    list_display = ("day", "job", "done_at", "runs", "failures", "last_error")
    list_filter = ("job",)
    date_hierarchy = "day"
    list_per_page = 50
