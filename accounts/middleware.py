"""Puts the Actor on the request; rights are read at each request (ACC-08), and an idle session ends (SES-02)."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from stars.kernel.actor import Actor
from stars.kernel.views import service_unavailable

from .browsers import sessions
from .selectors import acting_actor, actor_of

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]


def actor(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            request.actor = _actor(request)  # type: ignore[attr-defined]
        except (OperationalError, InterfaceError) as error:  # before any view, so the kernel does not see it (F6)
            logger.error("database_away error=%s", type(error).__name__)
            return service_unavailable(request)
        response = get_response(request)
        if request.headers.get("X-Requested-With") and request.user.is_authenticated:
            # A draft saved by the script moves the end of the session; the page that waits for it is told (SES-02).
            left = sessions.seconds_left(request.session, request.user, request.arrived_at)  # type: ignore[attr-defined]
            response["X-Session-Seconds"] = str(left)
        return response

    return middleware


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return Actor()
    moment: datetime = request.arrived_at  # type: ignore[attr-defined]
    if sessions.is_over(request.session, user, moment):
        logout(request)
        return Actor()
    sessions.keep_alive(request.session, user, moment)
    actor = actor_of(user, sessions.chosen_context(request.session))
    mandate = sessions.mandate_in_use(request.session)
    if mandate and (acting := acting_actor(actor, mandate)):
        return acting
    return actor
