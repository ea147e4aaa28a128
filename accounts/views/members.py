"""I13: the people of an institution, seen and decided about by its administrator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policies, services
from accounts.browsers.proving import needs_proof
from accounts.forms import InviteForm, TermForm, WhyForm
from accounts.gates import for_provider_admins, for_providers, recently_authenticated
from accounts.models import DenialReason, Invitation, Membership, Registration, Right, RightKind
from accounts.selectors import closed_doors, colleague, members_of, people_waiting, rights_at
from accounts.states import FAMILY, AccessAction, AccessState, InvitationState
from stars.kernel.actor import ActorRequest
from stars.kernel.audit import note_reads
from stars.kernel.errors import require
from stars.kernel.refusals import refusals

Text = str | Promise
Asked = Registration | Right | Membership
PURPOSE = gettext_lazy("Approving and keeping the institution's people")


@dataclass(frozen=True, slots=True)
class Verb:
    """One decision: its word in the address, on the button and in the question."""

    action: AccessAction
    button: Text
    form: type[forms.Form]
    question: Text
    done: Text
    explains: Text = ""
    variant: str = "main"


VERBS: dict[str, Verb] = {
    "apstiprinat": Verb(
        AccessAction.APPROVE,
        pgettext_lazy("access", "Approve"),
        forms.Form,
        gettext_lazy("Approve: %(name)s?"),
        gettext_lazy("The user is approved: %(name)s."),
    ),
    "noraidit": Verb(
        AccessAction.REFUSE,
        pgettext_lazy("access", "Refuse"),
        WhyForm,
        gettext_lazy("Refuse: %(name)s?"),
        gettext_lazy("The user is refused and gets your explanation: %(name)s."),
        gettext_lazy("The person will get an e-mail with your explanation."),
        "danger",
    ),
    "bloket": Verb(
        AccessAction.BLOCK,
        pgettext_lazy("access", "Block"),
        WhyForm,
        gettext_lazy("Block: %(name)s?"),
        gettext_lazy("The user is blocked: %(name)s."),
        gettext_lazy("The person stops working at once, and reads your explanation. You can open the access again."),
        "danger",
    ),
    "atblokot": Verb(
        AccessAction.UNBLOCK,
        pgettext_lazy("access", "Unblock"),
        forms.Form,
        gettext_lazy("Open the access again: %(name)s?"),
        gettext_lazy("The user can work again: %(name)s."),
    ),
    "beigt": Verb(
        AccessAction.EXPIRE,
        pgettext_lazy("access", "End"),
        forms.Form,
        gettext_lazy("End the work in the institution: %(name)s?"),
        gettext_lazy("The user no longer works in the institution: %(name)s."),
        gettext_lazy("What the person has done stays. To come back they need a new invitation."),
        "danger",
    ),
}
SLUGS = {verb.action: slug for slug, verb in VERBS.items()}
CALLS: dict[type, dict[AccessAction, Callable[..., Any]]] = {
    Registration: {
        AccessAction.APPROVE: services.approve_registration,
        AccessAction.REFUSE: services.refuse_registration,
    },
    Membership: {
        AccessAction.BLOCK: services.block_member,
        AccessAction.UNBLOCK: services.unblock_member,
        AccessAction.EXPIRE: services.end_member,
    },
    Right: {
        AccessAction.APPROVE: services.approve_right,
        AccessAction.REFUSE: services.refuse_right,
        AccessAction.BLOCK: services.block_right,
        AccessAction.UNBLOCK: services.unblock_right,
        AccessAction.EXPIRE: services.expire_right,
    },
}
IDS = {Registration: "registration_id", Membership: "membership_id", Right: "right_id"}


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list, whatever kind of row stands behind."""

    asked: Asked
    kind: str  # the word in addresses
    reference: UUID
    name: str
    contact: str
    role: Text
    state: Text
    family: str
    verbs: tuple[tuple[str, Text], ...]  # the word of the address, the word of the button
    user_reference: UUID | None = None
    is_consultant: bool = False
    is_administrator: bool = False
    until: Any = None


