from collections.abc import Iterator
from typing import Any

import pytest

from tests.standins.servers import Server, get_json, running


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Server]:
    with running("mail") as server:
        yield server


@pytest.fixture
def post_office(mail_server: Server, settings: Any) -> Iterator[Server]:
    """The mail stand-in, well at the start of each test, with the portal sending to it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mail_server.port, 5
    mail_server.turn("")
    yield mail_server
    mail_server.turn("")


def mailbox(server: Server, address: str) -> list[dict[str, Any]]:
    """What has arrived for this address, newest first."""
    found: list[dict[str, Any]] = get_json(f"{server.url}/api/messages?to={address}")["messages"]
    return found
