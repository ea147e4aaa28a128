"""Slips of scanning and typing in the old manuals stay out of everything people read (screens.md 2.1)."""

import re
from pathlib import Path

import polib
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
    *(path for path in (ROOT / "stars").rglob("*.txt")),
    *(path for path in (ROOT / "standins").rglob("*.py")),
    *(path for path in (ROOT / "tests/labels").glob("*.json")),
    *(
        path
        for app in ("accounts", "applications", "calls", "catalog", "documents", "funding")
        for path in (ROOT / app).rglob("*.py")
    ),
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def slips_in(text: str, *, is_code: bool = False) -> list[str]:
    """Slips and, outside code, words with letters the scan invented."""
    return [slip for slip in SLIPS if slip in text] + ([] if is_code else re.findall(rf"\w*{FOREIGN}\w*", text))


@pytest.mark.parametrize("path", sorted(READ), ids=name)
def test_no_slip_of_the_scan(path: Path) -> None:
    assert slips_in(path.read_text(encoding="utf-8"), is_code=path.suffix == ".py") == []


def test_everything_people_read_is_looked_at() -> None:
    """Templates, e-mails, translations, choices, content, demo data and stand-ins are all among the files."""
    looked = {name(path) for path in READ}
    for wanted in (
        "templates/emails/base.txt",
        "templates/pages/programme.html",
        "locale/parts/applications.po",
        "locale/lv/LC_MESSAGES/django.po",
        "stars/pages/content/pages/60-palidziba.txt",
        "stars/pages/content/questions/questions.txt",
        "stars/demo/data/programmes.json",
        "standins/sso/pages.py",
        "accounts/models/people.py",
        "documents/forms.py",
        "tests/labels/portal.json",
    ):
        assert wanted in looked, wanted
    assert any("migrations" in wanted for wanted in looked), "rows of choices come with migrations"


def test_a_slip_is_found() -> None:
    """The control: words of the old manuals as they were scanned."""
    assert slips_in("Valss izglītības attīstības agentūra; darba dienäs") == ["Valss", "agentūra", "dienäs"]
    assert slips_in("Valsts izglītības attīstības aģentūra; darba dienās") == []


def test_a_phone_number_stays_in_one_piece() -> None:
    """No line ends between +371 and the number: not on a page, not in a letter (the agency's own texts: `texts.py`)."""
    said = [entry.msgstr for entry in polib.pofile(str(ROOT / "locale/lv/LC_MESSAGES/django.po"), encoding="utf-8")]
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "deploy").glob("*.html")]
    source = re.compile(r"{% blocktranslate.*?endblocktranslate %}|{% translate.*?%}", re.DOTALL)
    said += [source.sub("", path.read_text(encoding="utf-8")) for path in pages]
    assert [text[:80] for text in said if re.search(r"\+371 \d", text)] == []
