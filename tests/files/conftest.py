from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.standins.servers import Server, running


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(scope="session")
def clamd_server() -> Iterator[Server]:
    with running("scanner") as server:
        yield server


@pytest.fixture
def scanner(clamd_server: Server, settings: Any) -> Iterator[Server]:
    """The scanner stand-in, well at the start of each test."""
    settings.STARS_CLAMD_HOST, settings.STARS_CLAMD_PORT = "127.0.0.1", clamd_server.port
    clamd_server.turn("")
    yield clamd_server
    clamd_server.turn("")


def lying(media: Path) -> list[str]:
    """Every file on disk, by its path under the media folder."""
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())
