"""Slips of scanning and typing in the old manuals stay out of everything people read (screens.md 2.1)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLIPS = [
    *("Valss", "agentūra", "pieteikša nās", "ldentifikācija", "līdzekti", "atbilistoš", "levelciet", "Drag & Drop"),
    *("uzytmts", "vēsturo", "talākirglītības", "Macību", "rakstišan", "Manas spējās", "apstīprināt", "līdz šīm"),
    *("pieprašījum", "brivdien", "parvaldības", "joma kuru", "vēlaties pagūt", "savadījusi", "Digitālas prasmes"),
    *("Programmu veids", "DigComp kompetenču jomas", "Atveseļošanās"),
]
FOREIGN = "[äëïöüÄËÏÜ]"  # letters the scan put for ā, ē, ī, ū
READ = [
    *(ROOT / "templates").rglob("*.html"),
    *(ROOT / "templates").rglob("*.txt"),
    *(ROOT / "locale").rglob("*.po"),
    *(path for path in (ROOT / "stars").rglob("*.json")),
    *(path for path in (ROOT / "stars").rglob("*.py")),
    *(
        path
        for app in ("accounts", "applications", "catalog", "documents", "funding")
        for path in (ROOT / app).rglob("*.py")
    ),
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sorted(READ), ids=name)
def test_no_slip_of_the_scan(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [slip for slip in SLIPS if slip in text] == []
    if path.suffix != ".py":
        assert re.findall(rf"\w*{FOREIGN}\w*", text) == []
