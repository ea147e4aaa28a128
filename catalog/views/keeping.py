"""What a client has put aside: the page in the profile, the buttons of the catalogue, searches that tell of new ones."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gates import for_clients
from catalog import selectors, services
from catalog.forms import SaveSearchForm, address_of, chips_of, number_of, numbers_of, read_query
from catalog.models import Programme, SavedSearch
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError
from stars.kernel.refusals import refusals
from stars.kernel.toasts import done_with_undo

from .catalogue import drawn_rows

PAGE = "catalog:saved"


@require_http_methods(["GET", "POST"])
@for_clients
def saved(request: ActorRequest) -> HttpResponse:
    """The page; sent to, it keeps or drops one programme and leads back to where the button stood."""
    if request.method == "POST":
        return _keep_or_drop(request)
    assert request.actor.person_id is not None
    standing = selectors.standing_at(request.arrived_at)
    purse = selectors.own_of(request.actor).purse(standing.rounds)
    rows, gone = selectors.kept_programmes(request.actor.person_id, standing=standing, purse=purse)
    kept = frozenset(row.programme.number for row in rows)
    searches = [
        (search, reverse("catalog:list") + address_of(selectors.query_of(search), {"pilns": "1"}))
        for search in selectors.kept_searches(request.actor.person_id)
    ]
    context = {
        "asked": _asked(request, kept),
        "rows": drawn_rows(rows, standing.stamp, kept=kept),
        "gone": gone,
        "searches": searches,
        "here": request.get_full_path(),
    }
    return render(request, "catalog/saved.html", context)


def _asked(request: ActorRequest, kept: frozenset[int]) -> Programme | None:
    """The programme somebody pressed "Saglabāt" on before signing in; one more press keeps it."""
    number = number_of(request.GET.get("programma", ""))
    if number is None or number in kept:
        return None
    return Programme.objects.published().filter(number=number).first()


def _keep_or_drop(request: ActorRequest) -> HttpResponse:
    back = _back(request)
    if (number := number_of(request.POST.get("nonemt", ""))) is not None:
        services.drop_programme(number=number, by=request.actor)
        _say_dropped(request, number, back)
        return redirect(back)
    number = number_of(request.POST.get("saglabat") or request.GET.get("saglabat", ""))
    if number is None:
        return redirect(back)
    try:
        services.keep_programme(number=number, by=request.actor)
    except Programme.DoesNotExist:
        raise Http404 from None
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect(PAGE)
    messages.success(request, _("The programme is saved."))
    return redirect(back)


def _say_dropped(request: HttpRequest, number: int, back: str) -> None:
    """With a way back, but for a programme that has left the catalogue: it could not be kept again."""
    words = _("The programme is no longer among the saved ones.")
    if Programme.objects.published().filter(number=number).exists():
        done_with_undo(request, words, undo=f"{reverse(PAGE)}?{urlencode({'saglabat': number, 'next': back})}")
    else:
        messages.success(request, words)


def _back(request: HttpRequest) -> str:
    """Where the button stood, with the programmes ticked there; a page of the portal, else the list of what is saved."""
    given = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not is_ours or not given.startswith("/"):
        return reverse(PAGE)
    path, _question, query = given.partition("?")
    address = QueryDict(query, mutable=True)
    if ticked := numbers_of(request.POST):
        address.setlist("id", [str(one) for one in ticked])
    return f"{path}?{address.urlencode()}" if ticked else given


@require_http_methods(["GET", "POST"])
@for_clients
def save_search(request: ActorRequest) -> HttpResponse:
    """The filters stand in the address, as in the catalogue; a name and a choice are asked for."""
    query = read_query(request.GET)
    if not query.narrows:
        return redirect("catalog:list")
    used = chips_of(query, moment=request.arrived_at)
    form = SaveSearchForm(request.POST or None, initial={"name": ", ".join(used)[:100], "notifies": True})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.keep_search(query=query, by=request.actor, **form.cleaned_data)
            messages.success(request, _("The search is saved."))
            return redirect(PAGE)
    context = {"form": form, "used": used, "cancel": reverse("catalog:list") + address_of(query, {"pilns": "1"})}
    return render(request, "catalog/save_search.html", context, status=422 if form.errors else 200)


@require_POST
@for_clients
def change_search(request: ActorRequest, search: UUID) -> HttpResponse:
    """One of the buttons beside a saved search: tell, stop telling, remove."""
    found = get_object_or_404(SavedSearch, reference=search, person_id=request.actor.person_id)
    if "dzest" in request.POST:
        services.drop_search(reference=found.reference, by=request.actor)
        messages.success(request, _("The search “%(name)s” is removed.") % {"name": found.name})
    else:
        notifies = "zinot" in request.POST
        services.switch_telling(reference=found.reference, notifies=notifies, by=request.actor)
        said = _("You will be told of new programmes.") if notifies else _("You will not be told of new programmes.")
        messages.success(request, said)
    return redirect(PAGE)
