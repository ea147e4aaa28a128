"""The offline list of frequent passwords (PWD-03), made by `manage.py frequent_passwords` from the words beside it."""

import gzip
from functools import cache
from pathlib import Path

from .folding import folded

FOLDER = Path(__file__).resolve().parent
LIST = FOLDER / "frequent.txt.gz"
WORDS = FOLDER / "words"


@cache
def passwords() -> frozenset[str]:
    """Every entry, folded; read once a process."""
    return frozenset(folded(line) for line in gzip.decompress(LIST.read_bytes()).decode().splitlines())


@cache
def words() -> frozenset[str]:
    """Every word the list is made of, folded: refused with any digits and signs around it."""
    return frozenset(folded(word) for word in listed())


def listed() -> list[str]:
    """The words as they are written, in the order of their files."""
    lines = [line.strip() for path in sorted(WORDS.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return [word for line in lines if line and not line.startswith("#") for word in line.split()]


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(one) for one in passwords()}))


def stands_in(plain: str) -> bool:
    """Terms 31.2: whether a frequent password is, or stands inside, this one (given folded)."""
    known = passwords()
    return any(plain[at : at + length] in known for length in _lengths() for at in range(len(plain) - length + 1))
