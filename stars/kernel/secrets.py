"""Field encryption and the blind index (security.md 12). Keys come from settings and never meet the database."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@lru_cache(maxsize=4)
def _ring(spec: str) -> dict[str, AESGCM]:
    ring: dict[str, AESGCM] = {}
    for part in spec.split(","):
        name, _, encoded = part.strip().partition(":")
        key = base64.b64decode(encoded, validate=True)
        if not name or len(key) != 32:
            raise ImproperlyConfigured("STARS_FIELD_KEYS must list id:key pairs with keys of 32 bytes in base64.")
        ring[name] = AESGCM(key)
    return ring


def key_ids() -> list[str]:
    """The names of the field keys, the one that seals first."""
    return list(_ring(settings.STARS_FIELD_KEYS))


def encrypt(value: str, *, bound_to: str) -> str:
    """AES-256-GCM under the first key, `id:nonce+ciphertext`; `bound_to` (table and row) must be given again to decrypt."""
    ring = _ring(settings.STARS_FIELD_KEYS)
    name = next(iter(ring))
    nonce = os.urandom(12)
    sealed = ring[name].encrypt(nonce, value.encode(), bound_to.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(sealed: str, *, bound_to: str) -> str:
    """The clear text; raises ImproperlyConfigured where the key is missing or wrong, or the row was moved."""
    name, _, encoded = sealed.partition(":")
    ring = _ring(settings.STARS_FIELD_KEYS)
    if name not in ring:
        raise ImproperlyConfigured(f"The field key {name!r} is not among STARS_FIELD_KEYS.")
    raw = base64.b64decode(encoded)
    try:
        return ring[name].decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except InvalidTag as error:
        raise ImproperlyConfigured("A sealed field does not open: wrong key, or the value was moved.") from error


def blind_index(value: str) -> str:
    """HMAC-SHA-256 of the value under the index key: finds a row without telling the value (COD-02)."""
    return hmac.new(settings.STARS_INDEX_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def token_digest(token: str) -> str:
    """What the database keeps of a token sent by mail."""
    return hashlib.sha256(token.encode()).hexdigest()
