"""Puts the Actor on the request; rights and denials are read at each request (ACC-08, SES-04), idle sessions end (SES-02)."""

import logging
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from stars.kernel.actor import Actor, Role
from stars.kernel.security import Event, happened
from stars.kernel.views import service_unavailable

from .browsers import sessions
from .browsers.addresses import client_address, is_within
from .browsers.entering import denied
from .models import User
from .selectors import OBLIGED, Refusal, acting_actor, actor_of, refusal_of

logger = logging.getLogger(__name__)
ADMIN_PREFIX = "/admin/"
Next = Callable[[HttpRequest], HttpResponse]


def actor(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            request.actor = _actor(request)  # type: ignore[attr-defined]
            refusal = _refusal(request)
        except (OperationalError, InterfaceError) as error:  # before any view, so the kernel does not see it (F6)
            logger.error("database_away error=%s", type(error).__name__)
            return service_unavailable(request)
        if refusal is not None:
            request.actor = Actor()  # type: ignore[attr-defined]
            return denied(request, refusal)
        response = get_response(request)
        if request.headers.get("X-Requested-With") and request.user.is_authenticated:
            # A draft saved by the script moves the end of the session; the page that waits for it is told (SES-02).
            left = sessions.seconds_left(request.session, request.actor, request.arrived_at)  # type: ignore[attr-defined]
            response["X-Session-Seconds"] = str(left)
        return response

    return middleware


def agency_door(get_response: Next) -> Next:
    """ADM-01: from elsewhere, and on the portal's own host where the admin has another, the admin is not there at all."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ADMIN_PREFIX) and not _is_agency_door(request):
            happened(Event.ADMIN_ELSEWHERE, address=client_address(request))
            raise Http404
        return get_response(request)

    return middleware


def _is_agency_door(request: HttpRequest) -> bool:
    public, own = (urlsplit(one).netloc for one in (settings.STARS_PUBLIC_BASE_URL, settings.STARS_ADMIN_BASE_URL))
    if own != public and request.get_host() != own:
        return False
    networks = settings.STARS_ADMIN_NETWORKS
    return not networks or is_within(client_address(request), networks)


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return Actor()
    moment: datetime = request.arrived_at  # type: ignore[attr-defined]
    found = actor_of(user, sessions.chosen_context(request.session))
    lacks_factor = found.role in OBLIGED and not sessions.has_second_step(request.session)
    if lacks_factor or sessions.is_over(request.session, found, moment):
        request.ended_actor = found  # type: ignore[attr-defined]  # a form sent a moment too late is theirs (T4)
        logout(request)
        return Actor()
    sessions.keep_alive(request.session, found, moment)
    mandate = sessions.mandate_in_use(request.session)
    if mandate and (acting := acting_actor(found, mandate)):
        return acting
    return found


def _refusal(request: HttpRequest) -> Refusal | None:
    """Why somebody whose session still lives may go no further; asked of the database only when there is something."""
    user = request.user
    if not isinstance(user, User):
        return None
    is_nobody = user.person_id is None and request.actor.role is Role.ANONYMOUS  # type: ignore[attr-defined]
    if user.denial_id is None and not is_nobody:
        return None
    refusal = refusal_of(user)
    if refusal is not None:
        happened(Event.REFUSED_AT_DOOR, user=user.pk, reason=refusal.reason.value, means="session")
    return refusal
