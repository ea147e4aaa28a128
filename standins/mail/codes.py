"""The telephone beside the mailbox: what authenticator apps show now, by RFC 6238, written apart from the portal's own."""

import base64
import hashlib
import hmac
import json
import struct
import time
from dataclasses import dataclass
from pathlib import Path

STEP = 30


@dataclass(frozen=True)
class Code:
    login: str
    name: str
    code: str


def of(path: Path | None) -> list[Code]:
    """One code for each secret in the list of bin/serve; nothing while there is no list."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8")) if path else []
    except (OSError, ValueError):
        return []
    apps = [row for row in rows if row.get("who") == "code"]
    return [Code(row["login"], row["name"], now(row["password"])) for row in apps]


def now(secret: str) -> str:
    counter = struct.pack(">Q", int(time.time()) // STEP)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[19] & 15
    (number,) = struct.unpack(">I", digest[at : at + 4])
    return str((number & 0x7FFFFFFF) % 1_000_000).zfill(6)


def seconds_left() -> int:
    return STEP - int(time.time()) % STEP
