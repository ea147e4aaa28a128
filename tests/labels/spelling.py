"""Reads everything people are told in Latvian and asks hunspell's dictionary about each word once (design.md 9.3)."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CATALOGUE = ROOT / "locale/lv/LC_MESSAGES/django.po"
DICTIONARY = Path("/usr/share/hunspell/lv_LV.dic")
MISSING = (
    "hunspell and its Latvian dictionary are not here. Install them with:\n"
    "  sudo apt-get install -y --no-install-recommends hunspell hunspell-lv"
)
_NOT_WORDS = re.compile(
    r"%\(\w+\)[sd]|\{\w+\}"  # what is put in later
    r"|<[^>]+>"
    r"|https?://\S+|\S+@\S+|\b[\w.-]+\.(?:lv|gov|pdf)\b\S*"
    r"|\]\([^)]*\)"  # the address of a link; its words stay
    r"|/[\w/.-]+|__\w+-?|\b\w+_\w+\b"
    r"|\b\w*\d[\w-]*\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Heads of content files are for the loader, not for people.
_HEAD = re.compile(r"^(?:slug|under|source|kind|version|published|in_force): .*$", re.MULTILINE)
_HEAD_NAME = re.compile(
    r"^(?:title|lead|menu|notice): |\[(?:text|steps|facts|timeline|figures|progress)\] ", re.MULTILINE
)


def is_there() -> bool:
    return bool(shutil.which("hunspell")) and DICTIONARY.exists()


def words_of(text: str) -> list[str]:
    return _WORD.findall(_NOT_WORDS.sub(" ", text))


def translations() -> Iterator[tuple[str, str]]:
    """Every Latvian message, with where it stands."""
    for entry in polib.pofile(str(CATALOGUE), encoding="utf-8"):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            yield f"message {entry.msgid[:40]!r}", text


def content_files() -> Iterator[tuple[str, str]]:
    """Pages, news, questions and policies the portal starts with."""
    for path in sorted((ROOT / "stars/pages/content").rglob("*.txt")):
        text = path.read_text(encoding="utf-8")
        yield path.name, _HEAD_NAME.sub("", _HEAD.sub("", text))


def contracts() -> Iterator[tuple[str, str]]:
    """Labels letter by letter: the forms' and the portal's."""
    for path in sorted(HERE.glob("*.json")):
        for text in _texts(json.loads(path.read_text(encoding="utf-8"))):
            if " " in text or text[:1].isupper():
                yield path.name, text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and not value.startswith("/"):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key != "filter_names":  # names of the address, without marks
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def listed(name: str) -> set[str]:
    """A word list: one or more words a line, reasons after two spaces, `#` for remarks."""
    found: set[str] = set()
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            found |= set(line.split("  ")[0].split())
    return found


def unknown(words: set[str]) -> set[str]:
    """What the dictionary does not know; one process for all of them."""
    done = subprocess.run(
        ["hunspell", "-d", "lv_LV", "-i", "utf-8", "-l"],
        input="\n".join(sorted(words)),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())
