"""How people dress up a word until a rule is satisfied: from few words to the passwords that come of them. Pure."""

import re
from collections.abc import Iterable, Iterator

from .folding import folded

SHORTEST = 9
NUMBERS = ("1", "12", "21", "77", "111", "123", "777", "1234", "12345")
YEARS = ("1990", "2000", *(str(year) for year in range(2019, 2028)))
DISGUISES = (str.maketrans("ao", "@0"), str.maketrans("aeios", "@310$"))
FEW = ("1!", "12!", "123!", "1234!", "!1", "!123", "2024!", "2025!", "2026!")


def dressed(words: Iterable[str]) -> list[str]:
    """Every password once, however its letters are marked, in a fixed order; each satisfies terms 31.1."""
    found: dict[str, str] = {}
    for word in words:
        for password in _of(word):
            if satisfies(password):
                found.setdefault(folded(password), password)
    return sorted(found.values())


def satisfies(password: str) -> bool:
    """Terms 31.1, as our patterns can break it: length, small and capital letter, digit, sign."""
    kinds = ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9\s]")
    return len(password) >= SHORTEST and all(re.search(kind, password) for kind in kinds)


def _of(word: str) -> Iterator[str]:
    plain = "".join(sign for sign in folded(word) if sign.isascii())
    begun = plain[:1].upper() + plain[1:]
    for number in (*NUMBERS, *YEARS):
        yield f"{begun}{number}!"
        yield f"{begun}!{number}"
    for year in YEARS:
        yield f"{begun}-{year}"
    for sign in ".@#*?_":
        yield f"{begun}123{sign}"
        yield f"{begun}{sign}123"
    for disguise in DISGUISES:
        hidden = plain[:1].upper() + plain[1:].translate(disguise)
        for end in FEW:
            yield hidden + end
