"""A query repeated for each row of a page fails the test that opens the page (N+1)."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from zeal import zeal_context
from zeal.constants import initialize_app_registry
from zeal.patch import patch


def install() -> None:
    initialize_app_registry()
    patch()
    setattr(Client, "request", _watched(Client.request))  # noqa: B010 - mypy lets no method be replaced otherwise


def _watched(original: Callable[..., Any]) -> Callable[..., Any]:
    def request(self: Client, **asked: Any) -> Any:
        if asked.get("REQUEST_METHOD") != "GET":  # a service may rightly fetch a row again under its lock
            return original(self, **asked)
        with zeal_context():
            return original(self, **asked)

    return request
