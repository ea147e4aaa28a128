"""The style sheets work in old browsers, ask nothing from outside and stay small."""

import gzip
import re
from pathlib import Path

import pytest
import rjsmin

from tests.look.tokens import ROOT

SHEETS = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
PORTAL = [ROOT / "static/css" / name for name in ("tokens.css", "base.css", "components.css", "print.css")]
TOO_NEW = (":has(", "@layer", "@container", "light-dark(", "color-mix(")


def bare(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def by_name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("sheet", SHEETS, ids=by_name)
def test_nothing_an_old_browser_does_not_know(sheet: Path) -> None:
    assert [word for word in TOO_NEW if word in bare(sheet)] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=by_name)
def test_no_nested_rules(sheet: Path) -> None:
    """A rule inside a rule that is no at-rule would be CSS nesting."""
    open_rules: list[str] = []
    for piece in re.findall(r"[^{}]*[{}]", bare(sheet)):
        if piece.endswith("}"):
            open_rules.pop()
            continue
        selector = piece[:-1].rsplit(";", 1)[-1].strip()
        assert not open_rules or open_rules[-1].startswith("@"), selector
        open_rules.append(selector)
    assert open_rules == []


@pytest.mark.parametrize("sheet", SHEETS, ids=by_name)
def test_every_address_is_a_file_of_ours(sheet: Path) -> None:
    addresses = re.findall(r"url\(([^)]*)\)", bare(sheet))
    missing = [one for one in addresses if not (sheet.parent / one.strip("'\"")).resolve().is_file()]
    assert missing == []
    assert "data:" not in bare(sheet)
    assert "@import" not in bare(sheet)


def test_every_token_used_exists() -> None:
    declared = set(re.findall(r"(--[\w-]+):", "".join(map(bare, SHEETS))))
    used = {name for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)", bare(sheet))}
    assert used - declared == set()


def test_budget_of_styles_is_22_kilobytes() -> None:
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in PORTAL) <= 22 * 1024


def test_budget_of_own_scripts_is_6_kilobytes() -> None:
    """As they go out: collectstatic leaves the comments behind."""
    assert sum(len(gzip.compress(rjsmin.jsmin(script.read_bytes()))) for script in SCRIPTS) <= 6 * 1024


def test_budget_of_fonts_is_50_kilobytes() -> None:
    assert sum(font.stat().st_size for font in (ROOT / "static/fonts").glob("*.woff2")) <= 50 * 1024


@pytest.mark.parametrize("script", SCRIPTS, ids=by_name)
def test_scripts_need_no_eval_and_no_style(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|\.style\b|document\.write", source)


def test_fonts_do_not_carry_the_reserved_name() -> None:
    names = [font.name for font in (ROOT / "static/fonts").iterdir()]
    assert not [name for name in names if "source" in name.lower()]
    assert "LICENSE-Stars-Sans.txt" in names
    assert "LICENSE-Stars-Serif.txt" in names