def _row(request: ActorRequest, asked: Asked, closed: Mapping[int, DenialReason] | None = None) -> Row:
    """`closed` are those of these people whose every door is closed, whatever their place here says."""
    reason = (closed or {}).get(asked.user_id or 0)
    kind, reference, name, contact, role = _facts(asked)
    calls = CALLS[type(asked)]
    actions = [action for action in policies.open_actions(request.actor, asked) if action in calls]
    return Row(
        asked=asked,
        kind=kind,
        reference=reference,
        name=name,
        contact=contact,
        role=role,
        state=_closed_word(reason) if reason else AccessState(asked.state).label,
        family="bad" if reason else FAMILY[AccessState(asked.state)],
        verbs=tuple((SLUGS[action], VERBS[SLUGS[action]].button) for action in actions),
        user_reference=asked.user.reference if asked.user else None,
        is_consultant=isinstance(asked, Right) and asked.kind == RightKind.CONSULTANT,
        is_administrator=isinstance(asked, Membership) and asked.role == Membership.MemberRole.ADMINISTRATOR,
        until=asked.valid_until if isinstance(asked, Right) else None,
    )


def _closed_word(reason: DenialReason) -> str:
    """Why, is between the person and the agency; that nobody waits for them in vain, is the administrator's to know."""
    return _("Account suspended") if reason is DenialReason.OWN_WISH else _("Access denied")


def _facts(asked: Asked) -> tuple[str, UUID, str, str, Text]:
    if isinstance(asked, Registration):
        return "pieteikums", asked.reference, asked.name, asked.email, _("Employee")
    if isinstance(asked, Membership):
        return "darbinieks", asked.user.reference, asked.user.label, asked.user.email or "", asked.get_role_display()
    request = getattr(asked, "request", None)
    return "tiesibas", asked.reference, asked.user.label, request.email if request else "", asked.get_kind_display()


@require_safe
@for_provider_admins
def members(request: ActorRequest) -> HttpResponse:
    """Who waits, who works here, who else has a role, who is invited."""
    institution_id = request.actor.institution_id or 0
    waiting, people = people_waiting(institution_id), members_of(institution_id)
    rights = rights_at(institution_id)
    closed = closed_doors([one.user_id for one in people] + [one.user_id for one in rights])
    _note(request, [one.user.person_id for one in (*rights, *waiting) if isinstance(one, Right)])
    invitations = Invitation.objects.filter(institution_id=institution_id, state=InvitationState.OPEN)
    context = {
        "waiting": [_row(request, one) for one in waiting],
        "people": [_row(request, one, closed) for one in people],
        "rights": [_row(request, one, closed) for one in rights],
        "assessors": {one.user.reference for one in rights if one.kind == RightKind.ASSESSOR},
        "invitations": invitations,
        "own_id": request.actor.user_id,
    }
    return render(request, "accounts/members.html", context)


def _note(request: ActorRequest, people: list[UUID | None]) -> None:
    """People of the state's sign-on can read that they were seen (AUD-02)."""
    seen = [person for person in people if person is not None]
    note_reads(seen, by=request.actor, what=_("List of the institution's people"), purpose=str(PURPOSE))


def _found(request: ActorRequest, kind: str, reference: UUID) -> Asked:
    """Of one's own institution only; anything else is not there (ACC-02, X73)."""
    mine = {"institution_id": request.actor.institution_id}
    if kind == "pieteikums":
        return get_object_or_404(Registration.objects.select_related("institution"), reference=reference, **mine)
    if kind == "darbinieks":
        return get_object_or_404(
            Membership.objects.select_related("user__person", "institution"), user__reference=reference, **mine
        )
    if kind == "tiesibas":
        right = get_object_or_404(
            Right.objects.select_related("user__person", "institution", "municipality"), reference=reference, **mine
        )
        _note(request, [right.user.person_id])
        return right
    raise Http404


