"""/readyz (reliability.md 9): what stops the portal is 503, what only makes it poorer is 200; each fault is a real one."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.utils import timezone

from local.valkey import Valkey
from stars.kernel import health, keys
from stars.kernel.models import AccessEntry, AuditEntry, JobRun, Mark
from stars.notices.states import DeliveryState
from tests.factories.notices import DeliveryFactory
from tests.factories.registries import FactDisputeFactory, RegistryLineFactory, RegistryQuestionFactory
from tests.faults.waiting import psql
from tests.standins import servers

pytestmark = pytest.mark.django_db(transaction=True)
REQUIRED = {"database", "migrations", "keys", "audit", "disk"}
DEGRADING = {"clock", "beat", "outbox", "queue", "mail", "scanner", "sign_on", "registries"}


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The queue, the mail server and the scanner, all real and all well; the sign-on is asked by a task of its own."""
    valkey = Valkey(tmp_path_factory.mktemp("health") / "valkey")
    with contextlib.ExitStack() as stack:
        stack.callback(valkey.remove)
        valkey.start()
        mail, scanner = (stack.enter_context(servers.running(name)) for name in ("mail", "scanner"))
        yield SimpleNamespace(valkey=valkey, mail=mail, scanner=scanner)


@pytest.fixture(autouse=True)
def well(neighbours: SimpleNamespace, settings: Any) -> None:
    """Everything is as it should be; each test breaks one thing."""
    settings.REDIS_URL = neighbours.valkey.url
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", neighbours.mail.port
    settings.STARS_CLAMD_HOST, settings.STARS_CLAMD_PORT = "127.0.0.1", neighbours.scanner.port
    now = timezone.now()
    JobRun.objects.create(job="beat", day=timezone.localdate(now), started_at=now, done_at=now)


def ask() -> tuple[int, str, dict[str, bool]]:
    cache.clear()
    answer = Client().get("/readyz")
    told = json.loads(answer.content)
    assert set(told) == {"status", "checks"}
    return answer.status_code, told["status"], told["checks"]


def refused(*names: str) -> None:
    """The portal says it cannot serve, and names what is missing."""
    status, word, checks = ask()
    assert (status, word) == (503, "unavailable")
    assert {name for name, is_well in checks.items() if not is_well and name in REQUIRED} == set(names)


def degraded(*names: str) -> None:
    status, word, checks = ask()
    assert (status, word) == (200, "degraded")
    assert {name for name, is_well in checks.items() if not is_well} == set(names)


def test_all_is_well() -> None:
    status, word, checks = ask()
    assert (status, word) == (200, "ready"), checks
    assert set(checks) == REQUIRED | DEGRADING


def test_the_answer_holds_no_secret_no_version_and_no_address() -> None:
    text = Client().get("/readyz").content.decode()
    told = json.loads(text)
    assert all(isinstance(value, bool) for value in told["checks"].values())
    assert set(json.dumps(told)) & set("0123456789./@") == set()


def test_looking_leaves_no_trace() -> None:
    """WEB-02: the probe of the trail writes for real and takes it back."""
    assert ask()[0] == 200
    assert not AuditEntry.objects.exists()
    assert not AccessEntry.objects.exists()


# --- what stops it ------------------------------------------------------------------------------------


def test_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "get_connection_params", lambda _: {"host": "/nowhere", "dbname": "x"})
    refused("database", "migrations", "keys", "audit")


def test_while_a_migration_is_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kernel' AND name = '0002_audit'")
    try:
        refused("migrations")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '0002_audit', now())")


@pytest.mark.parametrize("name", ["STARS_INDEX_KEY", "STARS_AUDIT_KEY"])
def test_f25_with_a_key_of_another_database(settings: Any, name: str) -> None:
    keys.refuse_wrong_keys()
    setattr(settings, name, "another-key-another-key-another-key")
    refused("keys")


def test_f25_with_another_field_key(settings: Any) -> None:
    keys.refuse_wrong_keys()
    assert Mark.objects.count() == 3
    settings.STARS_FIELD_KEYS = "t1:b3RoZXItdGVzdC1rZXktb3RoZXItdGVzdC1rZXktMDE="
    refused("keys")


@pytest.mark.parametrize("table", ["kernel_auditentry", "kernel_accessentry"])
def test_f23_while_the_trail_cannot_be_written(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT nothing_more CHECK (at < '2000-01-01') NOT VALID")
    try:
        refused("audit")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT nothing_more")


def test_f7_while_the_trail_is_locked_the_answer_still_comes() -> None:
    with psql() as other:
        other.execute("LOCK TABLE kernel_auditentry IN ACCESS EXCLUSIVE MODE")
        refused("audit")


def test_f11_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(total=1000, free=49))
    refused("disk")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(total=1000, free=50))
    assert ask()[0] == 200


# --- what only makes it poorer -----------------------------------------------------------------------------


def test_f4_without_the_queue(neighbours: SimpleNamespace) -> None:
    neighbours.valkey.stop()
    try:
        degraded("queue")
    finally:
        neighbours.valkey.start()


@pytest.mark.parametrize("name", ["mail", "scanner"])
def test_without_a_neighbour(settings: Any, name: str) -> None:
    nobody = servers.free_port()
    settings.EMAIL_PORT = nobody if name == "mail" else settings.EMAIL_PORT
    settings.STARS_CLAMD_PORT = nobody if name == "scanner" else settings.STARS_CLAMD_PORT
    degraded(name)


