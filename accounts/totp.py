"""Codes of an authenticator app: RFC 6238 with HMAC-SHA-1, six digits, thirty seconds, as every app knows them. Pure."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS, DIGITS = 30, 6
TOLERANCE = 1  # steps each way, for a clock that is a little off (MFA-02)
SECRET_BYTES = 20  # as long as the hash, RFC 4226 section 4


def new_secret() -> str:
    """A fresh secret in base32, as people may have to type it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits an app shows during this step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, code: str, moment: datetime, *, after: int) -> int | None:
    """The step this code belongs to, later than `after` (the last one used) and within the tolerance, or None."""
    now = step_of(moment)
    found = None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        is_same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if is_same and step > after:
            found = step
    return found


def address_for_apps(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says: the otpauth address every authenticator app reads."""
    words = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(words)}"


def in_groups(secret: str, size: int = 4) -> str:
    """A secret or code as people read it: ABCD EFGH."""
    return " ".join(secret[at : at + size] for at in range(0, len(secret), size))
