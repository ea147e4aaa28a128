"""Tasks only carry: each calls its service as a named job, and a second run does nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import tasks
from applications.models import Draft
from funding.tasks import expire_grants
from stars.notices.models import Notice
from tests.factories.accounts import ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory

pytestmark = pytest.mark.django_db


def test_the_institution_is_told_once() -> None:
    application = ApplicationFactory.create()
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    assert tasks.tell(application.pk)
    assert not tasks.tell(application.pk)
    assert tasks.tell_due() == 0
    assert Notice.objects.get(recipient=employee).key == f"application:{application.pk}:submitted"


def test_what_was_withdrawn_meanwhile_is_not_announced() -> None:
    application = ApplicationFactory.create(withdrawn=True)
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    assert tasks.tell_due() == 1
    assert Notice.objects.get(recipient=employee).key == f"application:{application.pk}:withdrawn"


def test_old_drafts_go() -> None:
    DraftFactory.create(saved_at=timezone.now() - timedelta(days=31))
    assert tasks.sweep_drafts() == 1
    assert tasks.sweep_drafts() == 0
    assert not Draft.objects.exists()


def test_grants_expire() -> None:
    assert expire_grants() == 0
