"""What the portal's processes are started with."""

import base64
import os
import re
import stat
from pathlib import Path

import pytest
from cryptography import x509

from local import environment

# reliability.md AC-01; the migrating role's own address is the caller's to give.
NAMES = """
    DJANGO_SETTINGS_MODULE STARS_PUBLIC_BASE_URL STARS_FILES_BASE_URL STARS_ADMIN_BASE_URL STARS_IDP_PROTOCOL
    STARS_IDP_ENTITY_ID STARS_IDP_SSO_URL STARS_IDP_SLO_URL STARS_IDP_CERT_FILES STARS_IDP_ALLOWED_AUTHN
    STARS_IDP_MIN_LEVEL STARS_SP_ENTITY_ID STARS_SP_KEY_FILE STARS_SP_CERT_FILE
    STARS_REGISTRY_PMLP_URL STARS_REGISTRY_VID_URL STARS_REGISTRY_VIIS_URL
    STARS_SMTP_HOST STARS_SMTP_PORT STARS_CLAMD_HOST STARS_CLAMD_PORT STARS_MEDIA_ROOT
    SECRET_KEY STARS_FIELD_KEYS STARS_INDEX_KEY STARS_AUDIT_KEY
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(environment, "KEYS", tmp_path / "keys")
    for name in list(os.environ):
        if name.startswith("STARS_") or name == "SECRET_KEY":
            monkeypatch.delenv(name)
    return tmp_path / "keys"


def test_every_contracted_name_is_set() -> None:
    wanted = set(NAMES.split())
    found = environment.variables(8000)
    assert wanted <= found.keys()
    assert all(found[name] for name in wanted)


def test_portal_and_sign_on_are_two_sites() -> None:
    found = environment.variables(9100)
    assert found["STARS_PUBLIC_BASE_URL"] == "http://127.0.0.1:9100"
    assert found["STARS_IDP_SSO_URL"] == "http://localhost:9101/saml/sso"
    assert found["STARS_FILES_BASE_URL"] == "http://localhost:9100"


def test_what_the_caller_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARS_SMTP_HOST", "mail.example")
    assert environment.variables(8000)["STARS_SMTP_HOST"] == "mail.example"


def test_keys_are_made_once_kept_apart_and_closed_to_others(folder: Path) -> None:
    first, second = environment.keys(), environment.keys()
    assert first == second
    assert len(set(first.values())) == 4
    assert len(base64.b64decode(first["STARS_FIELD_KEYS"].partition(":")[2])) == 32
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    certificates = [
        x509.load_pem_x509_certificate((folder / f"{name}.cert.pem").read_bytes()) for name in ("sp", "idp")
    ]
    assert certificates[0].public_key() != certificates[1].public_key()


@pytest.mark.parametrize("wrong", ["abc", "80", "-1", "70000", "8000 "])
def test_a_port_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(SystemExit, match=re.escape(f"not {wrong!r}")):
        environment.port()


def test_the_port_is_8000_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert environment.port() == 8000
    monkeypatch.setenv("PORT", "9000")
    assert len(set(environment.ports(environment.port()).values())) == 7
