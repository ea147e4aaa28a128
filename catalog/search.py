"""Words of a search, folded and stemmed lightly, so that "analīzes" finds "analīze". Pure; for texts and questions.

Latvian changes endings, seldom stems: cutting the ending is enough for a catalogue. What a person only calls otherwise
("Excel") stands in search_words.csv; what is misspelt is looked up among the words of the catalogue by `nearest`.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

MOST_WORDS = 8
SHORTEST_STEM = 3
SHORTEST_ROOT = 2  # after a bare vowel ending: ēka, ēku
SHORTEST_INFINITIVE = 6
NAME_ENDS = "/"  # in what is kept of a programme, between the words of its name and the others
_WORD = re.compile(r"[^\W_]+[+#]*")
_DOUBLED = re.compile(r"([a-z])\1+")
# Letters as they stand after folding (ā → a, š → s): who does it and doing it are one stem (programmētājs, programmēšana).
_LISTED = """
sana sanas sanai sanu sanam sanos ties
tajs taja tajam taju tajas tajai taji tajiem tajos
ija ijas ijai iju ijam ijos ijs iji ijiem
ajiem ajam ajai ajas ajos ajus ais aja
ja jas jai jam ju jos jus jiem ji jus
iem ies as am ai em es ei im is os us um ie
a e i o u s
"""
_ENDINGS = sorted(set(_LISTED.split()), key=len, reverse=True)
_INFINITIVE = re.compile(r"[aeiou]t")


def fold(text: str) -> str:
    """Lower case without diacritics; what has no Latin base letter stays itself."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """The folded word without its ending; short words stay whole."""
    for ending in _ENDINGS:
        shortest = SHORTEST_STEM if "j" in ending or len(ending) > 2 or ending == "s" else SHORTEST_ROOT
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    if len(word) >= SHORTEST_INFINITIVE and _INFINITIVE.fullmatch(word[-2:]):
        return word[:-1]
    return word


def stems(text: str) -> list[str]:
    """Every stem once, in order of appearance; doubled letters count as one, for people often miss them."""
    return list(dict.fromkeys(_DOUBLED.sub(r"\1", stem(word)) for word in _WORD.findall(fold(text))))


def indexed(name: str, *texts: str) -> str:
    """What is kept of a programme: stems between spaces, so that a space in a pattern means the start of a word."""
    named = stems(name)
    others = [found for found in stems(" ".join(texts)) if found not in named]
    return f" {' '.join([*named, NAME_ENDS, *others])} "


# --- questions ---------------------------------------------------------------------

# As people say it, and the words of the catalogue for it; nothing, where a word says only "something to learn".
_SAID = csv.DictReader(Path(__file__).with_name("search_words.csv").read_text(encoding="utf-8").splitlines())
_CALLED = {row["typed"]: row["means"] for row in _SAID}
EMPTY = frozenset(stems(" ".join(typed for typed, means in _CALLED.items() if not means)))
MEANS = {found: tuple(stems(means)) for typed, means in _CALLED.items() if means for found in stems(typed)}
SHORTEST_FORGIVEN = 4  # a stem of so many letters may be misspelt
SHORTEST_TWICE = 7  # and from here in two letters
SHORTEST_BEGINNING = 3  # a shorter stem must be a whole word


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question: any of these stems is as good as another."""

    stems: tuple[str, ...]
    is_needed: bool = True
    is_typed: bool = False  # not finished yet: its letters may be the beginning of anything

    @property
    def is_long(self) -> bool:
        """Long enough to be misspelt; of what is known to stand for others nothing like it is looked for."""
        return self.is_needed and len(self.stems[0]) >= SHORTEST_FORGIVEN and self.stems[0] not in MEANS

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Stems that may begin a longer word; of a shorter one that would be too little to go by."""
        return tuple(one for one in self.stems if self.is_typed or len(one) >= SHORTEST_BEGINNING)

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is looked for: the beginning of a word, or a whole one."""
        begin = self.beginnings
        return tuple(f" {one}" if one in begin else f" {one} " for one in self.stems)


def question(text: str, *, is_typed: bool = False) -> list[Word]:
    """The words to look for; what is beyond a few is not read, what says nothing need not be found."""
    read = [Word((one, *_also(one)), one not in EMPTY) for one in stems(text)[:MOST_WORDS]]
    if not any(word.is_needed for word in read):
        read = [replace(word, is_needed=True) for word in read]
    return [*read[:-1], replace(read[-1], is_needed=True, is_typed=True)] if is_typed and read else read


def _also(stem: str) -> Iterator[str]:
    """What else the word may stand for: another name, and the noun of a verb (analizēt: analīze)."""
    yield from MEANS.get(stem, ())
    if len(stem) > SHORTEST_FORGIVEN and stem[-1] in "aeio" and stem[:-1] not in EMPTY:
        yield stem[:-1]


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known stems that begin nearly as this one: as few letters apart as any of them, two at most; of
    several the ones whose whole is nearest."""
    if len(word) < SHORTEST_FORGIVEN:
        return ()
    most = 2 if len(word) >= SHORTEST_TWICE else 1
    apart = {other: min(apart_by(word, other[: len(word) + more]) for more in (-1, 0, 1)) for other in known}
    least = min(apart.values(), default=most + 1)
    if least > most:
        return ()
    whole = {other: apart_by(word, other) for other, letters in apart.items() if letters == least}
    return tuple(sorted(other for other, letters in whole.items() if letters == min(whole.values())))


def apart_by(one: str, other: str) -> int:
    """How many letters are left out, put in, wrong or changed with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, 1):
        older, before, row = before, row, [i, *[0] * len(other)]
        for j, theirs in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (mine != theirs))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == theirs:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]
