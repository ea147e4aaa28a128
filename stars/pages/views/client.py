"""Sākums: what a client has under way, what to do next, and the money."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import for_clients
from applications.selectors import current_applications, drafts_of
from funding.selectors import balances_of
from stars.notices.models import Notice

NOTICES_ON_HOME = 3


@for_clients
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    person = request.user.person  # type: ignore[union-attr]
    now = timezone.now()
    drafts = drafts_of(person.pk)
    profile = person.profile
    context = {
        "person": person,
        "profile": profile,
        "applications": current_applications(person.pk, now),
        "drafts": drafts,
        "number_of_tasks": len(drafts) + (profile.email_confirmed_at is None),
        "balance": next(iter(balances_of(person.pk).values()), None),
        "today": timezone.localdate(now),
        "latest": Notice.objects.visible_to(request.actor)[:NOTICES_ON_HOME],  # type: ignore[attr-defined]
    }
    return render(request, "pages/client_home.html", context)