@require_http_methods(["GET", "POST"])
@for_provider_admins
def decide_member(request: ActorRequest, kind: str, reference: UUID, verb: str) -> HttpResponse:
    """One decision about one person: the page asks, the button calls the service; roles after a fresh proof (MFA-04)."""
    asked, chosen = _found(request, kind, reference), VERBS.get(verb)
    calls = CALLS[type(asked)]
    if chosen is None or chosen.action not in calls:
        raise Http404
    require(policies.may(request.actor, chosen.action, asked))
    if policies.needs_fresh_proof(chosen.action, asked) and (proof := needs_proof(request)):
        return proof
    kind_of_form = TermForm if isinstance(asked, Right) and chosen.action is AccessAction.APPROVE else chosen.form
    form = kind_of_form(request.POST if request.method == "POST" else None)
    row = _row(request, asked)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            calls[chosen.action](**{IDS[type(asked)]: asked.pk}, by=request.actor, **form.cleaned_data)
            messages.success(request, chosen.done % {"name": row.name})
            return redirect("accounts:members")
    context = {
        "row": row,
        "verb": chosen,
        "title": str(chosen.question) % {"name": row.name},
        "form": form,
        "slug": verb,
    }
    return render(request, "accounts/decide_member.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_provider_admins
@recently_authenticated
def change_role(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Administrator or employee (MFA-04); the form shows nothing else and changes nothing else (X74)."""
    membership = _member(request, reference)
    require(policies.may(request.actor, AccessAction.APPROVE, membership))
    roles = Membership.MemberRole
    wanted = roles.EMPLOYEE if membership.role == roles.ADMINISTRATOR else roles.ADMINISTRATOR
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.change_member_role(membership_id=membership.pk, role=wanted, by=request.actor)
            messages.success(request, _("The role is changed: %(name)s.") % {"name": membership.user.label})
            return redirect("accounts:members")
    context = {"membership": membership, "wanted": wanted.label, "form": form}
    return render(request, "accounts/change_role.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_provider_admins
@recently_authenticated
def name_assessor(request: ActorRequest, reference: UUID) -> HttpResponse:
    """An employee or a consultant of the institution becomes its skills assessor as well."""
    user = colleague(reference, request.actor.institution_id or 0)
    if user is None:
        raise Http404
    form = TermForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.give_assessor(user_id=user.pk, by=request.actor, **form.cleaned_data)
            messages.success(request, _("%(name)s is a skills assessor now.") % {"name": user.label})
            return redirect("accounts:members")
    return render(
        request, "accounts/name_assessor.html", {"colleague": user, "form": form}, status=422 if form.errors else 200
    )


def _member(request: ActorRequest, reference: UUID) -> Membership:
    rows = Membership.objects.select_related("user__person", "institution")
    return get_object_or_404(rows, user__reference=reference, institution_id=request.actor.institution_id or 0)


@require_http_methods(["GET", "POST"])
@for_provider_admins
def invite(request: ActorRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.invite_member(
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                role=Membership.MemberRole(form.cleaned_data["role"]),
                by=request.actor,
            )
            messages.success(request, _("The invitation is on its way to %(email)s.") % form.cleaned_data)
            return redirect("accounts:members")
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@for_provider_admins
def withdraw_invitation(request: ActorRequest, reference: UUID) -> HttpResponse:
    mine = Invitation.objects.filter(institution_id=request.actor.institution_id or 0)
    invitation = get_object_or_404(mine, reference=reference)
    services.withdraw_invitation(invitation_id=invitation.pk, by=request.actor)
    messages.success(request, _("The invitation is withdrawn: %(name)s.") % {"name": invitation.name})
    return redirect("accounts:members")


@require_http_methods(["GET", "POST"])
@for_providers
def leave(request: ActorRequest) -> HttpResponse:
    """Stop working for this institution; the only administrator hands over first (X75)."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.leave_institution(by=request.actor)
            return redirect("pages:home")
    return render(request, "accounts/leave.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_provider_admins
@recently_authenticated
def hand_over(request: ActorRequest, reference: UUID) -> HttpResponse:
    """A colleague becomes the administrator, and oneself an employee (X75)."""
    membership = _member(request, reference)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.hand_over(membership_id=membership.pk, by=request.actor)
            told = _("%(name)s is the administrator of the institution now. Sign in again: you work as an employee.")
            messages.success(request, told % {"name": membership.user.label})
            return redirect("accounts:provider_sign_in")
    return render(
        request, "accounts/hand_over.html", {"membership": membership, "form": form}, status=422 if form.errors else 200
    )
