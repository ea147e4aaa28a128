"""What pages about one's own way in share: who sits there, and the frame around the page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.browsers.return_paths import home_of
from accounts.models import User
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import NotPermitted


def user_of(request: ActorRequest) -> User:
    """The person at the browser; a coordinator at a client's page is not the client (ACT-03)."""
    if not isinstance(request.user, User) or request.actor.acting_for_id is not None:
        raise NotPermitted
    return request.user


def look_of(request: ActorRequest) -> int:
    """Which look of a page that looks again by itself this is (`?reize=`)."""
    asked = request.GET.get("reize", "")
    return int(asked) if asked.isdecimal() and len(asked) < 3 else 0


def show(
    request: ActorRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    return render(request, template, {"home_url": home_of(request.actor), **(context or {})}, status=status)
