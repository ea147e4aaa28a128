"""A small portal in which everything is true, made by the services: whatever is found in it later is the test's own doing."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import questions, services
from applications.models import Application
from catalog.models import ProgrammeOffer
from stars.files.states import ScanState
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.files import laid
from tests.factories.funding import approved_account, imk


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


def applied(user: User, programme: Any) -> Application:
    """An IMK application sent the way people send them."""
    draft = DraftFactory.create(client=user.person, source=imk(), programme=programme)
    price = ProgrammeOffer.objects.get(programme=programme, source=draft.source).price_cents
    mark = questions.fingerprint(programme.pk, draft.source_id, price, draft.answers)
    sent = services.submit(reference=draft.reference, fingerprint=mark, arrived_at=timezone.now(), by=actor_of(user))
    return Application.objects.get(pk=sent.pk)


@pytest.fixture
def portal() -> SimpleNamespace:
    """Two approved clients of one programme: one waits for the answer, one is admitted; one clean file."""
    RoundFactory.create(source=imk())
    programme = ProgrammeFactory.create()
    provider = actor_of(ProviderFactory.create(membership__institution=programme.institution))
    clients = [ClientFactory.create() for _ in range(2)]
    for client in clients:
        approved_account(client.person)
    waiting, admitted = (applied(client, programme) for client in clients)
    services.admit(application_id=admitted.pk, by=provider)
    admitted.refresh_from_db()
    stored = laid(b"saturs", state=ScanState.CLEAN, scanned_at=timezone.now())
    return SimpleNamespace(
        programme=programme, provider=provider, clients=clients, waiting=waiting, admitted=admitted, stored=stored
    )
