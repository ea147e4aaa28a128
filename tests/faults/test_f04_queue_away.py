"""F4: the queue is gone and comes back empty. It is a cache and a doorbell: nobody notices but the one who waits for mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from local import processes
from stars.kernel import tasks
from stars.notices import services
from stars.notices.models import Delivery
from stars.notices.states import DeliveryState
from tests.factories.accounts import ClientFactory
from tests.faults.conftest import ROUNDS
from tests.faults.person import Applicant
from tests.faults.portal import Portal, told_of


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_f4_without_the_queue_people_sign_in_and_apply_and_later_have_their_mail(portal: Portal, attempt: int) -> None:
    made = portal.people(3, places=3)
    early, late, leaving = (
        Applicant(portal.browser(), one["name"], one["code"], made["programme"], made["source"])
        for one in made["clients"]
    )
    early.browser.sign_on(early.name, early.code)
    leaving.browser.sign_on(leaving.name, leaving.code)
    left = leaving.send(leaving.fill())
    assert left is not None
    portal.valkey.stop()
    try:
        assert early.browser.get("/profils").path == "/profils"  # signed in before, signed in now
        late.browser.sign_on(late.name, late.code)
        sent = [one.send(one.fill()) for one in (early, late)]
        assert leaving.withdraw(left.reference).path == "/profils"
        assert processes.wait_until(lambda: portal.health() == (200, "degraded", {"queue"}), 30), portal.health()
        assert {status for one in (early, late, leaving) for status in one.statuses} == {200}
        guesses = [wrong_password(portal, made["employee"]["email"]) for _ in range(7)]
        assert guesses[-1] == 429, guesses  # PWD-09: the counters are in the database, so limits are no looser
    finally:
        portal.valkey.start()  # empty: it keeps nothing on disk
    assert processes.wait_until(lambda: portal.health()[1] == "ready", 60)
    portal.drain()
    for one, acked in zip(made["clients"], [*sent, left], strict=True):
        assert acked is not None
        subjects = told_of(portal, one["email"], acked.number)
        assert len(subjects) == 1, subjects
    portal.refuse_breaches([one for applicant in (early, late, leaving) for one in applicant.accepted])


def wrong_password(portal: Portal, email: str) -> int:
    browser = portal.browser()
    form = browser.get("/provider/login").form(containing="password")
    form.set("email", email)
    form.set("password", "Ne-ista-parole-1")
    return browser.send(form).status


# --- twins: the same loss where the rules were not kept ------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("engine", "stays"), [("accounts.browsers.store", True), ("django.contrib.sessions.backends.cache", False)]
)
def test_f4_control_sessions_in_a_cache_would_be_lost_with_it(settings: Any, engine: str, stays: bool) -> None:
    assert django_settings.SESSION_ENGINE == "accounts.browsers.store"  # Django's database engine, with our columns
    settings.SESSION_ENGINE = engine
    browser = Client()
    browser.force_login(ClientFactory.create())
    cache.clear()
    assert (browser.get("/profils").status_code == 200) is stays


@pytest.mark.django_db
def test_f4_control_a_letter_whose_only_carrier_is_the_bell_would_be_lost(
    monkeypatch: pytest.MonkeyPatch, sent_tasks: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """The bell does not ring; the row is still there for the sweep. Without the row there would be nothing."""
    monkeypatch.setattr(tasks, "_silent_until", float("inf"))
    with django_capture_on_commit_callbacks(execute=True):
        services.mail(address="a@pasts.example", key="test:1", subject="Vēstule", text="Teksts")
    assert sent_tasks == []
    due = Delivery.objects.filter(state=DeliveryState.DUE, due_at__lte=timezone.now() + timedelta(seconds=1))
    assert due.count() == 1
    swept = {entry["task"]: entry["schedule"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert swept["notices.deliver_due"] == 5.0
