"""Work by the clock: done once however many ring, seen when it is silent (O4, O7, T3)."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import current_app
from celery.schedules import crontab
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from local import processes
from stars.kernel import alarms, beat, jobs, tasks
from stars.kernel.beat import OneBeat
from stars.kernel.models import JobRun
from stars.pages import invariants
from stars.pages.invariants import Breach
from stars.pages.tasks import InvariantsBrokenError, check_invariants
from tests.faults.waiting import psql
from tests.races.test_submit_last_place import together

pytestmark = pytest.mark.django_db(transaction=True)
SCHEDULE: dict[str, dict[str, Any]] = django_settings.CELERY_BEAT_SCHEDULE


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_noted", {})


def say_done() -> str:
    return "done"


def day_s_work(done: list[int], job: str = "test.nightly") -> Any:
    @jobs.once_a_day(job)
    def work() -> str:
        done.append(1)
        return "done"

    return work


# --- once a day ------------------------------------------------------------------------------------------


def test_o4_two_workers_at_once_do_a_day_s_work_once() -> None:
    done: list[int] = []
    work = day_s_work(done)
    assert sorted(map(str, together(work, work, work))) == ["None", "None", "done"]
    assert len(done) == 1
    run = JobRun.objects.get(job="test.nightly")
    assert (run.runs, run.failures) == (1, 0)
    assert run.done_at is not None


def test_o4_control_without_the_row_everybody_works() -> None:
    done: list[int] = []
    work = vars(day_s_work(done))["__wrapped__"]
    together(work, work, work)
    assert len(done) == 3


@pytest.mark.parametrize("night", [date(2025, 10, 26), date(2025, 3, 30)], ids=["an hour twice", "an hour missing"])
def test_t3_f13_on_a_night_when_the_clocks_change_it_is_done_once(night: date) -> None:
    """Rung every quarter of an hour from one local midnight to the next, as no beat would, it works once."""
    done: list[int] = []
    work = day_s_work(done)
    begin = datetime.combine(night, datetime.min.time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)
    moments = list(itertools.takewhile(lambda at: timezone.localdate(at) == night, quarters(begin)))
    assert len(moments) in {23 * 4, 25 * 4}
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            work()
    assert len(done) == 1
    with time_machine.travel(moments[-1] + timedelta(minutes=15), tick=False):
        work()
    assert len(done) == 2


def quarters(begin: datetime) -> Iterator[datetime]:
    return (begin + timedelta(minutes=15 * step) for step in itertools.count())


def test_o7_a_day_s_work_that_failed_is_begun_again_an_hour_later(caplog: pytest.LogCaptureFixture) -> None:
    tried: list[int] = []

    @jobs.once_a_day("test.failing")
    def work() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("ilze@pasts.example")

    noon = datetime(2026, 11, 30, 10, tzinfo=UTC)  # an hour before midnight the next try would be of the next day
    with time_machine.travel(noon):
        with pytest.raises(ValueError, match="ilze"):
            work()
        run = JobRun.objects.get(job="test.failing")
        assert (run.failures, run.last_error, run.done_at) == (1, "ValueError: <e-mail>", None)
        assert "job_failed job=test.failing error=ValueError" in caplog.text
        work()
        assert len(tried) == 1  # not at once
    with time_machine.travel(noon + timedelta(minutes=61)):
        work()
    assert len(tried) == 2
    run.refresh_from_db()
    assert (run.runs, run.last_error) == (2, "")
    assert run.done_at is not None


# --- what runs often ----------------------------------------------------------------------------------------


def test_o7_a_frequent_job_notes_its_success_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(1000.0, 5.0)  # rung every five seconds
    monkeypatch.setattr(jobs.time, "monotonic", lambda: next(clock))
    work = jobs.logged("test.frequent")(say_done)
    assert {work() for _ in range(13)} == {"done"}
    assert JobRun.objects.get(job="test.frequent").runs == 3


def test_o7_a_failure_is_noted_at_once_and_forgotten_with_the_next_success() -> None:
    outcomes = iter([None, RuntimeError("x"), None])

    @jobs.logged("test.often")
    def work() -> None:
        if error := next(outcomes):
            raise error

    work()
    with pytest.raises(RuntimeError):
        work()
    assert JobRun.objects.get(job="test.often").last_error == "RuntimeError: x"
    work()
    assert JobRun.objects.get(job="test.often").last_error == ""


def test_o7_a_run_log_that_cannot_be_written_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    work = jobs.logged("test.unlogged")(say_done)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_jobrun RENAME TO kernel_away")
    try:
        assert work() == "done"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_away RENAME TO kernel_jobrun")
    assert "run_not_noted job=test.unlogged" in caplog.text


def test_every_job_of_beat_keeps_a_run_log() -> None:
    current_app.loader.import_default_modules()
    unlogged = [
        entry["task"]
        for entry in SCHEDULE.values()
        if getattr(current_app.tasks[entry["task"]].run, "logged_as", "") != entry["task"]
    ]
    assert unlogged == [], "put @logged(name) or @once_a_day(name) of stars.kernel.jobs under @shared_task"


def test_t3_a_day_s_jobs_are_rung_outside_the_hour_that_may_come_twice() -> None:
    """Beat counts in UTC; the clocks change at 01:00 UTC."""
    assert django_settings.CELERY_TIMEZONE == "UTC"
    daily = [entry["schedule"] for entry in SCHEDULE.values() if isinstance(entry["schedule"], crontab)]
    assert daily
    assert all(1 not in vars(schedule)["hour"] for schedule in daily)


def test_old_rows_of_the_run_log_go() -> None:
    now = timezone.now()
    for days in (1, 401):
        JobRun.objects.create(job="x", day=timezone.localdate() - timedelta(days=days), started_at=now)
    assert tasks.forget_runs() == 1
    assert tasks.forget_runs() is None  # once a day


# --- what rings ---------------------------------------------------------------------------------------------


def job_alarms() -> dict[str, str]:
    return {alarm.name: alarm.what for alarm in alarms.ringing() if alarm.name.startswith("job_")}


def test_o7_a_job_silent_for_too_long_rings() -> None:
    assert job_alarms() == {}  # what never ran is not late: the portal has just been set up
    now = timezone.now()
    run = JobRun.objects.create(
        job="notices.deliver_due", day=timezone.localdate(), started_at=now, done_at=now - timedelta(seconds=100)
    )
    assert job_alarms() == {}
    JobRun.objects.filter(pk=run.pk).update(done_at=now - timedelta(minutes=4))
    assert job_alarms()["job_late"].startswith("notices.deliver_due has not succeeded since ")


def test_o7_a_failed_job_rings_in_the_log_as_well(caplog: pytest.LogCaptureFixture) -> None:
    now = timezone.now()
    JobRun.objects.create(
        job="pages.check_invariants", day=timezone.localdate(), started_at=now, failures=2, last_error="Broken: I1"
    )
    cache.clear()
    tasks.ring_alarms()
    assert "alarm name=job_failed count=2 what=pages.check_invariants: Broken: I1" in caplog.text


def test_i5_the_nightly_check_rings_for_what_is_broken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(invariants, "check", lambda: [Breach("I5", "entries whose seal is broken", ("7",), 1)])
    with pytest.raises(InvariantsBrokenError, match="I5"):
        check_invariants()
    assert "invariant_broken rule=I5 count=1" in caplog.text
    assert job_alarms()["job_failed"] == "pages.check_invariants: InvariantsBrokenError: I5"


def test_i5_the_nightly_check_finds_nothing_where_all_is_true() -> None:
    check_invariants()
    assert JobRun.objects.get(job="pages.check_invariants").done_at is not None


# --- one beat of two ------------------------------------------------------------------------------------------


@pytest.fixture
def beats(tmp_path: Path) -> Iterator[tuple[OneBeat, OneBeat]]:
    made = [OneBeat(current_app, schedule_filename=str(tmp_path / name), lazy=True) for name in ("a", "b")]
    yield made[0], made[1]
    for one in made:
        one._drop()


def test_o4_one_of_two_beats_rings(beats: tuple[OneBeat, OneBeat]) -> None:
    first, second = beats
    assert first.leads()
    assert not second.leads()
    assert second.tick() == beat.WAIT  # it rings for nothing and looks again
    assert first.leads()
    assert JobRun.objects.get(job="beat").runs == 1
    first._drop()
    assert second.leads()
    assert not first.leads()


def test_o4_control_without_the_lock_both_ring(beats: tuple[OneBeat, OneBeat], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "LEAD", "SELECT %s > 0")
    assert [one.leads() for one in beats] == [True, True]


def test_f3_a_beat_that_froze_leads_no_more_when_it_wakes(
    beats: tuple[OneBeat, OneBeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the session of a leader that says nothing; the other takes over and nothing is rung twice."""
    first, second = beats
    monkeypatch.setattr(beat, "FROZEN_AFTER", "100ms")
    assert first.leads()
    assert processes.wait_until(second.leads, 20)  # the first one says nothing meanwhile
    monkeypatch.setattr(beat, "FROZEN_AFTER", "60s")
    assert not first.leads()


def test_f6_a_beat_whose_database_went_away_leads_again_when_it_is_back(
    beats: tuple[OneBeat, OneBeat], caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = beats
    assert first.leads()
    assert first._link is not None
    with psql() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first._link.info.backend_pid])
    assert not first.leads()
    assert "beat_lost_its_lock" in caplog.text
    assert processes.wait_until(first.leads, 20)


def test_the_leader_says_that_it_lives(beats: tuple[OneBeat, OneBeat], monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = beats
    clock = itertools.count(1000.0, 10.0)
    monkeypatch.setattr(beat.time, "monotonic", lambda: next(clock))
    assert [first.leads() for _ in range(7)] == [True] * 7
    assert JobRun.objects.get(job="beat").runs == 3  # not every time
    assert beat.ALIVE_EVERY < 180  # of which /readyz takes silence for an end
