"""What a password says once its disguise is off: marks, capitals, look-alike signs, digits around a word. Pure."""

import unicodedata

# What stands for which letter; 1 and ! may also be an l, which the word list's own spellings cover.
LOOK_ALIKES = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "€": "e", "1": "i", "!": "i", "|": "i", "0": "o", "5": "s", "$": "s", "7": "t"}
)


def folded(text: str) -> str:
    """Small letters without marks: "Pārole" and "PAROLE" read the same."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def core_of(password: str) -> str:
    """The word inside: "P@r0le-2025!" gives "parole". Digits and signs at the ends go first, then look-alikes are read."""
    plain = folded(password)
    start = next((at for at, sign in enumerate(plain) if sign.isalpha() or sign in "@$€"), len(plain))
    end = next((at for at, sign in enumerate(reversed(plain)) if sign.isalpha()), len(plain))
    return plain[start : len(plain) - end].translate(LOOK_ALIKES)
