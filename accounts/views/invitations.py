"""The link of an invitation: whoever holds the address accepts, once (PWD-06)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import LinkSpent
from accounts.forms import AcceptInvitationForm
from accounts.gates import public
from accounts.models import Invitation
from accounts.selectors import live_entry_link, open_invitation, signs_in_already
from stars.kernel.refusals import refusals

from .registering import shown_policies


@sensitive_post_parameters("password")
@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows who asks and into what; pressing accepts. Nobody is signed in by it."""
    link = live_entry_link(token, "invitation")
    if link is None or link.invitation is None or open_invitation(token) is None:
        return _spent(request, token)
    invitation = link.invitation
    form = _form(request, invitation)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            with refusals(form):
                user = services.accept_invitation(
                    token=token,
                    name=known.get("name", ""),
                    password=known.get("password", ""),
                    shown=known.get("shown", ()),
                )
                messages.success(request, _("You have accepted the invitation. Sign in."))
                return redirect("admin:login" if user.is_staff else "accounts:provider_sign_in")
        except LinkSpent:
            return _spent(request, token)
    context = {"form": form, "invitation": invitation, "is_known": not isinstance(form, AcceptInvitationForm)}
    return render(request, "accounts/accept_invitation.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, invitation: Invitation) -> forms.Form:
    """Somebody who signs in with this address already only says yes."""
    data = request.POST if request.method == "POST" else None
    if signs_in_already(invitation.email):
        return forms.Form(data)
    return AcceptInvitationForm(data, email=invitation.email, initial=shown_policies() | {"name": invitation.name})


@public
@require_POST
@never_cache
def resend_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Another link to the address that was invited, whoever presses the button."""
    services.resend_invitation(token=token)
    messages.success(request, _("If the invitation is still open, a new link is on its way."))
    return redirect("accounts:provider_sign_in")


def _spent(request: HttpRequest, token: str) -> HttpResponse:
    context = {"token": token if open_invitation(token) else ""}
    return render(request, "accounts/invitation_spent.html", context, status=410)
