"""The agency sees people; what services own is read-only, and a look at a person leaves a row (ADM-01, AUD-02)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, URLField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts import models, policies, services
from accounts.gates import ProvedDecisions
from accounts.selectors import refusal_of, second_factor_of, sessions_of
from stars.kernel.admin import Deciding, Decision, DecisionAdmin, Watched
from stars.kernel.templatetags.stars import masked

from .documents import ShowsDocuments, document_of
from .doors import DenyForm, WhyForm, WordsForm


class ReadOnly:
    """Rows that only services change."""

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False


DENY, START_RESET, REMOVE_FACTOR, END_SESSIONS = "deny", "start_reset", "remove_factor", "end_sessions"
END_COOPERATION = "end_cooperation"
WATCH, UNWATCH = "watch", "unwatch"


class ClientProfileInline(ReadOnly, admin.StackedInline):
    model = models.ClientProfile
    readonly_fields = fields = (
        "email",
        "email_confirmed_at",
        "phone",
        "economic_status",
        "education",
        "low_income",
        "registration_reasons",
        "other_reason",
        "sectors",
        "information_sources",
        "registered_at",
    )


@admin.register(models.Person)
class PersonAdmin(Watched, DecisionAdmin):
    """Whose looks ring an alarm is security's to say and to see (AUD-03)."""

    person = "pk"
    list_display = ("last_name", "first_name", "created_at")
    list_per_page = 50
    search_fields = ("last_name", "first_name")
    search_help_text = _("Name or surname. Personal codes are not searched here.")
    fields = readonly_fields = ("first_name", "last_name", "personal_code", "gender", "birth_date", "created_at")
    inlines = (ClientProfileInline,)

    @admin.display(description=_("personal code"))
    def personal_code(self, person: models.Person) -> str:
        """Masked; neither a sealed value nor a digest is ever a column."""
        return masked(person.current_code)

    def what_is(self, row: models.Person) -> Any:  # noqa: ARG002
        return _("profile")

    def open_decisions(self, request: Any, obj: models.Person) -> Sequence[Decision]:
        if not policies.guards_the_door(request.actor):
            return []
        if obj.is_watched:
            return [Decision(UNWATCH, pgettext("admin", "Looks ring no alarm any more"), WhyForm)]
        return [Decision(WATCH, pgettext("admin", "Looks ring an alarm"), WhyForm)]

    def decide(self, request: Any, obj: models.Person, action: str, answers: dict[str, Any]) -> None:
        services.watch_person(person_id=obj.pk, is_watched=action == WATCH, words=answers["words"], by=request.actor)


class DenialInline(ReadOnly, admin.TabularInline):
    model = models.Denial
    fk_name = "user"
    fields = readonly_fields = ("reason", "words", "since", "until", "lifted_at")
    extra = 0


class InForce:
    """Whether somebody works there now, as a tick; the column itself has neither a name nor a look."""

    @admin.display(description=_("in force"), boolean=True)
    def in_force(self, membership: models.Membership) -> bool:
        return bool(membership.is_active)


class MembershipInline(ReadOnly, InForce, admin.TabularInline):
    model = models.Membership
    fields = readonly_fields = ("user", "institution", "role", "in_force", "since")
    extra = 0


@admin.register(models.User)
class UserAdmin(ProvedDecisions, Watched, DecisionAdmin):
    """No password column of any kind; a person's own user is found through the person. What is decided closes doors."""

    person = "person_id"
    sensitive = frozenset({DENY, REMOVE_FACTOR, START_RESET, END_SESSIONS})
    list_display = ("who", "email", "is_staff", "not_blocked", "last_login")
    list_per_page = 50
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name", "person__last_name", "person__first_name")
    fields = readonly_fields = (
        "name",
        "email",
        "person",
        "is_staff",
        "may_come_in",
        "created_at",
        "last_login",
        "has_factor",
        "sessions_open",
    )
    inlines = (MembershipInline, DenialInline)

    @admin.display(description=_("name and surname"))
    def who(self, user: models.User) -> str:
        return user.label

    @admin.display(description=_("may sign in"))
    def may_come_in(self, user: models.User) -> str:
        """What the door itself would say: the point of the terms that closes it."""
        refusal = refusal_of(user)
        return refusal.sentence if refusal else gettext("Yes")

    @admin.display(description=_("not blocked"), boolean=True)
    def not_blocked(self, user: models.User) -> bool:
        """No more than this fits a list: what else may close the door to somebody (terms 32.1, 32.7) is on their card."""
        return user.is_active and not user.is_denied  # type: ignore[attr-defined]

    @admin.display(description=_("second factor"), boolean=True)
    def has_factor(self, user: models.User) -> bool:
        return second_factor_of(user) is not None

    @admin.display(description=_("open sessions"))
    def sessions_open(self, user: models.User) -> int:
        return sessions_of(user).count()

    def open_decisions(self, request: Any, obj: models.User) -> Sequence[Decision]:
        by = request.actor
        found = []
        if policies.may_deny(by, obj, models.DenialReason.TERMS_BROKEN):
            found.append(Decision(DENY, pgettext("admin", "Deny access"), DenyForm))
        if policies.may_start_reset(by, obj) and obj.is_active:
            found.append(Decision(START_RESET, pgettext("admin", "Send a link for a new password")))
        if policies.may_ask_removal(by, obj) and self.has_factor(obj):
            found.append(Decision(REMOVE_FACTOR, pgettext("admin", "Ask to remove the second factor"), WordsForm))
        if policies.may_end_sessions(by, obj) and self.sessions_open(obj) and by.user_id != obj.pk:
            found.append(Decision(END_SESSIONS, pgettext("admin", "End all sessions")))
        return found

    def decide(self, request: Any, obj: models.User, action: str, answers: dict[str, Any]) -> None:
        by = request.actor
        if action == DENY:
            reason = models.DenialReason(answers["reason"])
            services.deny_access(user_id=obj.pk, reason=reason, words=answers["words"], until=answers["until"], by=by)
        elif action == START_RESET:
            services.start_password_reset(user_id=obj.pk, by=by)
        elif action == REMOVE_FACTOR:
            services.ask_removal(user_id=obj.pk, words=answers["words"], by=by)
        else:
            services.end_other_sessions(user_id=obj.pk, keep="", by=by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.User]:
        denied = models.Denial.objects.in_force().filter(user=OuterRef("pk"))
        rows: QuerySet[models.User] = super().get_queryset(request)
        return rows.select_related("person").annotate(is_denied=Exists(denied))

    def what_is(self, row: models.User) -> Any:  # noqa: ARG002
        return _("sign-in")


