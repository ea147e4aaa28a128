from collections.abc import Iterator

import pytest

from tests.standins.servers import Server, running


@pytest.fixture(scope="session")
def _sso() -> Iterator[Server]:
    with running("sso") as server:
        yield server


@pytest.fixture(scope="session")
def _mail() -> Iterator[Server]:
    with running("mail") as server:
        yield server


@pytest.fixture(scope="session")
def _registries() -> Iterator[Server]:
    with running("registries") as server:
        yield server


@pytest.fixture(scope="session")
def _scanner() -> Iterator[Server]:
    with running("scanner") as server:
        yield server


@pytest.fixture
def sso(_sso: Server) -> Iterator[Server]:
    yield _sso
    _sso.turn("")


@pytest.fixture
def mail(_mail: Server) -> Iterator[Server]:
    yield _mail
    _mail.turn("")


@pytest.fixture
def registries(_registries: Server) -> Iterator[Server]:
    yield _registries
    _registries.turn("")


@pytest.fixture
def scanner(_scanner: Server) -> Iterator[Server]:
    yield _scanner
    _scanner.turn("")
