"""AUD-01: the role the portal runs under cannot change the trail or the ledger, and the portal needs nothing more than it has."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.faults import clusters

SEALED = ("kernel_auditentry", "kernel_accessentry", "funding_ledgerentry", "funding_ledgertransaction")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server set up as the composition's first start does it: roles, then migrations as the owner."""
    folder = tmp_path_factory.mktemp("roles")
    with clusters.running(folder / "postgres") as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE ROLE stars_owner LOGIN SUPERUSER")
            connection.execute("CREATE DATABASE portal OWNER stars_owner")
        owner = cluster.url("portal").replace("//stars@", "//stars_owner@")
        socket = urlsplit(owner).query.removeprefix("host=")
        given = {"POSTGRES_USER": "stars_owner", "POSTGRES_DB": "portal", "STARS_RUN_PASSWORD": "no'quote\"breaks it"}
        clusters.run(["sh", "deploy/roles.sh"], clusters.environment(owner, folder / "media", PGHOST=socket, **given))
        env = clusters.environment(owner, folder / "media")
        clusters.manage(env, "migrate", "-v0")
        clusters.manage(env, "load_content")
        runs = owner.replace("//stars_owner@", "//stars_run@")
        yield {"owner": owner, "run": runs, "media": str(folder / "media")}


@pytest.fixture(scope="module")
def journey(server: dict[str, str]) -> dict[str, Any]:
    """What a portal under the running role did and saw: an application sent, withdrawn, another admitted, /readyz, a job."""
    env = clusters.environment(server["run"], Path(server["media"]))
    told = clusters.run([sys.executable, "-m", "tests.faults.as_run"], env)
    found: dict[str, Any] = json.loads(told)
    return found


def test_the_portal_works_under_the_running_role(journey: dict[str, Any]) -> None:
    assert journey["statuses"] == {"receipt": 302, "withdraw": 302, "again": 302, "admit": 302, "look": 200}
    assert {name: journey["checks"][name] for name in ("database", "migrations", "keys", "audit")} == {
        "database": True,
        "migrations": True,
        "keys": True,
        "audit": True,
    }
    assert journey["entries"] > 4
    assert journey["looks"] > 0
    assert journey["breaches"] == []


@pytest.mark.parametrize("table", SEALED)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_aud_01_the_running_role_cannot_change_what_was_written(
    server: dict[str, str], journey: dict[str, Any], table: str, statement: str
) -> None:
    with psycopg.connect(server["run"]) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE kernel_auditentry",
        "CREATE TABLE kernel_other (id int)",
        "DROP EVENT TRIGGER stars_seal_audit",
        "CREATE ROLE other SUPERUSER",
        "SET ROLE stars_owner",
        "DELETE FROM django_migrations",
        "ALTER DEFAULT PRIVILEGES FOR ROLE stars_owner GRANT ALL ON TABLES TO stars_run",
    ],
)
def test_aud_01_nor_give_itself_the_right(server: dict[str, str], statement: str) -> None:
    with psycopg.connect(server["run"]) as connection, pytest.raises(psycopg.errors.Error):
        connection.execute(statement)


def test_aud_01_nor_be_granted_it_by_itself(server: dict[str, str]) -> None:
    with psycopg.connect(server["run"]) as connection:
        connection.execute("GRANT UPDATE ON kernel_auditentry TO stars_run")  # PostgreSQL warns, and grants nothing
        asked = "SELECT has_table_privilege('stars_run', 'kernel_auditentry', 'UPDATE')"
        assert connection.execute(asked).fetchone() == (False,)


def test_aud_01_control_the_owner_could(server: dict[str, str], journey: dict[str, Any]) -> None:
    """So it is the role that is refused, and not the statement."""
    with psycopg.connect(server["owner"]) as connection:
        assert connection.execute("UPDATE kernel_auditentry SET action = action").rowcount > 0
        connection.rollback()


def test_the_running_role_is_nobody_special(server: dict[str, str]) -> None:
    asked = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = 'stars_run'"
    with psycopg.connect(server["owner"]) as connection:
        assert connection.execute(asked).fetchall() == [(False,) * 5]
        assert connection.execute("SELECT count(*) FROM pg_auth_members").fetchone() == (3,)  # PostgreSQL's own
