"""LOG-01: nothing a person types begins a line of the log. LOG-02: nothing about a person stands in one. LOG-04: it is kept."""

import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, connection
from django.test import Client

from accounts.views import invitations
from stars.kernel.logs import DailyFile, LineFormatter, clean, name_of
from stars.kernel.tasks import forget_security_log
from stars.pages.views import public
from stars.settings import env
from tests.architecture import house
from tests.factories.accounts import ProviderFactory

FORGED = "2026-01-01T00:00:00.000+00:00 INFO accounts sign_in_ok user=1"
ADDRESS, CODE, SURNAME = "ilze.sunkalne@pasts.example", "010190-12345", "Sūnkalne"


def line_of(words: str, *args: Any) -> str:
    """The line for the error being handled."""
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, words, args, sys.exc_info())
    return LineFormatter().format(record)


def test_log_01_an_error_s_words_forge_no_line() -> None:
    try:
        raise ValueError(f"typed\n{FORGED}\r\x1b[2J")
    except ValueError:
        lines = line_of("failed\n%s", FORGED).splitlines()
    assert FORGED in lines[0]
    assert all(line.startswith("  ") for line in lines[1:])
    assert "\x1b" not in "".join(lines)


@pytest.mark.django_db
def test_log_02_a_broken_rule_names_the_rule_and_not_the_row() -> None:
    ProviderFactory.create(email=ADDRESS)
    try:
        ProviderFactory.create(email=ADDRESS)
    except IntegrityError as error:
        assert ADDRESS in str(error)  # PostgreSQL's DETAIL tells the value
        line = line_of("failed")
    assert ADDRESS not in line
    assert "DETAIL" not in line
    assert "23505" in line
    assert "accounts_user" in line
    assert "test_logs.py" in line  # where it happened stays


@pytest.mark.django_db
def test_log_02_a_value_in_the_first_words_of_the_database_stays_out_too() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [SURNAME])
    except DataError:
        line = line_of("failed")
    assert SURNAME not in line
    assert "22P02" in line


def test_log_02_the_whole_chain_is_told_without_people() -> None:
    try:
        try:
            raise KeyError(CODE)
        except KeyError as error:
            raise RuntimeError(f"cannot write to {ADDRESS}") from error
    except RuntimeError:
        line = line_of("failed for %s", "+371 26123456")
    assert "KeyError" in line
    assert line.index("KeyError") < line.index("RuntimeError")
    for said in (CODE, ADDRESS, "26123456"):
        assert said not in line


def test_log_02_celery_s_own_sentence_does_not_repeat_the_error() -> None:
    try:
        raise IntegrityError(f"duplicate key\nDETAIL:  Key (email)=({ADDRESS}) already exists.")
    except IntegrityError as error:
        line = line_of("Task %(name)s raised unexpected: %(exc)s", {"name": "notices.deliver_due", "exc": repr(error)})
    assert ADDRESS not in line
    assert "notices.deliver_due raised unexpected: IntegrityError" in line


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("code 01019012345", "code <code>"),
        ("LV80BANK0000435195001 refused", "<account> refused"),
        ("Key\nDETAIL:  Failing row contains (Ilze).", "Key"),
        ("delivery=12345678 attempt=3", "delivery=12345678 attempt=3"),
        ("request 7f3a21c8e90b45cdb4f6a1d2c3e4f501", "request 7f3a21c8e90b45cdb4f6a1d2c3e4f501"),
    ],
)
def test_log_02_what_is_taken_out_of_a_line(said: str, told: str) -> None:
    assert clean(said) == told


