"""`bin/check`: every check but the tests, each with its time; all run, the status says whether any failed."""

import base64
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from local import environment
from local.install import ROOT, say

APPS = ("stars", "accounts", "documents", "funding", "catalog", "applications", "calls", "standins", "local", "tests")


def main() -> int:
    """Run all steps, two at a time, and print what the failed ones said."""
    failed = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        for ended in as_completed([pool.submit(_run, *step) for step in steps(Path(folder))]):
            name, seconds, done = ended.result()
            verdict = "ok" if done.returncode == 0 else "FAILED"
            say(f"{verdict:<7}{name} ({seconds:.1f} s)")
            if done.returncode != 0:
                failed.append(name)
                say("\n".join(f"       {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-60:]))
    problems = addresses_in_locks()
    say(f"{'FAILED' if problems else 'ok':<7}no address in a lock file")
    for problem in problems:
        say(f"       {problem}")
    say(f"\n{len(failed) + bool(problems)} checks failed." if failed or problems else "\nEverything is in order.")
    return 1 if failed or problems else 0


def _run(name: str, command: list[str], env: Mapping[str, str]) -> tuple[str, float, subprocess.CompletedProcess[str]]:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False)
    return name, time.monotonic() - began, done


def steps(folder: Path) -> list[tuple[str, list[str], Mapping[str, str]]]:
    """Name, command, environment; the longest first, beside which the others run."""
    tests, production = {"DJANGO_SETTINGS_MODULE": "stars.settings.test"}, for_production(folder)
    ruff = _tool("ruff")
    return [
        ("types", [_tool("mypy"), *APPS], tests),
        ("formatting", [ruff, "format", "--check", "."], {}),
        ("ruff", [ruff, "check", "."], {}),
        ("layers", [_tool("lint-imports")], tests),
        ("messages", [sys.executable, "-m", "local.messages", "--check"], {}),
        ("templates", [_tool("djlint"), "templates", "--lint", "--quiet"], {}),
        ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], tests),
        ("production", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production),
    ]


def addresses_in_locks() -> list[str]:
    """A lock file names packages and hashes, never the host of an index."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / "requirements").glob("*.txt"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"://|^\s*(-i|--(extra-)?index-url|--find-links)\b", line)
    ]


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def for_production(folder: Path) -> dict[str, str]:
    """Throw-away values for every name production reads; nothing is reached with them."""
    for name in ("sp", "idp"):
        environment.make_pair(folder / f"{name}.key.pem", folder / f"{name}.cert.pem", name)
    return {
        "DJANGO_SETTINGS_MODULE": "stars.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "STARS_FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "STARS_INDEX_KEY": secrets.token_urlsafe(48),
        "STARS_AUDIT_KEY": secrets.token_urlsafe(48),
        "STARS_PUBLIC_BASE_URL": "https://stars.example",
        "STARS_FILES_BASE_URL": "https://files.stars.example",
        "STARS_ADMIN_BASE_URL": "https://admin.stars.example",
        "STARS_ADMIN_NETWORKS": "192.0.2.0/24",
        "STARS_ALLOWED_HOSTS": "stars.example,files.stars.example,admin.stars.example",
        "DATABASE_URL": "postgresql://stars@localhost/stars",
        "STARS_MIGRATE_DATABASE_URL": "postgresql://owner@localhost/stars",
        "REDIS_URL": "redis://localhost:6379/0",
        "STARS_TRUSTED_PROXY_COUNT": "1",
        "STARS_IDP_PROTOCOL": "saml2",
        "STARS_IDP_ENTITY_ID": "https://sso.example/saml",
        "STARS_IDP_SSO_URL": "https://sso.example/saml/sso",
        "STARS_IDP_SLO_URL": "https://sso.example/saml/slo",
        "STARS_IDP_CERT_FILES": str(folder / "idp.cert.pem"),
        "STARS_IDP_ALLOWED_AUTHN": "EID,SMARTID",
        "STARS_IDP_MIN_LEVEL": "3",
        "STARS_SP_ENTITY_ID": "https://stars.example/sso/metadata",
        "STARS_SP_KEY_FILE": str(folder / "sp.key.pem"),
        "STARS_SP_CERT_FILE": str(folder / "sp.cert.pem"),
        "STARS_SMTP_HOST": "mail.example",
        "STARS_SMTP_PORT": "25",
        "STARS_CLAMD_HOST": "clamd.example",
        "STARS_CLAMD_PORT": "3310",
        "STARS_MEDIA_ROOT": str(folder / "media"),
        "STARS_SECURITY_LOG_FOLDER": str(folder / "security-log"),
    }


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
