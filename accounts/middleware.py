"""Puts the Actor on the request; rights are read at each request (ACC-08), and an idle session ends (SES-02)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from stars.kernel.actor import Actor

from .browsers import sessions
from .selectors import actor_of

Next = Callable[[HttpRequest], HttpResponse]


def actor(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = _actor(request)  # type: ignore[attr-defined]
        return get_response(request)

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
    return actor_of(user)
