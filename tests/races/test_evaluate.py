"""Members who give scores at once, and a programme published twice, on committed transactions; each with its control."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from calls import services
from calls.errors import EnoughScores
from calls.models import OfferedProgramme, ScoreSheet
from calls.services import publishing, scoring
from catalog.models import Programme
from stars.notices.models import Notice
from tests.factories.calls import JOB
from tests.factories.evaluating import actor, evaluator, offered, opened, scored, typed
from tests.races.test_submit_last_place import together

pytestmark = pytest.mark.django_db(transaction=True)


def ready_to_give(*points: tuple[int, int]) -> tuple[OfferedProgramme, list[Callable[[], Any]]]:
    """As many members as there are pairs of points have a complete draft."""
    offer = opened(members=len(points), tolerance=5)
    programme, jobs = offered(offer), list[Callable[[], Any]]()
    for seat, pair in zip(offer.call.seats.order_by("pk"), points, strict=True):
        by = actor(seat)
        services.save_scores(programme_id=programme.pk, typed=typed(offer.call, *pair), by=by)
        jobs.append(partial(services.give_scores, programme_id=programme.pk, by=by))
    return programme, jobs


def given(programme: OfferedProgramme) -> int:
    return ScoreSheet.objects.filter(programme=programme, given_at__isnull=False).count()


def test_two_members_give_at_once_and_the_alarm_rings_once() -> None:
    officer = evaluator()
    programme, jobs = ready_to_give((18, 9), (10, 5))
    outcomes = together(*jobs)
    assert [type(outcome) for outcome in outcomes] == [ScoreSheet, ScoreSheet]
    assert given(programme) == 2
    assert Notice.objects.filter(recipient_id=officer.user_id, key__endswith=":far-apart").count() == 1


def test_of_three_members_at_once_two_are_taken_and_the_third_is_told() -> None:
    programme, jobs = ready_to_give((18, 9), (17, 9), (16, 9))
    outcomes = together(*jobs)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EnoughScores", "ScoreSheet", "ScoreSheet"]
    assert given(programme) == 2


def test_control_without_the_programmes_lock_three_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    programme, jobs = ready_to_give((18, 9), (17, 9), (16, 9))
    counted, real = threading.Barrier(3, timeout=20), scoring._give

    def give_after_all_have_counted(*args: Any) -> None:
        counted.wait()
        real(*args)

    def unlocked(programme_id: int) -> OfferedProgramme:
        return OfferedProgramme.objects.select_related("version__offer", "call").get(pk=programme_id)

    monkeypatch.setattr(scoring, "_locked_programme", unlocked)
    monkeypatch.setattr(scoring, "_give", give_after_all_have_counted)
    outcomes = together(*jobs)
    assert EnoughScores not in {type(outcome) for outcome in outcomes}
    assert given(programme) == 3


def ready_to_publish() -> tuple[OfferedProgramme, Callable[[], Any]]:
    programme = scored(opened())
    services.approve_programme(programme_id=programme.pk, by=JOB)
    services.record_contract(offer_id=programme.version.offer_id, number="2024/1", signed_on=date(2024, 11, 8), by=JOB)
    return programme, lambda: services.publish_offered(programme_id=programme.pk, by=JOB)


def test_published_twice_at_once_is_published_once() -> None:
    programme, publish = ready_to_publish()
    outcomes = together(publish, publish)
    programme.refresh_from_db()
    assert outcomes == [programme.programme, programme.programme]
    assert Programme.objects.count() == 1


def test_control_without_the_locks_the_second_one_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    _programme, publish = ready_to_publish()
    looked = threading.Barrier(2, timeout=20)

    def unlocked(programme_id: int) -> OfferedProgramme:
        rows = OfferedProgramme.objects.select_related("version__offer", "call__source", "kind", "programme")
        found = rows.get(pk=programme_id)
        looked.wait()
        return found

    monkeypatch.setattr(publishing, "_held", unlocked)
    outcomes = together(publish, publish)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [IntegrityError.__name__, "Programme"]
