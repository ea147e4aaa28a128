"""No template lies unused, and pages stand where their view is."""

import re
from pathlib import Path

from tests.architecture import house

TEMPLATES = house.ROOT / "templates"
CODE = ("accounts", "applications", "catalog", "funding", "stars")
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


def test_no_template_is_unused() -> None:
    words = mentioned()
    unused = []
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_dir() or relative(path) in KNOWN or relative(path).startswith("admin/"):
            continue
        if path.parent.name == "components" and not path.name.startswith("_"):
            used = re.search(rf"<c-{path.stem.replace('_', '-')}[\s/>]", words)
        else:
            used = relative(path) in words
        if not used:
            unused.append(relative(path))
    assert unused == []


def test_every_page_extends_a_frame() -> None:
    alone = []
    for path in TEMPLATES.rglob("*.html"):
        first = relative(path).split("/")[0]
        if first in {"components", "emails", "pdf", "admin"} or first.startswith("base") or path.name.startswith("_"):
            continue
        if not re.match(
            r"\s*(\{#.*?#\}\s*)*\{% extends \"base\w*\.html\" %\}", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            alone.append(relative(path))
    assert alone == []


def test_no_text_slips_through_untranslated() -> None:
    """Latvian letters in a template mean a text that is not in the catalogue."""
    wrong = []
    for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]:
        bare = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if re.search(r"[āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ]", bare):
            wrong.append(relative(path))
    assert wrong == []


def test_no_word_of_the_portal_is_written_in_python() -> None:
    """Texts people read are English in the code and Latvian in the catalogue; data of migrations and demo are data."""
    wrong = []
    for path in house.files(*CODE):
        if path.is_relative_to(house.ROOT / "stars/demo") or "content" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"[\"'][^\"'#]*[āčēģīķļņšūž]{1}[^\"']*[\"']", line) and "#" not in line:
                wrong.append(f"{house.name(path)}:{number}: {line.strip()[:80]}")
    assert wrong == []
