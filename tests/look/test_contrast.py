"""Every colour pair the portal uses is measured again from tokens.css (WCAG 2.2: text 4.5, shapes 3)."""

import pytest

from tests.look import tokens

THEMES = {
    "light": tokens.light(),
    "dark": tokens.light() | tokens.dark_by_choice(),
    "high contrast": tokens.high_contrast(),
    "high contrast dark": tokens.high_contrast_dark(),
}
GROUNDS = ("--surface", "--paper", "--band", "--soft")
TEXTS = ("--ink", "--ink-2", "--link", "--link-hover", "--bad", "--ok", "--warn", "--info", "--mute")
TEXT_PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((f"--{family}", f"--{family}-soft") for family in ("ok", "warn", "bad", "info", "mute")),
    *(("--ink", f"--{family}-soft") for family in ("ok", "warn", "bad", "info", "mute")),
    ("--on-main", "--main"),
    ("--on-main", "--main-hover"),
    ("--on-danger", "--danger"),
    ("--on-danger", "--danger-hover"),
    ("--on-plum", "--header"),
    ("--on-plum", "--hero"),
    ("--on-plum", "--hero-2"),
    ("--on-plum-2", "--header"),
    ("--on-plum-2", "--hero"),
    ("--on-plum", "--plum"),
    ("--on-plum-2", "--plum"),
]
SHAPE_PAIRS = [
    *(("--control", ground) for ground in GROUNDS),
    *((f"--c{number}", "--surface") for number in range(1, 6)),
    ("--sel-bar", "--soft"),
    ("--fill", "--track"),
    ("--warn", "--surface"),
]


def colour(theme: dict[str, str], name: str) -> str:
    value = theme[name]
    return theme["--ink"] if value == "currentColor" else value


def too_weak(theme: dict[str, str], pairs: list[tuple[str, str]], least: float) -> list[tuple[str, str, float]]:
    measured = ((one, other, tokens.contrast(colour(theme, one), colour(theme, other))) for one, other in pairs)
    return [(one, other, round(ratio, 2)) for one, other, ratio in measured if ratio < least]


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out(theme: str) -> None:
    assert too_weak(THEMES[theme], TEXT_PAIRS, 4.5) == []


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_stand_out(theme: str) -> None:
    assert too_weak(THEMES[theme], SHAPE_PAIRS, 3) == []


def test_a_weak_pair_is_found() -> None:
    assert too_weak(THEMES["light"], [("--lilac", "--surface")], 4.5) == [("--lilac", "--surface", 3.43)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["--gold", "--gold-2"])
def test_plum_words_on_gold_stand_out(theme: str, ground: str) -> None:
    assert tokens.contrast("#2D233D", THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", [*GROUNDS, "--hero", "--header"])
def test_one_ring_of_the_focus_shows_on_every_ground(theme: str, ground: str) -> None:
    chosen = THEMES[theme]
    assert max(tokens.contrast(ring, chosen[ground]) for ring in (chosen["--focus-ring"], "#EEB649")) >= 3


def test_the_two_dark_blocks_say_the_same() -> None:
    assert tokens.dark_by_device() == tokens.dark_by_choice()
    assert tokens.high_contrast_dark_by_device() == tokens.high_contrast_dark_by_choice()


def test_contrast_is_the_formula_of_wcag() -> None:
    assert tokens.contrast("#000", "#FFFFFF") == pytest.approx(21)
    assert tokens.contrast("#2D233D", "#EEB649") == pytest.approx(8.05, abs=0.01)
