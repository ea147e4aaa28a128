"""Pages are made of components, and no template holds what the content security policy forbids."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.look.tokens import ROOT

TEMPLATES = ROOT / "templates"
FRAME = {"base.html", "base_side.html", "base_bare.html", "base_error.html"}
FORBIDDEN = {
    "a style attribute": r"""\sstyle\s*=""",
    "an event handler": r"""<[^>]*\son[a-z]+\s*=""",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "a data address": r"""["'(]data:""",
    "a javascript address": r"javascript:",
}


def html_files() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if path.relative_to(TEMPLATES).parts[0] != "emails"]


def is_page(path: Path) -> bool:
    first = path.relative_to(TEMPLATES).parts[0]
    return first not in {"components", "admin", "pdf", *FRAME}


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def source(path: Path) -> str:
    text = re.sub(r"{#.*?#}|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"{%\s*comment\b.*?endcomment\s*%}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", html_files(), ids=name)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_the_policy_forbids(path: Path, what: str) -> None:
    assert not re.search(FORBIDDEN[what], source(path)), what


@pytest.mark.parametrize("path", [path for path in html_files() if is_page(path)], ids=name)
def test_pages_carry_no_css_class(path: Path) -> None:
    without_frame = re.sub(r"{%\s*block html_class\s*%}.*?{%\s*endblock", "", source(path))
    assert not re.search(r"\sclass\s*=", without_frame)


@pytest.mark.parametrize("path", html_files(), ids=name)
def test_every_button_says_its_type(path: Path) -> None:
    assert not re.findall(r"<button(?![^>]*\btype=)[^>]*>", source(path))


@pytest.mark.parametrize("path", html_files(), ids=name)
def test_every_component_used_exists(path: Path) -> None:
    used = set(re.findall(r"<c-([a-z0-9-]+)", source(path))) - {"vars", "slot"}
    missing = [one for one in used if not (TEMPLATES / "components" / f"{one.replace('-', '_')}.html").is_file()]
    assert missing == []


@pytest.mark.parametrize("path", html_files(), ids=name)
def test_templates_compile(path: Path) -> None:
    assert get_template(name(path))


def test_every_component_is_described() -> None:
    described = (ROOT / "docs/components.md").read_text(encoding="utf-8")
    components = [p.stem.replace("_", "-") for p in (TEMPLATES / "components").glob("[!_]*.html")]
    assert [one for one in components if not re.search(rf"\bc-{one}(?![\w-])", described)] == []
