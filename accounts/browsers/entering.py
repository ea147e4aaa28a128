"""From a right password to a session, step by step, each under a new session id (SES-01, MFA-01)."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.selectors import Refusal, actor_of, contexts_of, is_obliged, second_factor_of
from stars.kernel.actor import Role

from . import devices, half_way, sessions
from .return_paths import home_of, own_path, remember

BY_DOOR = {Role.COORDINATOR, Role.CONSULTANT}  # roles with a door of their own at the state's sign-on


def after_password(request: HttpRequest, user: User, next_path: str) -> HttpResponse:
    """On to the second step where there is one, to setting it up where the role demands it, else in."""
    if second_factor_of(user) is not None:
        half_way.begin(request.session, user, own_path(next_path))
        return redirect("accounts:second_step")
    if is_obliged(user):
        half_way.begin(request.session, user, own_path(next_path))
        return redirect("accounts:set_up_at_door")
    return enter(request, user, next_path)


def enter(request: HttpRequest, user: User, next_path: str, *, by_second_step: bool = False) -> HttpResponse:
    """The session begins, under an id nobody has seen before; the browser is known from now on (PWD-08)."""
    request.session.flush()
    login(request, user)
    if by_second_step:
        sessions.note_second_step(request.session)
    wanted = own_path(next_path)
    remember(request.session, wanted)
    response = redirect(wanted or home_of(actor_of(user)))
    devices.remember(response, user.email or "")
    return response


def begin_where_wanted(request: HttpRequest, user: User, wanted: str) -> None:
    """Whoever came in by a workplace's own door works in that role from the start (ACC-08)."""
    if not wanted:
        return
    for one in contexts_of(user):
        if one.actor.role in BY_DOOR and f"{wanted}/".startswith(f"{home_of(one.actor)}/"):
            sessions.choose_context(request.session, one.key)
            return


def denied(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page that says which point of the terms closes the door, and how to object (SES-04). Whoever was in is out."""
    logout(request)
    request_id = getattr(request, "request_id", "-")
    context = {"refusal": refusal, "request_id": request_id}
    response = render(request, "accounts/access_denied.html", context, status=403)
    response["Cache-Control"] = "private, no-store"
    return response
