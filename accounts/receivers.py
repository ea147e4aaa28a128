"""Sign-in, whichever way it came, starts the session's clocks."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from .browsers import devices, sessions
from .models import User
from .selectors import actor_of


@receiver(user_logged_in, dispatch_uid="accounts.start_session_clocks")
def start_session_clocks(request: HttpRequest, user: User, **_: Any) -> None:
    sessions.begin(request.session, actor_of(user), devices.words_of(request))
