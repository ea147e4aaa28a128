"""Words of a search, folded and stemmed lightly, so that "analīzes" finds "analīze". Pure; for texts and questions.

Latvian changes endings, seldom stems: cutting the ending is enough for a catalogue, trigrams forgive the rest.
"""

import re
import unicodedata

MOST_WORDS = 8
SHORTEST_STEM = 3
_WORD = re.compile(r"[^\W_]+[+#]*")
_DOUBLED = re.compile(r"([a-z])\1+")
# Letters as they stand after folding (ā → a, š → s); the first line is -šana: programmēšana, programmēšanas.
_LISTED = """
sana sanas sanai sanu sanam
ajiem ajam ajai ajas ajos ajus
iem ies ais ajs aja am as ai em es ei im is os us um ie ij ju ja
a e i o u s
"""
_ENDINGS = sorted(_LISTED.split(), key=len, reverse=True)


def fold(text: str) -> str:
    """Lower case without diacritics; what has no Latin base letter stays itself."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """The folded word without its ending; short words stay whole."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def stems(text: str) -> list[str]:
    """Every stem once, in order of appearance; doubled letters count as one, for people often miss them."""
    return list(dict.fromkeys(_DOUBLED.sub(r"\1", stem(word)) for word in _WORD.findall(fold(text))))


def question(text: str) -> list[str]:
    """The stems to look for; what is beyond a few words is not read."""
    return stems(text)[:MOST_WORDS]


def indexed(*texts: str) -> str:
    """What is kept of a programme: stems between spaces, so that a space in a pattern means the start of a word."""
    return f" {' '.join(stems(' '.join(texts)))} "
