"""No template lies unused, and pages stand where their view is."""

import ast
import re
from pathlib import Path

from tests.architecture import house

TEMPLATES = house.ROOT / "templates"
CODE = ("accounts", "applications", "calls", "catalog", "documents", "funding", "stars")
# Found by Django or by cotton under a fixed name.
KNOWN = {
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "409.html",
    "413.html",
    "429.html",
    "500.html",
    "503.html",
}


def relative(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def mentioned() -> str:
    """All words of Python and templates in which a template could be named."""
    sources = [*house.files(*CODE), *TEMPLATES.rglob("*.*"), *(house.ROOT / "tests").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources if path.is_file())


def built() -> list[re.Pattern[str]]:
    """Names put together in the code: f"applications/step_{step}.html"."""
    found = []
    for path in house.files(*CODE):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.JoinedStr) and ast.unparse(node).endswith((".html'", ".txt'")):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
                ]
                found.append(re.compile("".join(map(str, parts))))
    return found


def test_no_template_is_unused() -> None:
    """Components may wait for their page: tests/look renders each, docs/components.md describes it."""
    words, patterns = mentioned(), built()
    unused = []
    for path in sorted(TEMPLATES.rglob("*")):
        name = relative(path)
        if path.is_dir() or name in KNOWN or name.startswith("admin/") or any(one.fullmatch(name) for one in patterns):
            continue
        if path.parent.name == "components" and not path.name.startswith("_"):
            continue
        if name not in words:
            unused.append(name)
    assert unused == []


def test_every_page_extends_a_frame() -> None:
    alone = []
    for path in TEMPLATES.rglob("*.html"):
        first = relative(path).split("/")[0]
        if first in {"components", "emails", "pdf", "admin"} or first.startswith("base") or path.name.startswith("_"):
            continue
        source = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if not source.lstrip().startswith('{% extends "'):
            alone.append(relative(path))
    assert alone == []


def test_no_text_slips_through_untranslated() -> None:
    """Latvian letters in a template mean a text that is not in the catalogue."""
    wrong = []
    for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]:
        if path.is_relative_to(TEMPLATES / "demo"):  # the examples of /komponentes are data, as the demo's rows are
            continue
        bare = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if re.search(r"[āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ]", bare):
            wrong.append(relative(path))
    assert wrong == []


def test_no_word_of_the_portal_is_written_in_python() -> None:
    """Texts are English in the code and Latvian in the catalogue; rows of migrations and the demo are data."""
    wrong = []
    for path in house.files(*CODE):
        if path.is_relative_to(house.ROOT / "stars/demo") or "content" in path.parts:
            continue
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(house.tree(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            f"{house.name(path)}:{node.lineno}: {node.value[:60]}"
            for node in ast.walk(house.tree(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
            and re.search(r"[āčēģīķļņšū]\w*\s+\w+", node.value)
        ]
    assert wrong == []
