"""Keys (COD-03, F25): the wrong one refuses to start, a new one takes over row by row while people go on finding people."""

import base64
import os
import subprocess
import sys
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from accounts.models import PersonalCode
from accounts.services import resolving
from stars.kernel import keys
from stars.kernel.models import Mark
from stars.kernel.secrets import decrypt
from tests.browser.stack import ROOT
from tests.factories.accounts import PersonFactory, SignOnConflictFactory
from tests.faults.waiting import database_url

pytestmark = pytest.mark.django_db(transaction=True)
OLD = "t1:dGVzdC1vbmx5LWtleS10ZXN0LW9ubHkta2V5LTAwMDE="  # of the tests' settings
NEW = f"k2:{base64.b64encode(b'a-new-key-of-thirty-two-bytes-!!').decode()}"
CODES = [f"0101901{number:04d}" for number in range(7)]


@pytest.fixture
def people() -> list[Any]:
    """Seven people whose codes are sealed under the old key, and the mark of that key."""
    keys.refuse_wrong_keys()
    return [PersonFactory.create(code=code) for code in CODES]


def everybody_is_found(people: list[Any]) -> None:
    """Search by code and the code in clear, for every one (COD-03: before, during and after)."""
    for person, code in zip(people, CODES, strict=True):
        found = PersonalCode.objects.matching(code).get()
        assert found.person_id == person.pk
        assert found.clear == code


def under(name: str) -> int:
    return PersonalCode.objects.filter(sealed__startswith=f"{name}:").count()


def test_cod_03_people_are_found_before_during_and_after_a_change_of_the_key(people: list[Any], settings: Any) -> None:
    everybody_is_found(people)
    settings.STARS_FIELD_KEYS = f"{NEW},{OLD}"
    everybody_is_found(people)
    steps = keys.rotate(batch=3)
    assert next(steps) == 3
    assert (under("k2"), under("t1")) == (3, 4)
    everybody_is_found(people)
    steps.close()  # stopped half-way
    assert sum(keys.rotate(batch=3)) == 4  # begun again, it does the rest
    assert (under("k2"), under("t1")) == (7, 0)
    everybody_is_found(people)
    settings.STARS_FIELD_KEYS = NEW  # the old key may go
    everybody_is_found(people)
    keys.refuse_wrong_keys()
    assert set(Mark.objects.values_list("name", flat=True)) == {"field:k2", "index", "audit"}


def test_cod_03_a_second_run_does_nothing(people: list[Any], settings: Any) -> None:
    settings.STARS_FIELD_KEYS = f"{NEW},{OLD}"
    assert sum(keys.rotate()) == 7
    sealed = set(PersonalCode.objects.values_list("sealed", flat=True))
    assert sum(keys.rotate()) == 0
    assert set(PersonalCode.objects.values_list("sealed", flat=True)) == sealed


def test_cod_03_the_command_tells_what_is_left(
    people: list[Any], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STARS_FIELD_KEYS = f"{NEW},{OLD}"
    call_command("rotate_field_keys", "--dry-run")
    assert "accounts.PersonalCode.sealed: 7 left\n" in capsys.readouterr().out
    call_command("rotate_field_keys", "--batch", "2")
    said = capsys.readouterr().out
    assert said.startswith("7 sealed anew\n")
    assert "accounts.PersonalCode.sealed: 0 left\n" in said


def test_cod_03_an_old_key_that_goes_too_early_stops_the_start(people: list[Any], settings: Any) -> None:
    settings.STARS_FIELD_KEYS = f"{NEW},{OLD}"
    next(keys.rotate(batch=3))
    settings.STARS_FIELD_KEYS = NEW
    with pytest.raises(ImproperlyConfigured, match="rotate_field_keys"):
        keys.refuse_wrong_keys()


@pytest.mark.parametrize("name", ["STARS_INDEX_KEY", "STARS_AUDIT_KEY"])
def test_f25_another_key_stops_the_start(people: list[Any], settings: Any, name: str) -> None:
    setattr(settings, name, "another-key-another-key-another-key")
    with pytest.raises(ImproperlyConfigured, match=name):
        keys.refuse_wrong_keys()


def test_f25_control_without_the_marks_the_wrong_key_makes_strangers(people: list[Any], settings: Any) -> None:
    """What the refusal is for: the portal would run and find nobody."""
    Mark.objects.all().delete()
    settings.STARS_INDEX_KEY = "another-key-another-key-another-key"
    keys.refuse_wrong_keys()
    assert not PersonalCode.objects.matching(CODES[0]).exists()


def test_f25_a_database_that_is_away_or_empty_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_mark RENAME TO kernel_away")
    try:
        keys.refuse_wrong_keys()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_away RENAME TO kernel_mark")
    assert "keys_not_looked_at" in caplog.text


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "stars.wsgi:application", "--preload", "--no-control-socket", "--bind", "127.0.0.1:0"],
        ["-m", "celery", "-A", "stars.celery", "worker", "--pool", "solo"],
        ["-m", "celery", "-A", "stars.celery", "beat", "--pidfile", "", "--schedule", "{folder}/beat"],
    ],
    ids=["web", "worker", "beat"],
)
def test_f25_no_process_starts_with_another_key(people: list[Any], command: list[str], tmp_path: Any) -> None:
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "STARS_FIELD_KEYS": NEW,
        "DJANGO_SETTINGS_MODULE": "stars.settings.test",
        "TMPDIR": str(tmp_path),
    }
    words = [sys.executable, *(word.replace("{folder}", str(tmp_path)) for word in command)]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "STARS_FIELD_KEYS has no key 't1'" in done.stdout + done.stderr


def test_cod_03_codes_that_wait_for_the_agency_change_their_key_too(people: list[Any], settings: Any) -> None:
    """A sign-on the agency has to resolve opens after the old key is gone."""
    conflict = SignOnConflictFactory.create()
    settings.STARS_FIELD_KEYS = f"{NEW},{OLD}"
    assert sum(keys.rotate()) == 8
    settings.STARS_FIELD_KEYS = NEW
    conflict.refresh_from_db()
    assert decrypt(conflict.sealed, bound_to=resolving._binding(conflict)).startswith("[")


def test_cod_01_every_sealed_column_takes_part() -> None:
    """A column named so is sealed under a field key: it is registered, or lives too short to need it."""
    short_lived = {"accounts.SignInHandle.sealed": "a minute", "accounts.SignOnSession.sealed": "as long as a session"}
    registered = {f"{one.model._meta.label}.{one.field}" for one in keys.SEALED}
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if "sealed" in field.name
    }
    assert columns - set(short_lived) == registered