@admin.register(models.Institution)
class InstitutionAdmin(ProvedDecisions, Deciding):
    """Whether the co-operation lasts is no tick of the form but a decision with a reason (terms 32.7)."""

    sensitive = frozenset({END_COOPERATION})
    list_display = ("name", "kind", "municipality", "email", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("municipality",)
    search_fields = ("name", "company_number", "institution_number")
    autocomplete_fields = ("municipality",)
    formfield_overrides: ClassVar[dict[Any, Any]] = {URLField: {"assume_scheme": "https"}}
    exclude = ("version",)
    readonly_fields = ("is_active", "contacts_confirmed_at")
    inlines = (MembershipInline,)

    def open_decisions(self, request: Any, obj: models.Institution) -> Sequence[Decision]:
        may_end = policies.may_end_cooperation(request.actor) and obj.is_active
        return [Decision(END_COOPERATION, pgettext("admin", "End the co-operation"), WordsForm)] if may_end else []

    def decide(self, request: Any, obj: models.Institution, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.end_cooperation(institution_id=obj.pk, words=answers["words"], by=request.actor)

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def save_model(self, request: Any, obj: models.Institution, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_institution(institution=obj, changed=form.changed_data, by=request.actor)


@admin.register(models.Membership)
class MembershipAdmin(ReadOnly, InForce, Watched):
    person = "user.person_id"
    list_display = ("user", "institution", "role", "in_force", "since")
    list_filter = ("role", "is_active")
    list_select_related = ("user__person", "institution")
    search_fields = ("user__email", "user__name", "institution__name")
    fields = readonly_fields = ("user", "institution", "role", "in_force", "since")


class PolicyVersionForm(forms.ModelForm):
    """A new version comes into force now or later, never in the past: nobody accepted it then."""

    class Meta:
        model = models.PolicyVersion
        fields = ("kind", "version", "title", "amendments", "body", "published_at")

    def clean_published_at(self) -> Any:
        moment = self.cleaned_data["published_at"]
        if moment < timezone.now() - timedelta(minutes=5):
            raise ValidationError(_("A version cannot come into force in the past"))
        return moment


@admin.register(models.PolicyVersion)
class PolicyVersionAdmin(admin.ModelAdmin):
    """Versions stay as people accepted them: a version in force can be read, only a coming one changed (terms 33)."""

    form = PolicyVersionForm
    actions = None
    list_display = ("title", "kind", "version", "published_at")
    list_filter = ("kind",)

    def has_change_permission(self, request: HttpRequest, obj: models.PolicyVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at > timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: models.PolicyVersion | None = None) -> bool:
        return self.has_change_permission(request, obj) and super().has_delete_permission(request, obj)

    def save_model(self, request: Any, obj: models.PolicyVersion, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_policy(policy=obj, changed=form.changed_data, by=request.actor)

    def delete_model(self, request: Any, obj: models.PolicyVersion) -> None:
        services.drop_policy(policy=obj, by=request.actor)


@admin.register(models.Consent)
class ConsentAdmin(ReadOnly, Watched):
    person = "user.person_id"
    list_display = ("user", "policy", "given", "at")
    list_filter = ("policy",)
    list_select_related = ("user__person", "policy")
    search_fields = ("user__email", "user__person__last_name")
    fields = readonly_fields = ("user", "policy", "given", "at")

    @admin.display(description=_("channel"))
    def given(self, consent: models.Consent) -> str:
        return consent.channel_words


@admin.register(models.Mandate)
class MandateAdmin(ReadOnly, ShowsDocuments, Watched):
    person = "client_id"
    list_display = ("client", "right", "state", "valid_from", "valid_until", "basis")
    list_filter = ("state", "basis")
    list_select_related = ("client", "right__user__person")
    search_fields = ("client__last_name", "right__user__person__last_name")
    fields = (
        "client",
        "right",
        "may_do",
        "basis",
        "document",
        "signed",
        "state",
        "valid_from",
        "valid_until",
        "ended_at",
        "explanation",
    )
    readonly_fields = ("signed", "may_do")

    @admin.display(description=_("scope"))
    def may_do(self, mandate: models.Mandate) -> str:
        return "; ".join(mandate.scope_words)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Mandate]:
        return super().get_queryset(request).select_related("file__signature_check")

    @admin.display(description=_("signed document"))
    def signed(self, mandate: models.Mandate) -> str | SafeString:
        return document_of(mandate.file, getattr(mandate, "bearer", None))
