"""Paziņojumi: what a person has been told, newest first. Looking changes nothing; opening is a POST (WEB-02)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stars.kernel.actor import ActorRequest
from stars.kernel.errors import require
from stars.kernel.toasts import done_with_undo

from . import selectors, services

ON_A_PAGE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
View = Callable[..., HttpResponse]


def for_anyone_signed_in(view: View) -> View:
    """This app stands below accounts and its gates: the same gate by Django's own check."""
    guarded: View = login_required(view)
    guarded.gate = "signed in"  # type: ignore[attr-defined]
    return guarded


@for_anyone_signed_in
@require_safe
def notices(request: ActorRequest) -> HttpResponse:
    """One's own, and never under the bar of somebody one acts for (ACT-02)."""
    require(request.actor.acting_for_id is None)
    found = selectors.notices_for(request.actor)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("lapa"))
    unread = selectors.unread_count(request.actor.user_id)
    return render(request, "notices/notices.html", {"page": page, "unread": unread, "home": _home(request)})


@for_anyone_signed_in
@require_POST
def open_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Marks one notice and leads to what it is about, or back to the list."""
    notice = services.mark_read(notice_id=pk, by=request.actor)
    if notice is None:
        raise Http404
    return redirect(notice.path or reverse("notices:list"))


@for_anyone_signed_in
@require_POST
def mark_all_read(request: ActorRequest) -> HttpResponse:
    read_at = services.mark_all_read(by=request.actor)
    if read_at:
        back = reverse("notices:mark_unread", args=[(read_at - EPOCH) // MICROSECOND])
        done_with_undo(request, _("All notices are marked as read."), undo=back)
    return redirect("notices:list")


@for_anyone_signed_in
@require_POST
def mark_unread(request: ActorRequest, microseconds: int) -> HttpResponse:
    """The way back from "all read": the address names the moment at which they were marked."""
    if services.mark_unread(read_at=EPOCH + microseconds * MICROSECOND, by=request.actor):
        messages.info(request, _("The notices are unread again."))
    return redirect("notices:list")


def _home(request: ActorRequest) -> str:
    """The first crumb: each role has a home of its own."""
    if request.actor.is_provider:
        return reverse("applications:provider_home")
    return reverse("pages:client_home" if request.actor.is_client else "pages:home")
