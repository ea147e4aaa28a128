"""A person's own data: what is kept and why, who has looked, a file of it, its erasure.

Nobody opens these pages for somebody else (ACT-03).
"""

from uuid import UUID

from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_clients, public, recently_authenticated
from accounts.models import Person
from stars.files.handing import bearer_of
from stars.files.selectors import download_url
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError
from stars.kernel.models import AccessEntry
from stars.kernel.money import euros
from stars.kernel.sheets import csv_file
from stars.kernel.templatetags.stars import clock, day
from stars.pages import own_data, selectors, services

LOOKS_A_PAGE = 25
MOST_LOOKS = 10_000  # in a file: more than anybody has


def _own_id(request: ActorRequest) -> UUID:
    """The gate has let in nobody but a client."""
    assert request.actor.person_id is not None
    return request.actor.person_id


@for_clients
@require_safe
@never_cache
def who_looked(request: ActorRequest) -> HttpResponse:
    """Kas skatījis manus datus: every look by somebody else, newest first, as soon as it is written (AUD-02)."""
    found = AccessEntry.objects.about(_own_id(request))
    page = Paginator(found, LOOKS_A_PAGE).get_page(request.GET.get("lapa"))
    context = {"page": page, "looks": own_data.looks_in_words(page)}
    return render(request, "pages/who_looked.html", context)


@for_clients
@require_safe
@never_cache
def ask_about_look(request: ActorRequest, entry: int) -> HttpResponse:
    """ "Jautāt par ierakstu": the line with its number, and where to ask who it was and on what ground."""
    row = get_object_or_404(AccessEntry.objects.about(_own_id(request)), pk=entry)
    [look] = own_data.looks_in_words([row])
    return render(request, "pages/ask_about_look.html", {"look": look})


@for_clients
@require_safe
@never_cache
def looks_file(request: ActorRequest) -> HttpResponse:
    """ "Lejupielādēt": every line as a table, the newest first."""
    looks = own_data.looks_in_words(AccessEntry.objects.about(_own_id(request))[:MOST_LOOKS])
    head = [_("Number"), _("Date"), _("Time"), _("Who"), _("What was looked at"), _("Why")]
    rows = [[one.number, day(one.at), clock(one.at), one.who, one.what, one.why] for one in looks]
    return csv_file("kas-skatijis-manus-datus.csv", head, rows)


@for_clients
@require_safe
@never_cache
def my_data(request: ActorRequest) -> HttpResponse:
    """Mani dati: what is kept, why and for how long; consents with their versions; the ways to a copy and to erasure."""
    context = {"categories": own_data.CATEGORIES, "consents": selectors.consents_of(_own_id(request))}
    return render(request, "pages/my_data.html", context)


@for_clients
@recently_authenticated
@require_safe
@never_cache
def my_data_in_full(request: ActorRequest) -> HttpResponse:
    """Everything the inventory lets out, to read and to print (GDP-04)."""
    person = Person.objects.get(pk=_own_id(request))
    parts = [
        (category.title, [(table.title, [_in_words(row) for row in table.rows]) for table in tables])
        for category, tables in own_data.gathered(person.pk)
        if tables
    ]
    return render(request, "pages/my_data_in_full.html", {"person": person, "parts": parts})


def _in_words(row: list[tuple[str, str, object]]) -> list[tuple[str, str]]:
    """Sums in euros, as everywhere in the portal."""
    return [
        (label.partition(",")[0], euros(value))
        if name.endswith("_cents") and isinstance(value, int)
        else (label, own_data.in_words(value))
        for name, label, value in row
    ]


@for_clients
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def export(request: ActorRequest) -> HttpResponse:
    """The same as a JSON file: asked for, waited for, fetched by its owner's browser for a day."""
    if request.method == "POST":
        services.request_export(person_id=_own_id(request), by=request.actor)
        return redirect("pages:export")
    found = selectors.export_of(_own_id(request))
    file = found.file if found else None
    is_ready = file is not None and file.is_clean
    context = {
        "export": found,
        "is_ready": is_ready,
        "address": download_url(file, bearer_of(request)) if file and is_ready else "",
    }
    return render(request, "pages/export.html", context)


@for_clients
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def erase(request: ActorRequest) -> HttpResponse:
    """What goes and what stays, asked once more; a refusal says what to do first."""
    reason = selectors.erasure_waits_for(_own_id(request))
    if request.method == "POST" and not reason:
        try:
            services.erase_person(person_id=_own_id(request), by=request.actor)
        except DomainError as error:
            reason = error.message
        else:
            logout(request)
            return redirect("pages:erased")
    status = 409 if request.method == "POST" else 200
    return render(request, "pages/erase.html", {"categories": own_data.CATEGORIES, "reason": reason}, status=status)


@public
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/erased.html")
