"""How kept things are named: by everything they show. What is said differently is kept apart, so nothing goes stale."""

from hashlib import sha256


def key_of(kind: str, *said: object) -> str:
    """A cache key under which whatever `said` decides may be kept; texts, numbers, days and tuples of them."""
    return f"{kind}:{sha256(repr(said).encode()).hexdigest()}"
