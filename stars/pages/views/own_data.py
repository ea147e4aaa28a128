"""A person's own data: who has looked at it. Nobody opens these pages for somebody else (ACT-03)."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import for_clients
from stars.kernel.actor import ActorRequest
from stars.kernel.models import AccessEntry
from stars.pages import own_data

LOOKS_A_PAGE = 25


@for_clients
@require_safe
def who_looked(request: ActorRequest) -> HttpResponse:
    """Kas skatījis manus datus: every look by somebody else, newest first, as soon as it is written (AUD-02)."""
    assert request.actor.person_id is not None
    found = AccessEntry.objects.about(request.actor.person_id)
    page = Paginator(found, LOOKS_A_PAGE).get_page(request.GET.get("lapa"))
    context = {"page": page, "looks": own_data.looks_in_words(page)}
    return render(request, "pages/who_looked.html", context)
