"""Invitations the agency sends: officers with their duties (terms 30), members of the evaluation commission."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import models, policies, services
from accounts.browsers.proving import needs_proof
from accounts.forms import TermForm, email_field, name_field
from accounts.models import InvitationKind
from accounts.states import INVITATION, InvitationAction
from stars.kernel.actor import Actor, ActorRequest, Duty
from stars.kernel.admin import Decision, DecisionAdmin, SearchedByPost
from stars.kernel.refusals import refusals


class InviteMemberForm(TermForm):
    """Whom to ask into the evaluation commission, and for how long."""

    name = name_field()
    email = email_field()
    field_order: Sequence[str] = ("name", "email", "valid_until")

    def answers(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {"name": known["name"], "email": known["email"], "rights_until": known["valid_until"]}


class InviteOfficerForm(InviteMemberForm):
    """Whom to ask to work for the agency, and with which duties."""

    duties = forms.MultipleChoiceField(
        label=gettext_lazy("Duties"),
        choices=[(one.value, models.RightKind(one.value).label) for one in Duty],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one duty.")},
    )
    field_order = ("name", "email", "duties", "valid_until")

    def answers(self) -> dict[str, Any]:
        return super().answers() | {"duties": [Duty(one) for one in self.cleaned_data["duties"]]}


WAYS: dict[str, Any] = {
    InvitationKind.OFFICER.value: (
        gettext_lazy("Invite an officer"),
        InviteOfficerForm,
        policies.may_invite_officers,
        services.invite_officer,
    ),
    InvitationKind.COMMISSION.value: (
        gettext_lazy("Invite a member of the commission"),
        InviteMemberForm,
        policies.may_invite_commission,
        services.invite_commission_member,
    ),
}


def open_ways(by: Actor) -> list[tuple[Any, str]]:
    """The buttons of the list: into what this officer may invite."""
    return [
        (label, reverse("admin:accounts_invitation_invite", args=(kind,)))
        for kind, (label, _form, may, _call) in WAYS.items()
        if may(by)
    ]


@admin.register(models.Invitation)
class InvitationAdmin(SearchedByPost, DecisionAdmin):
    """Every invitation; an institution's own are sent by its administrator."""

    change_list_template = "admin/invitations.html"
    list_display = ("name", "kind", "institution", "state", "invited_at", "expires_at")
    list_filter = ("kind", "state")
    list_select_related = ("institution",)
    list_per_page = 50
    search_fields = ("name", "email", "institution__name")
    fields = readonly_fields = (
        "name",
        "email",
        "kind",
        "institution",
        "role",
        "duties_in_words",
        "rights_until",
        "state",
        "invited_by",
        "invited_at",
        "expires_at",
        "closed_at",
    )

    @admin.display(description=gettext_lazy("duties"))
    def duties_in_words(self, invitation: models.Invitation) -> str:
        return ", ".join(str(models.RightKind(one).label) for one in invitation.duties) or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.invite_view)
        return [path("invite/<slug:kind>/", view, name="accounts_invitation_invite"), *super().get_urls()]

    def changelist_view(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "ways": open_ways(request.actor)})

    def invite_view(self, request: ActorRequest, kind: str) -> HttpResponse:
        """Who gives duties has just shown who they are (MFA-04); asking an address again sends another letter."""
        if kind not in WAYS:
            raise Http404
        label, form_class, may, call = WAYS[kind]
        if not may(request.actor):
            raise PermissionDenied
        if asked := needs_proof(request):
            return asked
        back = reverse("admin:accounts_invitation_changelist")
        form = form_class(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            with refusals(form):
                call(by=request.actor, **form.answers())
                messages.success(request, _("The invitation is on its way to %(email)s.") % form.cleaned_data)
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": self.opts.verbose_name_plural,
            "title": label,
            "label": _("Send the invitation"),
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/decide.html", context, status=422 if form.errors else 200)

    def open_decisions(self, request: Any, obj: models.Invitation) -> Sequence[Decision]:
        withdraw = InvitationAction.WITHDRAW
        may = policies.may_close_invitation(request.actor, withdraw, obj) and INVITATION.allows(withdraw, obj.state)
        return [Decision(withdraw.value, pgettext_lazy("invitation", "Withdraw"))] if may else []

    def decide(self, request: HttpRequest, obj: models.Invitation, action: str, answers: dict[str, Any]) -> None:  # noqa: ARG002
        services.withdraw_invitation(invitation_id=obj.pk, by=request.actor)  # type: ignore[attr-defined]