@pytest.mark.django_db
def test_log_02_an_unhandled_error_of_a_page_logs_no_row(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_it(*_: Any, **__: Any) -> None:
        ProviderFactory.create(email=ADDRESS)
        ProviderFactory.create(email=ADDRESS)

    monkeypatch.setattr(public, "render", break_it)
    with caplog.at_level(logging.ERROR):
        answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    lines = [LineFormatter().format(record) for record in caplog.records]
    assert any("23505" in line for line in lines)
    assert not any(ADDRESS in line for line in lines)


@pytest.mark.django_db
def test_log_02_the_line_of_a_broken_page_names_its_route_and_never_the_token_in_the_path(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Through Django's own handler, as the portal serves it, and so for a form without its CSRF token."""

    def break_it(*_: Any, **__: Any) -> None:
        raise ConnectionError

    token = "saite-7f3a21c8e90b45cdb4f6"
    monkeypatch.setattr(invitations, "render", break_it)
    with caplog.at_level(logging.WARNING):
        broken = Client(raise_request_exception=False).get(f"/uzaicinajums/{token}")
        refused = Client(enforce_csrf_checks=True).post(f"/uzaicinajums/{token}")
    assert (broken.status_code, refused.status_code) == (500, 403)
    lines = [LineFormatter().format(record) for record in caplog.records if hasattr(record, "request")]
    assert any(token in record.getMessage() for record in caplog.records)  # what Django would write
    assert len(lines) == 2
    assert all("/uzaicinajums/<" in line for line in lines)
    assert not any(token in line for line in lines)


# --- LOG-04 -----------------------------------------------------------------------------


def kept_line(handler: DailyFile, words: str, moment: datetime) -> None:
    record = logging.LogRecord("stars.security", logging.INFO, __file__, 1, words, (), None)
    record.created = moment.timestamp()
    handler.handle(record)


def test_log_04_each_line_stands_in_the_file_of_its_day_whoever_writes_it(tmp_path: Path) -> None:
    web, worker = DailyFile(str(tmp_path / "made" / "anew")), DailyFile(str(tmp_path / "made" / "anew"))
    for handler in (web, worker):
        handler.setFormatter(LineFormatter())
    midnight = datetime(2026, 6, 1, tzinfo=UTC)
    kept_line(web, "sign_in_ok user=1", midnight - timedelta(seconds=1))
    kept_line(worker, "access_denied user=2", midnight - timedelta(seconds=1))
    kept_line(web, f"sign_in_ok user=3 {CODE}", midnight)
    files = {path.name: path.read_text().splitlines() for path in (tmp_path / "made" / "anew").iterdir()}
    assert [len(lines) for _name, lines in sorted(files.items())] == [2, 1]
    assert sorted(files) == ["security-2026-05-31.log", "security-2026-06-01.log"]
    assert CODE not in files["security-2026-06-01.log"][0]


@pytest.mark.django_db
def test_log_04_days_past_their_time_go_and_nothing_else(tmp_path: Path, settings: Any) -> None:
    settings.STARS_SECURITY_LOG_FOLDER, settings.STARS_SECURITY_LOG_DAYS = str(tmp_path), 549
    today = datetime.now(UTC).date()
    for days in (0, 549, 550, 900):
        (tmp_path / name_of(today - timedelta(days=days))).write_text("x")
    (tmp_path / "of-the-host.log").write_text("x")
    assert forget_security_log() == 2
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"of-the-host.log", name_of(today), name_of(today - timedelta(days=549))}


def test_log_04_fewer_than_eighteen_months_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARS_SECURITY_LOG_DAYS", "548")
    with pytest.raises(ImproperlyConfigured):
        env.at_least("STARS_SECURITY_LOG_DAYS", 550, least=549)
    monkeypatch.setenv("STARS_SECURITY_LOG_DAYS", "549")
    assert env.at_least("STARS_SECURITY_LOG_DAYS", 550, least=549) == 549


def test_log_04_events_of_doors_files_and_keys_go_to_the_kept_log(tmp_path: Path) -> None:
    """What the settings wire, asked of the settings themselves in a process of their own."""
    words = (
        "import django, logging; django.setup()\n"
        "from stars.kernel.security import Event, happened\n"
        "happened(Event.DENIED, user=7)\n"
        "logging.getLogger('accounts.views.sign_on').warning('sign_in_refused reason=x')\n"
        "logging.getLogger('stars.files.services').warning('file_refused')\n"
        "logging.getLogger('catalog').warning('of no interest')\n"
    )
    given = dict(os.environ) | {
        "STARS_SECURITY_LOG_FOLDER": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "stars.settings.test",
    }
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", words], env=given, cwd=house.ROOT, check=True, capture_output=True
    )
    [path] = tmp_path.iterdir()
    assert [line.split()[-2:][0] for line in path.read_text().splitlines()][:2] == ["access_denied", "sign_in_refused"]
    assert "file_refused" in path.read_text()
    assert "of no interest" not in path.read_text()
