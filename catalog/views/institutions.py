"""Who teaches: the institutions that co-operate, each with its contacts, addresses and programmes."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import public
from catalog import policies, selectors
from catalog.forms import address_of
from catalog.selectors import CatalogueQuery
from stars.kernel.actor import ActorRequest

from .catalogue import drawn_rows

MOST_SHOWN = 10


@public
@require_safe
def institutions(request: ActorRequest) -> HttpResponse:
    return render(request, "catalog/institutions.html", {"institutions": selectors.institutions()})


@public
@require_safe
def institution(request: ActorRequest, institution: UUID) -> HttpResponse:
    shown = selectors.institution_at(institution)
    if shown is None:
        raise Http404
    standing = selectors.standing_at(request.arrived_at)
    own, keeps = selectors.own_of(request.actor), policies.may_keep(request.actor)
    rows = selectors.programmes_of(shown, standing=standing, purse=own.purse(standing.rounds))
    context = {
        "institution": shown,
        "rows": drawn_rows(rows[:MOST_SHOWN], standing.stamp, kept=own.kept if keeps else None),
        "keeps": keeps,
        "here": request.get_full_path(),
        "rating": selectors.rating_of(rows),
        "number": len(rows),
        "all_of_them": address_of(CatalogueQuery(chosen=(("institution", (shown.code,)),)), {}),
        "is_cut": len(rows) > MOST_SHOWN,
    }
    return render(request, "catalog/institution.html", context)
