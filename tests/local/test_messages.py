"""Merging the Latvian of every area, and finding what is missing, doubled or stale."""

from pathlib import Path

import polib
import pytest

from local import messages

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
PLURAL = (
    'msgid "%(n)s place"\nmsgid_plural "%(n)s places"\n'
    'msgstr[0] "%(n)s vieta"\nmsgstr[1] "%(n)s vietas"\nmsgstr[2] "%(n)s vietu"\n'
)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, value in {
        "ROOT": tmp_path,
        "PARTS": folder,
        "CATALOGUE": tmp_path / "lv" / "django.po",
        "COMPILED": tmp_path / "lv" / "django.mo",
    }.items():
        monkeypatch.setattr(messages, name, value)
    return folder


def write(parts: Path, name: str, text: str) -> None:
    (parts / f"{name}.po").write_text(HEADER + text, encoding="utf-8")


def test_parts_become_one_catalogue_that_compiles_to_the_same(parts: Path) -> None:
    write(parts, "b", 'msgid "Save"\nmsgstr "Saglabāt"\n\n' + PLURAL)
    write(parts, "a", 'msgid "Save"\nmsgstr "Saglabāt"\n\nmsgctxt "month"\nmsgid "May"\nmsgstr "Maijs"\n')
    faults: list[str] = []
    merged = messages.merge(faults)
    assert faults == []
    assert len(merged) == 3
    assert messages.find_stale(merged) != []
    messages.save(merged)
    assert messages.find_stale(merged) == []
    compiled = polib.mofile(str(messages.COMPILED))
    assert compiled.find("%(n)s place").msgstr_plural[2] == "%(n)s vietu"
    assert compiled.find("May", msgctxt="month").msgstr == "Maijs"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('msgid "Save"\nmsgstr ""\n', "empty 'Save'"),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "Saglabāt"\n', "fuzzy 'Save'"),
        ('msgid "%(n)s"\nmsgstr "%(skaits)s"\n', "a placeholder of its own"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[1] "y"\n', "not three plural forms"),
    ],
)
def test_wrong_entries_are_told(parts: Path, text: str, fault: str) -> None:
    write(parts, "a", text)
    faults: list[str] = []
    messages.merge(faults)
    assert [one for one in faults if fault in one]


def test_two_parts_that_disagree_are_told(parts: Path) -> None:
    write(parts, "a", 'msgid "Group"\nmsgstr "Grupa"\n')
    write(parts, "b", 'msgid "Group"\nmsgstr "Kopa"\n')
    faults: list[str] = []
    messages.merge(faults)
    assert faults == ["a.po and b.po differ on 'Group': Grupa | Kopa"]


def test_strings_of_code_and_templates_are_found(parts: Path, tmp_path: Path) -> None:
    code = tmp_path / "stars" / "x.py"
    code.parent.mkdir()
    code.write_text('_("One " "piece")\npgettext_lazy("month", "May")\nngettext("%(n)s a", "%(n)s b", n)\n_(name)\n')
    page = tmp_path / "templates" / "x.html"
    page.parent.mkdir()
    page.write_text(
        '{% translate "Two" %}{% translate "May" context "verb" %}<c-x :label="_(\'Three\')" />'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} c\n{% plural %}{{ n }} d{% endblocktranslate %}"
    )
    assert set(messages.find_used()) == {
        (None, "One piece"),
        ("month", "May"),
        (None, "%(n)s a"),
        (None, "Two"),
        ("verb", "May"),
        (None, "Three"),
        (None, "%(n)s c"),
    }


def test_looking_fails_on_a_missing_message(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stars").mkdir()
    (tmp_path / "stars" / "x.py").write_text('_("Missing")\n')
    (tmp_path / "templates").mkdir()
    write(parts, "a", 'msgid "Unused"\nmsgstr "Lieks"\n')
    monkeypatch.setattr("sys.argv", ["messages"])
    assert messages.main() == 0
    monkeypatch.setattr("sys.argv", ["messages", "--check"])
    assert messages.main() == 1
    told = capsys.readouterr().out
    assert "no Latvian for 'Missing' (stars/x.py)" in told
    assert "unused: 'Unused'" in told
