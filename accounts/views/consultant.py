"""Career consultants and skills assessors: how they come in, and their first pages (N1, N2)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import at_the_consultants_door, for_agreed_persons, for_assessors, public
from accounts.models import RightKind
from accounts.selectors import right_in_use
from stars.kernel.actor import ActorRequest

from . import asking_rights


@require_safe
@at_the_consultants_door
def home(request: ActorRequest) -> HttpResponse:
    """N2: one's own right and its term."""
    right = right_in_use(request.actor, RightKind.CONSULTANT)
    return render(request, "accounts/consultant_home.html", {"right": right})


@require_http_methods(["GET", "POST"])
@for_agreed_persons
def ask(request: ActorRequest) -> HttpResponse:
    """N1: after the state's sign-on and the terms (PWD-07)."""
    return asking_rights.ask(request, RightKind.CONSULTANT, "accounts/ask_consultant.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    return asking_rights.confirm(request, token, RightKind.CONSULTANT)


@require_safe
@for_assessors
def assessor_home(request: ActorRequest) -> HttpResponse:
    """The institution's skills assessor: for which institution, until when."""
    right = right_in_use(request.actor, RightKind.ASSESSOR)
    return render(request, "accounts/assessor_home.html", {"right": right})
