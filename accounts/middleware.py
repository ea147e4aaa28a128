"""Puts the Actor on the request; rights are read at each request (ACC-08)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stars.kernel.actor import Actor


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = Actor()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
