"""What cannot be run here is held as a file: the image, the composition, the proxy's figures (SEC-01, SAM-06, LOG-02)."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from local.checks import for_production
from tests.browser.stack import ROOT

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PORTAL = ("web", "worker", "beat", "migrate")
ONE_SHOT = {"migrate", "backup"}
SECRET = re.compile(r"KEY|PASSWORD|SECRET")
PUBLIC = {"STARS_SP_KEY_FILE", "SECRET_KEY_FALLBACKS"}  # a path; earlier keys, of which there may be none
every_service = pytest.mark.parametrize("name", SERVICES)


def environment(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}


# --- the composition ----------------------------------------------------------------------------------


def test_everything_the_portal_needs_is_composed() -> None:
    assert set(SERVICES) == {*PORTAL, "proxy", "postgres", "valkey", "clamav", "backup"}


@every_service
def test_images_are_pinned_by_version(name: str) -> None:
    """`:latest` and a bare name would change under us; the portal's own is the release that is asked for."""
    image = SERVICES[name]["image"]
    pinned = re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?", image)
    assert pinned or image.startswith("stars-portal:${STARS_RELEASE:?")


@every_service
def test_each_has_a_health_check_a_limit_and_as_few_rights_as_it_can(name: str) -> None:
    service = SERVICES[name]
    check = service["healthcheck"]
    assert (name in ONE_SHOT) == bool(check.get("disable"))
    assert name in ONE_SHOT or {"test", "interval", "timeout", "retries"} <= set(check)
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    assert service.get("cap_drop") == ["ALL"] or name == "clamav"
    assert not {"privileged", "cap_add", "devices", "pid", "network_mode"} & set(service)
    assert service.get("user", "root") not in {"root", "0"} or name == "clamav"


def test_sec_01_no_secret_has_a_default() -> None:
    for name in SERVICES:
        for key, value in environment(name).items():
            if SECRET.search(key) and key not in PUBLIC:
                assert re.fullmatch(r"\$\{\w+:?\?[^}]*\}", value), f"{name}: {key}"
    for found in re.findall(r"\$\{(\w+)([^}]*)\}", COMPOSE_TEXT):
        if SECRET.search(found[0]) and found[0] not in PUBLIC:
            assert found[1].startswith((":?", "?")), found


def test_aud_01_the_portal_runs_under_another_role_than_its_migrations() -> None:
    for name in ("web", "worker", "beat"):
        assert environment(name)["DATABASE_URL"].startswith("postgresql://stars_run:")
        assert "OWNER" not in str(environment(name))
    assert environment("migrate")["DATABASE_URL"].startswith("postgresql://stars_owner:")
    assert "./deploy/roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro" in SERVICES["postgres"]["volumes"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey", "backup"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["proxy"]["networks"] == ["outside"]
    assert environment("web")["STARS_TRUSTED_PROXY_COUNT"] == "1"


def test_every_name_without_a_default_is_given() -> None:
    """The names the settings read; who leaves one out has a portal that does not start."""
    read = "".join(path.read_text() for path in (ROOT / "stars/settings").glob("*.py") if path.name != "test.py")
    needed = set(re.findall(r'env\.(?:text|secret)\("(\w+)"\)', read))
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= needed
    assert needed <= set(environment("web"))


def test_every_name_of_the_composition_is_explained() -> None:
    told = (ROOT / "docs/operations.md").read_text()
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT))
    assert sorted(name for name in asked if f"`{name}`" not in told) == []


def test_every_name_of_the_settings_is_explained() -> None:
    told = (ROOT / "docs/acceptance.md").read_text()
    read = "".join(path.read_text() for path in (ROOT / "stars/settings").glob("*.py"))
    names = set(re.findall(r'env\.(?:text|secret|number|at_least|listed)\("(\w+)"', read))
    assert sorted(name for name in names if f"`{name}`" not in told) == []


def test_log_02_the_database_s_own_log_holds_no_rows() -> None:
    words = " ".join(SERVICES["postgres"]["command"])
    assert "log_error_verbosity=terse" in words
    assert "log_min_error_statement=panic" in words


def test_b1_the_log_of_changes_is_archived_at_least_every_five_minutes() -> None:
    words = " ".join(SERVICES["postgres"]["command"])
    assert int(re.findall(r"archive_timeout=(\d+)", words)[0]) <= 300
    assert "archive_mode=on" in words


# --- figures that must fit each other ------------------------------------------------------------------


def gunicorn() -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec((ROOT / "deploy/gunicorn.py").read_text(), found)
    return found


def test_the_proxy_sends_as_many_as_there_are_threads() -> None:
    server = gunicorn()
    config = (ROOT / "deploy/haproxy.cfg").read_text()
    pages, files = (int(most) for most in re.findall(r"server web1 .* maxconn (\d+)", config))
    assert pages > files
    assert pages + files == server["workers"] * server["threads"]
    [patience] = re.findall(r"timeout server (\d+)s", config)
    assert int(patience) >= server["timeout"] >= settings.EMAIL_TIMEOUT
    assert server["timeout"] * 1000 > 10_000  # longer than a statement may take
    assert server["threads"] <= settings.DATABASE_POOL["max_size"]


def test_o4_a_task_ends_before_it_would_be_given_out_again() -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    every = [entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert all(schedule < 86_400 for schedule in every if isinstance(schedule, float))


# --- the image --------------------------------------------------------------------------------------------


def test_the_image_is_pinned_small_and_nobody_s() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base) for base in bases)
    users = re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE)
    assert users == ["stars"]
    assert DOCKERFILE.index("USER stars") < DOCKERFILE.index("\nCMD ")
    assert DOCKERFILE.count("--require-hashes --only-binary :all:") == 2
    assert "HEALTHCHECK" in DOCKERFILE
    for line in re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE):
        assert not SECRET.search(line)


