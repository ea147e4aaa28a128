"""Tasks only carry: each calls its service as a named job, and a second run does nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import services, tasks
from applications.models import Draft
from applications.services import telling
from funding.tasks import expire_grants
from stars.kernel.actor import Actor
from stars.notices.models import Notice
from tests.factories.accounts import ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.funding import SYSTEM

pytestmark = pytest.mark.django_db


def test_the_institution_is_told_once() -> None:
    application = ApplicationFactory.create()
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    assert tasks.tell_due() == 1
    assert tasks.tell_due() == 0
    assert Notice.objects.get(recipient=employee).key == f"application:{application.pk}:submitted"


def test_what_was_withdrawn_meanwhile_is_not_announced() -> None:
    application = ApplicationFactory.create(withdrawn=True)
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    assert tasks.tell_due() == 1
    assert Notice.objects.get(recipient=employee).key == f"application:{application.pk}:withdrawn"


def test_one_that_cannot_be_told_stops_nobody_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ApplicationFactory.create(), ApplicationFactory.create()
    tell = telling.tell

    def told(*, application_id: int, by: Actor) -> bool:
        if application_id == first.pk:
            raise RuntimeError("broken")
        return tell(application_id=application_id, by=by)

    monkeypatch.setattr(telling, "tell", told)
    with pytest.raises(RuntimeError, match="broken"):  # so that the alarm of a failed job rings
        services.tell_due(by=SYSTEM)
    second.refresh_from_db()
    assert second.told_at is not None


def test_old_drafts_go() -> None:
    DraftFactory.create(saved_at=timezone.now() - timedelta(days=31))
    assert tasks.sweep_drafts() == 1
    assert tasks.sweep_drafts() == 0
    assert not Draft.objects.exists()


def test_grants_expire() -> None:
    assert expire_grants() == 0
