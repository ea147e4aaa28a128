"""The agency sees people; what services own is read-only, and a look at a person leaves a row (ADM-01, AUD-02)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from stars.kernel import audit
from stars.kernel.admin import Decision, DecisionAdmin, Watched
from stars.kernel.templatetags.stars import masked

from . import models, policies, services
from .browsers.addresses import client_address
from .browsers.devices import known_as, remember
from .errors import SignInFailed, TooManyTries


class AgencySignInForm(AdminAuthenticationForm):
    """The admin's sign-in behind the same limits and the same single answer as the institutions' (PWD-05, PWD-08)."""

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password and self.request is not None:
            try:
                self.user_cache = services.sign_in_agency(
                    email=email,
                    password=password,
                    address=client_address(self.request),
                    device=known_as(self.request, email),
                )
            except (SignInFailed, TooManyTries) as error:
                raise ValidationError(error.message, code=error.code) from error
        return self.cleaned_data


@never_cache
def agency_sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The admin's own page; a browser let in is remembered, so that strangers cannot lock the officer out (PWD-08)."""
    response = AdminSite.login(admin.site, request, extra_context)
    if request.method == "POST" and isinstance(request.user, models.User) and response.status_code == 302:
        remember(response, request.user.email or "")
    return response


admin.site.login = agency_sign_in  # type: ignore[method-assign]
admin.site.login_form = AgencySignInForm
admin.site.site_title = admin.site.site_header = "STARS"


class ReadOnly:
    """Rows that only services change."""

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False


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
class PersonAdmin(ReadOnly, Watched):
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


class MembershipInline(ReadOnly, admin.TabularInline):
    model = models.Membership
    fields = readonly_fields = ("user", "institution", "role", "is_active", "since")
    extra = 0


@admin.register(models.User)
class UserAdmin(ReadOnly, Watched):
    """No password column of any kind; a person's own user is found through the person."""

    person = "person_id"
    list_display = ("who", "email", "is_staff", "is_active", "last_login")
    list_per_page = 50
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name", "person__last_name", "person__first_name")
    fields = readonly_fields = ("name", "email", "person", "is_staff", "is_active", "created_at", "last_login")
    inlines = (MembershipInline,)

    @admin.display(description=_("name and surname"))
    def who(self, user: models.User) -> str:
        return user.label

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.User]:
        return super().get_queryset(request).select_related("person")

    def what_is(self, row: models.User) -> Any:  # noqa: ARG002
        return _("sign-in")


@admin.register(models.Institution)
class InstitutionAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "municipality", "email", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("municipality",)
    search_fields = ("name", "company_number", "institution_number")
    autocomplete_fields = ("municipality",)
    formfield_overrides: ClassVar[dict[Any, Any]] = {URLField: {"assume_scheme": "https"}}
    readonly_fields = ("reference",)
    inlines = (MembershipInline,)

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def save_model(self, request: Any, obj: models.Institution, form: Any, change: bool) -> None:  # noqa: ARG002
        services.save_institution(institution=obj, changed=form.changed_data, by=request.actor)


@admin.register(models.Membership)
class MembershipAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "institution", "role", "is_active", "since")
    list_filter = ("role", "is_active")
    list_select_related = ("user__person", "institution")
    search_fields = ("user__email", "user__name", "institution__name")
    fields = ("user", "institution", "role", "is_active", "since")


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
    list_display = ("user", "policy", "channel", "at")
    list_filter = ("policy",)
    list_select_related = ("user__person", "policy")
    search_fields = ("user__email", "user__person__last_name")
    fields = ("user", "policy", "channel", "at")


@admin.register(models.Right)
class RightAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "kind", "institution", "municipality", "state", "valid_from", "valid_until")
    list_filter = ("kind", "state")
    list_select_related = ("user__person", "institution", "municipality")
    search_fields = ("user__email", "user__name", "user__person__last_name", "institution__name")
    fields = (
        "user",
        "kind",
        "institution",
        "municipality",
        "state",
        ("valid_from", "valid_until"),
        ("asked_at", "decided_at"),
        "explanation",
    )


class ResolveForm(forms.Form):
    """Whose the codes are; nobody = settled elsewhere, for example by the provider's correction."""

    person = forms.ModelChoiceField(
        label=_("The personal codes belong to"),
        queryset=models.Person.objects.none(),
        required=False,
        empty_label=_("Nobody's codes change"),
        widget=forms.RadioSelect,
    )
    explanation = forms.CharField(
        label=pgettext_lazy("sign-on", "Explanation"),
        widget=forms.Textarea({"rows": 4, "cols": 60}),
        max_length=1000,
        help_text=_("What was found out and how; it stays in the audit trail. Write no personal codes."),
        error_messages={"required": _("Enter the explanation")},
    )


@admin.register(models.SignOnConflict)
class SignOnConflictAdmin(Watched, DecisionAdmin):
    """People the state's sign-on vouches for and the portal cannot tell apart; their codes are never shown (SSO-10)."""

    purpose = _("unclear sign-on")
    list_display = ("reason", "concerned", "times", "first_at", "last_at", "resolved_at")
    list_filter = ("reason", ("resolved_at", admin.EmptyFieldListFilter))
    list_per_page = 50
    fields = readonly_fields = (
        "reason",
        "concerned",
        "times",
        "first_at",
        "last_at",
        "resolved_at",
        "resolved_by",
        "explanation",
    )

    @admin.display(description=_("people concerned"))
    def concerned(self, conflict: models.SignOnConflict) -> str:
        return ", ".join(person.full_name for person in conflict.people.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.SignOnConflict]:
        return super().get_queryset(request).select_related("resolved_by__person").prefetch_related("people")

    def _note(self, request: Any, rows: Any, what: Any) -> None:
        people = [person.pk for row in rows for person in row.people.all()]
        audit.note_reads(people, by=request.actor, what=str(what), purpose=str(self.purpose))

    def open_decisions(self, request: Any, obj: models.SignOnConflict) -> Sequence[Decision]:
        if obj.resolved_at is not None or not policies.may_resolve_sign_on(request.actor):
            return []
        return [Decision("resolve", pgettext_lazy("sign-on", "Resolve"), _form_for(obj))]

    def decide(self, request: Any, obj: models.SignOnConflict, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        chosen = answers["person"]
        services.resolve_conflict(
            conflict_id=obj.pk,
            person_id=chosen.pk if chosen else None,
            explanation=answers["explanation"],
            by=request.actor,
        )


def _form_for(conflict: models.SignOnConflict) -> type[ResolveForm]:
    """The form that offers just the people of this row; where nobody is, there is nobody to choose."""

    class Form(ResolveForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            people = conflict.people.all()
            if people:
                self.fields["person"].queryset = people  # type: ignore[attr-defined]
            else:
                del self.fields["person"]

        def clean(self) -> dict[str, Any]:
            return {"person": None} | (super().clean() or self.cleaned_data)

    return Form


@admin.register(models.Mandate)
class MandateAdmin(ReadOnly, Watched):
    person = "client_id"
    list_display = ("client", "right", "state", "valid_from", "valid_until", "basis")
    list_filter = ("state", "basis")
    list_select_related = ("client", "right__user__person")
    search_fields = ("client__last_name", "right__user__person__last_name")
    fields = (
        "client",
        "right",
        "scope",
        "basis",
        "document",
        "state",
        "valid_from",
        "valid_until",
        "ended_at",
        "explanation",
    )