def test_dep_01_the_image_lists_what_it_is_made_of() -> None:
    """Every line of the lock file that names a package is in the list, with the hashes that are allowed."""
    assert "python sbom.py requirements/run.txt > sbom.json" in DOCKERFILE
    assert "COPY --from=build /build/sbom.json ." in DOCKERFILE
    lock = ROOT / "requirements/run.txt"
    made = json.loads(subprocess.check_output([sys.executable, "deploy/sbom.py", lock], cwd=ROOT))
    listed = {f"{one['name']}=={one['version']}": len(one["hashes"]) for one in made["components"]}
    named = [line.split()[0] for line in lock.read_text().splitlines() if re.match("[a-z0-9]", line)]
    assert sorted(listed) == sorted(re.sub(r"\[.*\]", "", name) for name in named)
    assert min(listed.values()) >= 1
    assert sum(listed.values()) == lock.read_text().count("--hash=")


@pytest.mark.parametrize("name", ["uv", "run", "test"])
def test_dep_01_nothing_is_locked_without_a_hash(name: str) -> None:
    pieces = re.split(r"^(?=[a-z0-9])", (ROOT / f"requirements/{name}.txt").read_text(), flags=re.MULTILINE)[1:]
    assert [piece.split()[0] for piece in pieces if "--hash=sha256:" not in piece] == []


@pytest.mark.parametrize(
    ("package", "floor"),
    [("weasyprint", (70, 0)), ("python3-saml", (1, 16)), ("django-csp", (4, 0)), ("django", (5, 2, 8))],
)
def test_dep_03_no_version_with_a_known_hole_is_locked_or_runs(package: str, floor: tuple[int, ...]) -> None:
    locked = re.search(rf"^{package}==([\d.]+)", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    assert locked
    assert locked[1] == metadata.version(package)
    assert tuple(int(number) for number in locked[1].split(".")) >= floor


def test_dep_04_the_rules_of_security_are_on_for_all_that_is_served() -> None:
    """The linter's "S" rules are bandit's; nothing that runs in production is let off, but line by line and with a reason."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    let_off = {where for where, rules in lint["per-file-ignores"].items() if "S" in rules}
    assert let_off == {"tests/**", "local/**", "standins/**", "benchmarks/**", "bin/**"}


def ignored() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return {line.strip("/") for line in lines if line and not line.startswith("#")}


def test_what_the_image_is_built_from_is_sent_to_the_builder() -> None:
    """The builder gets nothing that is ignored: a file that is copied by name stands in no ignored folder, or is named again."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    for said in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in said.split():
            folder = source.split("/")[0]
            kept = f"!{source}" in lines or not {folder, f"{folder}/*", source} & set(lines)
            assert source == "." or kept, source
            assert (ROOT / source).exists()


def test_the_image_holds_every_app_and_no_test_no_stand_in_no_secret() -> None:
    assert {"tests", "standins", "benchmarks", "local", ".git", "secrets", ".env", "var", "backups"} <= ignored()
    ours = {app.partition(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.partition(".")[0]).is_dir()}
    assert {"stars", "accounts", "applications"} <= ours
    assert (ours | {"templates", "static", "locale", "manage.py", "deploy"}) & ignored() == set()
    assert "stars/demo" in ignored()


def test_static_files_are_collected_with_the_words_of_the_image(tmp_path: Path) -> None:
    line = re.search(r"(SECRET_KEY=.*?python manage\.py collectstatic[^\n&\\]*)", DOCKERFILE, re.DOTALL)
    assert line
    words = shlex.split(line[1].replace("\\\n", " "))
    given = dict(word.split("=", 1) for word in words if "=" in word)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    command = [sys.executable, *words[len(given) + 1 :]]
    done = subprocess.run(
        command, cwd=ROOT, env=kept | given | {"STARS_VAR": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static/staticfiles.json").is_file()


# --- the start ----------------------------------------------------------------------------------------------


STARTS = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
given, told = dict(os.environ), {}
for change in json.loads(sys.argv[1]):
    os.environ.clear()
    os.environ.update({name: value for name, value in (given | change).items() if value is not None})
    for name in [name for name in sys.modules if name.startswith("stars.settings")]:
        del sys.modules[name]
    try:
        importlib.import_module("stars.settings.production")
        told[json.dumps(change)] = "started"
    except ImproperlyConfigured as error:
        told[json.dumps(change)] = str(error)
print(json.dumps(told))
"""


def test_sec_01_production_starts_with_everything_and_with_nothing_less(tmp_path: Path) -> None:
    given = for_production(tmp_path)
    secrets = ("SECRET_KEY", "STARS_FIELD_KEYS", "STARS_INDEX_KEY", "STARS_AUDIT_KEY", "DATABASE_URL", "REDIS_URL")
    changes: list[dict[str, str | None]] = [{}]
    changes += [{name: None} for name in secrets]
    changes += [{name: "short"} for name in ("SECRET_KEY", "STARS_INDEX_KEY", "STARS_AUDIT_KEY")]
    changes += [{"STARS_INDEX_KEY": given["SECRET_KEY"]}, {"STARS_AUDIT_KEY": given["STARS_INDEX_KEY"]}]
    changes += [{"STARS_PUBLIC_BASE_URL": "http://stars.example"}]
    changes += [{"STARS_SECURITY_LOG_FOLDER": None}, {"STARS_SECURITY_LOG_DAYS": "548"}]  # LOG-04: eighteen months
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-c", STARTS, json.dumps(changes)],
        cwd=ROOT,
        env=kept | given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("{}") == "started"
    assert [change for change, words in told.items() if words == "started"] == []
    assert len(told) == len(changes) - 1
