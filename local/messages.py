"""`bin/messages`: one Latvian catalogue out of the parts each area keeps, compiled without gettext's own tools."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator

import polib
from django.utils.translation.template import templatize

from local.install import ROOT, say

PARTS = ROOT / "locale" / "parts"
CATALOGUE = ROOT / "locale" / "lv" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);"
SOURCES = ("stars", "accounts", "documents", "funding", "catalog", "applications", "calls")

Key = tuple[str | None, str]  # context, source string

# How many leading string arguments each function takes, and whether the first is a context.
CALLS = {
    name + suffix: (has_context, count)
    for suffix in ("", "_lazy", "_noop")
    for name, has_context, count in (
        ("gettext", False, 1),
        ("ngettext", False, 2),
        ("pgettext", True, 2),
        ("npgettext", True, 3),
    )
} | {"_": (False, 1)}
_LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(npgettext|pgettext|ngettext|gettext|_)\(\s*{_LITERAL}(?:,\s*{_LITERAL})?", re.DOTALL)
_ATTRIBUTE = re.compile(r""":[\w-]+="_\('([^']+)'\)\"""")


def main() -> int:
    """Merge and compile; with --check change nothing and fail on anything missing, fuzzy, empty, doubled or stale.

    Paths (`bin/messages accounts templates/accounts`) narrow what is said about missing messages to those places.
    """
    only_look = "--check" in sys.argv[1:]
    places = tuple(word for word in sys.argv[1:] if not word.startswith("-")) or ("",)
    faults: list[str] = []
    merged = merge(faults)
    used = {key: sorted(at) for key, at in find_used().items()}
    present = {_key(entry) for entry in merged}
    for key in sorted(
        (key for key in used.keys() - present if any(at.startswith(places) for at in used[key])), key=repr
    ):
        faults.append(f"no Latvian for {_shown(key)} ({', '.join(used[key][:2])})")
    if only_look:
        faults += find_stale(merged)
    else:
        save(merged)
    for key in sorted(present - used.keys(), key=repr):
        say(f"unused: {_shown(key)}")
    for fault in faults:
        say(f"FAULT: {fault}")
    say(f"{len(merged)} messages, {len(faults)} faults.")
    return 1 if faults and only_look else 0


def merge(faults: list[str]) -> polib.POFile:
    """Every part in one catalogue, sorted; what the parts disagree about is added to `faults`."""
    found: dict[Key, polib.POEntry] = {}
    origin: dict[Key, str] = {}
    for path in sorted(PARTS.glob("*.po")):
        for entry in polib.pofile(str(path), encoding="utf-8"):
            if entry.obsolete:
                continue
            key = _key(entry)
            faults += [f"{path.name}: {problem} {_shown(key)}" for problem in _problems(entry)]
            if key not in found:
                found[key], origin[key] = entry, path.name
            elif _said(found[key]) != _said(entry):
                faults.append(
                    f"{origin[key]} and {path.name} differ on {_shown(key)}: {_said(found[key])} | {_said(entry)}"
                )
    merged = polib.POFile(wrapwidth=120)
    merged.metadata = {
        "Project-Id-Version": "STARS",
        "Language": "lv",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    for key in sorted(found, key=lambda key: (key[1], key[0] or "")):
        entry = found[key]
        merged.append(
            polib.POEntry(
                msgctxt=entry.msgctxt,
                msgid=entry.msgid,
                msgid_plural=entry.msgid_plural,
                msgstr=entry.msgstr,
                msgstr_plural=entry.msgstr_plural,
            )
        )
    return merged


def _problems(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.msgid_plural and len(forms) != 3:
        yield "not three plural forms in"
    if not all(forms):
        yield "empty"
    names = set(re.findall(r"%\((\w+)\)|\{(\w+)\}", entry.msgid + entry.msgid_plural))
    for form in filter(None, forms):
        if set(re.findall(r"%\((\w+)\)|\{(\w+)\}", form)) - names:
            yield f"a placeholder of its own ({form!r}) in"


def find_stale(merged: polib.POFile) -> list[str]:
    stale = [CATALOGUE] if not CATALOGUE.exists() or CATALOGUE.read_text(encoding="utf-8") != _as_text(merged) else []
    stale += [COMPILED] if not COMPILED.exists() or COMPILED.read_bytes() != merged.to_binary() else []
    return [f"{path.relative_to(ROOT)} is not what the parts give; run bin/messages" for path in stale]


def save(merged: polib.POFile) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((CATALOGUE, _as_text(merged).encode()), (COMPILED, merged.to_binary())):
        if not path.exists() or path.read_bytes() != content:
            half = path.with_suffix(f"{path.suffix}.half")
            half.write_bytes(content)
            half.rename(path)


def find_used() -> dict[Key, set[str]]:
    """Every source string of code and templates, with the files that say it."""
    used: dict[Key, set[str]] = defaultdict(set)
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            for key in _in_code(path.read_text(encoding="utf-8")):
                used[key].add(str(path.relative_to(ROOT)))
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            for key in _in_template(path.read_text(encoding="utf-8"), str(path)):
                used[key].add(str(path.relative_to(ROOT)))
    return used


def _in_code(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.id
            if isinstance(node.func, ast.Name)
            else node.func.attr
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        has_context, count = CALLS.get(name, (False, 0))
        words = [
            part.value for part in node.args[:count] if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if count and len(words) == count:
            yield (words[0], words[1]) if has_context else (None, words[0])


def _in_template(source: str, origin: str) -> Iterator[Key]:
    for name, first, second in _CALL.findall(templatize(source, origin)):
        words = [ast.literal_eval(part) for part in (first, second) if part]
        yield (words[0], words[1]) if name in {"pgettext", "npgettext"} else (None, words[0])
    for text in _ATTRIBUTE.findall(source):
        yield None, text


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or None, entry.msgid


def _said(entry: polib.POEntry) -> str | list[str]:
    return [text for _, text in sorted(entry.msgstr_plural.items())] if entry.msgid_plural else entry.msgstr


def _shown(key: Key) -> str:
    text = key[1] if len(key[1]) < 90 else f"{key[1][:90]}…"
    return repr(text) if key[0] is None else f"{text!r} in the context {key[0]!r}"


def _as_text(merged: polib.POFile) -> str:
    return f"{merged}\n" if not str(merged).endswith("\n") else str(merged)


if __name__ == "__main__":
    sys.exit(main())