def test_a_neighbour_that_takes_the_call_and_says_nothing_holds_nobody_up(settings: Any) -> None:
    """Each probe has its own end, and all of them run at once (reliability.md 9)."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.EMAIL_PORT = settings.STARS_CLAMD_PORT = port
        degraded("mail", "scanner")


def test_a_probe_that_never_ends_counts_as_no(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()
    monkeypatch.setitem(health.NEIGHBOURS, "slow", gone.wait)
    monkeypatch.setattr(health, "TOGETHER", 0.3)
    try:
        status, _, checks = ask()
        assert checks["slow"] is False
        assert status in {200, 503}  # what has not answered by then is no either
    finally:
        gone.set()


@pytest.mark.parametrize(
    ("changes", "is_well"),
    [
        ({"due_at": timedelta(minutes=-6)}, False),
        ({"due_at": timedelta(minutes=-4)}, True),
        ({"due_at": timedelta(minutes=10), "created_at": timedelta(minutes=-20), "attempts": 3}, False),
        ({"due_at": timedelta(days=300), "created_at": timedelta(days=-2), "attempts": 0}, True),  # held by hand
        ({"due_at": timedelta(hours=-2), "state": DeliveryState.DEAD}, True),
    ],
    ids=["old", "young", "tried again and again", "held back", "given up"],
)
def test_an_old_outbox(changes: dict[str, Any], is_well: bool) -> None:
    now = timezone.now()
    moved = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    DeliveryFactory.create(**moved)
    assert ask()[2]["outbox"] is is_well


@pytest.mark.parametrize(("failures", "is_well"), [(4, True), (5, False)])
def test_d1_a_register_that_does_not_answer(failures: int, is_well: bool) -> None:
    RegistryLineFactory.create(registry="vid", failures=failures, failed_at=timezone.now())
    assert ask()[2]["registries"] == is_well
    assert ask()[0] == 200


def test_a_silent_beat() -> None:
    JobRun.objects.update(done_at=timezone.now() - timedelta(minutes=3, seconds=1))
    degraded("beat")
    JobRun.objects.all().delete()
    degraded("beat")


def test_t5_clocks_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MOST_DRIFT", -1.0)
    degraded("clock")


# --- how often it looks -----------------------------------------------------------------------------------


def test_an_answer_is_kept_and_one_request_looks_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    original = health.look

    def look() -> health.State:
        looked.append(1)
        return original()

    monkeypatch.setattr(health, "look", look)
    cache.clear()
    asked = [threading.Thread(target=health.state) for _ in range(5)]
    for one in asked:
        one.start()
    for one in asked:
        one.join()
    assert len(looked) == 1
    assert health.KEPT == 5
    assert health.EACH <= 1


def test_ac_04_healthz_answers_whoever_asks_plainly_and_by_number(settings: Any) -> None:
    """As the proxy (no host at all) and the container's own check ask in production: a redirect would be "not healthy"."""
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["stars.example"]
    for asker in ("0.0.0.0", "127.0.0.1"):
        reply = Client().get("/healthz", SERVER_NAME=asker, SERVER_PORT="8000")
        assert (reply.status_code, reply.content) == (200, b"ok")
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert reply["Content-Security-Policy"]
    assert Client().get("/readyz", SERVER_NAME="stars.example").status_code == 301


def test_healthz_asks_nobody(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(health, "look", lambda: pytest.fail("looked"))
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok"


# --- the same facts as alarms --------------------------------------------------------------------------------


def alarms(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, int]]:
    cache.clear()
    with pytest.raises(SystemExit) as end:
        call_command("alarms", "--json")
    told = json.loads(capsys.readouterr().out)
    return int(str(end.value.code)), {alarm["name"]: alarm["count"] for alarm in told["alarms"]}


def test_nothing_rings_where_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert alarms(capsys) == (0, {})


def test_o5_letters_given_up_ring_until_somebody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        DeliveryFactory.create(state=DeliveryState.DEAD)
    assert alarms(capsys) == (1, {"letters_given_up": 2})


def test_d2_questions_a_register_leaves_unanswered_ring(capsys: pytest.CaptureFixture[str]) -> None:
    RegistryQuestionFactory.create(attempts=9)
    RegistryQuestionFactory.create(attempts=10)
    FactDisputeFactory.create(due_on=timezone.localdate() - timedelta(days=2))
    FactDisputeFactory.create(due_on=timezone.localdate() + timedelta(days=2))
    assert alarms(capsys) == (1, {"disputes_late": 1, "questions_unanswered": 1})


def test_what_is_not_well_rings(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.EMAIL_PORT = servers.free_port()
    assert alarms(capsys) == (1, {"not_well_mail": 1})


def test_b1_an_old_backup_rings_where_one_is_expected(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.STARS_BACKUP_EXPECTED = True
    assert alarms(capsys)[1] == {"backup_old": 1}
    then = timezone.now() - timedelta(hours=25)
    run = JobRun.objects.create(job="backup", day=timezone.localdate(then), started_at=then, done_at=then)
    assert alarms(capsys)[1] == {}
    JobRun.objects.filter(pk=run.pk).update(done_at=timezone.now() - timedelta(hours=27))
    assert alarms(capsys)[1] == {"backup_old": 1}
