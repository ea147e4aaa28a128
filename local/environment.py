"""The environment variables of a local portal (names: docs/acceptance.md), with keys made once into var/keys."""

import base64
import json
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from local.install import VAR, locked

KEYS = VAR / "keys"
DEFAULT_PORT = 8000
# Every means of identification the stand-in sign-on offers, as it names them in its answers.
MEANS = (
    "urn:ivis:100001:am-idp40-wif",
    "EID",
    "EPARAKSTS",
    "EPARAKSTS_MOBILE",
    "SMARTID",
    "SWEDBANK",
    "SEB",
    "LUMINOR",
    "CITADELE",
    "EIDAS",
    "TEST",
)


def port() -> int:
    """The port of the portal: PORT, else 8000."""
    wanted = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not wanted.isdecimal() or not 1024 <= int(wanted) <= 65500:
        sys.exit(f"PORT must be a number from 1024 to 65500, not {wanted!r}.")
    return int(wanted)


def ports(first: int) -> dict[str, int]:
    """Who listens where: the portal first, its stand-ins on the ports after it."""
    return {
        name: first + step
        for step, name in enumerate(("web", "sso", "mail", "registries", "scanner", "smtp", "scanner_page"))
    }


def variables(first: int) -> dict[str, str]:
    """What the web server, the worker, beat and `manage.py` are started with; what the caller has set already wins."""
    at = ports(first)
    sign_on = f"http://localhost:{at['sso']}"
    registries = f"http://127.0.0.1:{at['registries']}"
    public = f"http://127.0.0.1:{at['web']}"
    protocol = (
        os.environ.get("STARS_IDP_PROTOCOL") or "saml2"
    )  # STARS_IDP_PROTOCOL=wsfed bin/serve speaks the other one
    provider = {
        "saml2": {"ENTITY_ID": f"{sign_on}/saml", "SSO_URL": f"{sign_on}/saml/sso", "SLO_URL": f"{sign_on}/saml/slo"},
        "wsfed": {"ENTITY_ID": f"{sign_on}/sts", "SSO_URL": f"{sign_on}/wsfed", "SLO_URL": f"{sign_on}/wsfed"},
    }
    if protocol not in provider:
        sys.exit(f"STARS_IDP_PROTOCOL must be saml2 or wsfed, not {protocol!r}.")
    ours = {f"STARS_IDP_{name}": value for name, value in provider[protocol].items()} | {
        "DJANGO_SETTINGS_MODULE": "stars.settings.local",
        "STARS_PUBLIC_BASE_URL": public,
        "STARS_FILES_BASE_URL": f"http://localhost:{at['web']}",
        "STARS_ADMIN_BASE_URL": public,
        "STARS_IDP_PROTOCOL": protocol,
        "STARS_IDP_CERT_FILES": f"{KEYS / 'idp.cert.pem'},{KEYS / 'idp-next.cert.pem'}",
        "STARS_IDP_ALLOWED_AUTHN": ",".join(MEANS),
        "STARS_IDP_MIN_LEVEL": "3",
        "STARS_SP_ENTITY_ID": f"{public}/sso/metadata",
        "STARS_SP_KEY_FILE": str(KEYS / "sp.key.pem"),
        "STARS_SP_CERT_FILE": str(KEYS / "sp.cert.pem"),
        "STARS_REGISTRY_PMLP_URL": f"{registries}/fpr",
        "STARS_REGISTRY_VID_URL": f"{registries}/vid",
        "STARS_REGISTRY_VIIS_URL": f"{registries}/viis",
        "STARS_SMTP_HOST": "127.0.0.1",
        "STARS_SMTP_PORT": str(at["smtp"]),
        "STARS_CLAMD_HOST": "127.0.0.1",
        "STARS_CLAMD_PORT": str(at["scanner"]),
        "STARS_MEDIA_ROOT": str(VAR / "media"),
        "STARS_SECURITY_LOG_FOLDER": str(VAR / "log" / "security"),
    }
    return ours | keys() | dict(os.environ)


def keys() -> dict[str, str]:
    """The portal's secrets and the key pairs of both sides of the sign-on; the first call makes them."""
    with locked("keys"):
        KEYS.mkdir(parents=True, mode=0o700, exist_ok=True)
        for name in ("sp", "idp", "idp-next"):
            if not (KEYS / f"{name}.cert.pem").exists():
                make_pair(KEYS / f"{name}.key.pem", KEYS / f"{name}.cert.pem", f"STARS local {name}")
        kept = KEYS / "secrets.json"
        if not kept.exists():
            _write(kept, json.dumps(_new_secrets(), indent=1).encode())
        found: dict[str, str] = json.loads(kept.read_text())
    return found


def make_pair(key_file: Path, cert_file: Path, name: str) -> None:
    """An RSA key and its self-signed certificate, good for ten years."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(key_file, key.private_bytes(*private))
    _write(cert_file, certificate.public_bytes(serialization.Encoding.PEM))


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_hex(32),
        "STARS_FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "STARS_INDEX_KEY": secrets.token_hex(32),
        "STARS_AUDIT_KEY": secrets.token_hex(32),
    }


def _write(path: Path, content: bytes) -> None:
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:  # noqa: PTH123
        sink.write(content)
    half.rename(path)
