"""B2: the drill. The portal's own backup, into a fresh empty server and folder, and everything is there and nobody is written to."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.cluster import Cluster
from tests.faults import clusters
from tests.standins import servers
from tests.standins.servers import Server, get_json

SEED = "7"
PEOPLE = """
import json, sys
import django
django.setup()
from django.core.files.base import ContentFile
from django.test import Client
from accounts.models import PersonalCode
from stars.files.services import store
from stars.notices import services
what, argument = sys.argv[1:]
if what == "fill":
    services.mail(address="kads@pasts.example", key="drill:1", subject="Par mācībām", text="Teksts")
    store(content=ContentFile(b"%PDF-1.4 saturs"), name="diploms.pdf", content_type="application/pdf", most_bytes=1000)
elif what == "find":
    found = PersonalCode.objects.matching(argument).select_related("person").get()
    print(json.dumps({"clear": found.clear, "name": found.person.full_name}))
elif what == "sign-in":
    email, password = json.loads(argument)
    browser = Client()
    answer = browser.post("/provider/login", {"email": email, "password": password})
    print(json.dumps([answer.status_code, browser.get("/provider").status_code]))
elif what == "deliver":
    print(json.dumps(services.deliver_due()))
"""


class Drill:
    """The portal that was, the portal that is, and the folder between them."""

    def __init__(self, folder: Path, mail: Server) -> None:
        self.folder, self.mail = folder, mail
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.seeded: dict[str, Any] = {}

    def environment(self, cluster: Cluster, media: Path) -> dict[str, str]:
        return clusters.environment(
            cluster.url(), media, STARS_SMTP_HOST="127.0.0.1", STARS_SMTP_PORT=str(self.mail.port)
        )

    def ask(self, env: dict[str, str], what: str, argument: str = "") -> Any:
        told = clusters.run([sys.executable, "-c", PEOPLE, what, argument], env)
        return json.loads(told) if told.strip() else None

    def letters(self) -> list[Any]:
        found: list[Any] = get_json(f"{self.mail.url}/api/messages")["messages"]
        return found


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("drill")
    with servers.running("mail") as mail, clusters.running(folder / "old") as old:
        made = Drill(folder, mail)
        made.before = made.environment(old, folder / "media")
        clusters.manage(made.before, "migrate", "-v0")
        made.seeded = json.loads(clusters.manage(made.before, "seed_acceptance", "--seed", SEED))
        made.ask(made.before, "deliver")  # everything the portal had to say before is said
        made.ask(made.before, "fill")
        backup = made.before | {"BACKUP_DATABASE_URL": old.url(), "BACKUP_FOLDER": str(folder / "backups")}
        kept = clusters.run(["sh", "deploy/backup.sh"], backup).strip()
        new = Cluster(folder / "new", throw_away=True)
        try:
            words = ["sh", "deploy/restore.sh", kept, str(folder / "new"), str(folder / "media-new")]
            clusters.run(words, made.before)
            new.adopt()
            new.start()
            made.after = made.environment(new, folder / "media-new")
            yield made
        finally:
            new.remove()


def test_b2_everything_is_true_in_the_restored_portal(drill: Drill) -> None:
    told = json.loads(clusters.manage(drill.after, "check_invariants", "--json"))
    assert told["clean"], told["breaches"]
    assert {"I1", "I5", "I6", "I11", "I13"} <= set(told["asked"])  # I11 compares every file with its hash


def test_b2_it_holds_what_the_portal_held(drill: Drill) -> None:
    asked = "SELECT (SELECT count(*) FROM applications_application), (SELECT count(*) FROM files_storedfile)"
    with psycopg.connect(drill.before["DATABASE_URL"]) as old, psycopg.connect(drill.after["DATABASE_URL"]) as new:
        rows = old.execute(asked).fetchone()
        assert new.execute(asked).fetchone() == rows
    assert rows is not None
    assert min(rows) > 0


def test_b2_people_are_found_by_code_and_their_codes_open_with_the_key_from_escrow(drill: Drill) -> None:
    person = next(one for one in drill.seeded["users"] if one["personal_code"])
    code = person["personal_code"].replace("-", "")
    assert drill.ask(drill.after, "find", code)["clear"] == code


def test_b2_control_without_the_key_from_escrow_nobody_is_found(drill: Drill) -> None:
    other = drill.after | {"STARS_FIELD_KEYS": "d1:YW5vdGhlci1maWVsZC1rZXktb2YtMzItYnl0ZXMtISE="}
    person = next(one for one in drill.seeded["users"] if one["personal_code"])
    with pytest.raises(AssertionError, match="ImproperlyConfigured"):
        drill.ask(other, "find", person["personal_code"].replace("-", ""))


def test_b2_people_sign_in(drill: Drill) -> None:
    employee = next(one for one in drill.seeded["users"] if one["role"] == "provider_employee" and one["password"])
    answers = drill.ask(drill.after, "sign-in", json.dumps([employee["email"], employee["password"]]))
    assert answers == [302, 200]


def test_b2_the_restored_outbox_is_silent_until_somebody_releases_it(drill: Drill) -> None:
    arrived = len(drill.letters())
    assert drill.ask(drill.after, "deliver") == 0
    assert len(drill.letters()) == arrived
    alarms = json.loads(clusters.manage(drill.after, "alarms", "--json", expect=1))["alarms"]
    assert "mail_held" in {alarm["name"] for alarm in alarms}
    looked = clusters.manage(drill.after, "release_mail", "--look")
    assert "1 letters are due" in looked
    assert "Mail is held." in looked
    assert drill.ask(drill.after, "deliver") == 0
    clusters.manage(drill.after, "release_mail")
    assert drill.ask(drill.after, "deliver") == 1
    assert [one["subject"] for one in drill.letters()[: len(drill.letters()) - arrived]] == ["Par mācībām"]


def test_b2_control_the_portal_that_was_never_held_its_mail(drill: Drill) -> None:
    """The same letter goes out where the database is still where it was."""
    assert "Mail is not held." in clusters.manage(drill.before, "release_mail", "--look")
    assert drill.ask(drill.before, "deliver") == 1


def test_b1_a_finished_backup_quiets_its_alarm(drill: Drill) -> None:
    with psycopg.connect(drill.before["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT done_at > now() - interval '1 hour' FROM kernel_jobrun WHERE job = 'backup'")
        assert found.fetchall() == [(True,)]


def test_b2_a_backup_that_was_touched_is_not_restored(drill: Drill, tmp_path: Path) -> None:
    [kept] = [path for path in (drill.folder / "backups").iterdir() if path.is_dir()]
    spoilt = tmp_path / "spoilt"
    clusters.run(["cp", "-r", str(kept), str(spoilt)], os.environ)
    with (spoilt / "media.tar.gz").open("ab") as media:
        media.write(b"x")
    target = tmp_path / "data"
    clusters.run(["sh", "deploy/restore.sh", str(spoilt), str(target), str(tmp_path / "m")], drill.before, expect=1)
    assert list(target.iterdir()) == []


def test_b2_a_folder_that_holds_something_is_left_alone(drill: Drill, tmp_path: Path) -> None:
    [kept] = [path for path in (drill.folder / "backups").iterdir() if path.is_dir()]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "precious").write_text("x")
    words = ["sh", "deploy/restore.sh", str(kept), str(tmp_path / "data"), str(tmp_path / "m")]
    clusters.run(words, drill.before, expect=1)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["precious"]


def test_b1_nobody_else_reads_a_backup(drill: Drill) -> None:
    folders = [drill.folder / "backups", *(drill.folder / "backups").rglob("*")]
    assert [path for path in folders if path.stat().st_mode & 0o077] == []
