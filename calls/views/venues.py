"""Step 1 of an offer: addresses, and what the education register says of each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gates import for_providers
from calls import selectors, services
from calls.forms import VenueForm
from calls.states import VENUE_FAMILY, VenueState
from catalog.models import Venue
from stars.kernel.actor import ActorRequest
from stars.kernel.refusals import refusals

from .steps import STEP_LABELS, deleted


@require_http_methods(["GET", "POST"])
@for_providers
def venues(request: ActorRequest) -> HttpResponse:
    """I6: the list, and a form for one more."""
    assert request.actor.institution_id is not None
    form = VenueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.add_venue(by=request.actor, **form.answers())
            messages.success(request, _("The venue is added. The address is being checked in VIIS."))
            return redirect("calls:venues")
    rows = [(one, *_said(one)) for one in selectors.venues_of(request.actor.institution_id)]
    context = {"form": form, "rows": rows, "step_labels": STEP_LABELS}
    return render(request, "calls/venues.html", context, status=422 if form.errors else 200)


def _said(venue: Venue) -> tuple[str, str, bool]:
    """The register's word, its colour, and whether asking again makes sense."""
    check = getattr(venue, "check_of_address", None)
    state = check.state if check else VenueState.REGISTERED if venue.registered_in_viis else VenueState.UNCHECKED
    return str(VenueState(state).label), VENUE_FAMILY[state], state != VenueState.REGISTERED


@require_POST
@for_providers
def ask_again(request: ActorRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(Venue, pk=pk, institution_id=request.actor.institution_id)
    services.ask_again(venue_id=venue.pk, by=request.actor)
    messages.success(request, _("VIIS is being asked about the address once more."))
    return redirect("calls:venues")


@require_http_methods(["GET", "POST"])
@for_providers
def drop(request: ActorRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(Venue, pk=pk, institution_id=request.actor.institution_id)
    return deleted(
        request,
        lambda: services.drop_venue(venue_id=venue.pk, by=request.actor),
        page="calls/drop_venue.html",
        context={"venue": venue},
        done=_("The venue is deleted."),
        back="calls:venues",
    )
