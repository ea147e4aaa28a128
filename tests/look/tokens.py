"""Reads tokens.css the way a browser does: blocks of custom properties, later ones over earlier ones."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
Tokens = dict[str, str]


def _block(start: str) -> Tokens:
    """The declarations of the first rule that begins with these exact words."""
    at = TOKENS.index(start) + len(start)
    body = TOKENS[at : TOKENS.index("}", at)]
    return {name: value.strip() for name, value in re.findall(r"(--[\w-]+):([^;]+);", body)}


def light() -> Tokens:
    return _block("\n:root{\n  color-scheme:light;")


def dark_by_device() -> Tokens:
    return _block("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){")


def dark_by_choice() -> Tokens:
    return _block(":root[data-theme=dark]{")


def high_contrast() -> Tokens:
    return light() | _block(":root[data-contrast=high]{")


def high_contrast_dark() -> Tokens:
    return high_contrast() | _block(":root[data-contrast=high][data-theme=dark]{")


def high_contrast_dark_by_device() -> Tokens:
    return _block("@media (prefers-color-scheme:dark){:root[data-contrast=high]:not([data-theme=light]){")


def high_contrast_dark_by_choice() -> Tokens:
    return _block(":root[data-contrast=high][data-theme=dark]{")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2 for #RGB or #RRGGBB."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
