"""Pages are made of components, and no template holds what the content security policy forbids."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.look.tokens import ROOT

TEMPLATES = ROOT / "templates"
ELSEWHERE = {"emails", "pdf"}  # a letter and a printed document are no pages of the portal
FRAME = {"base.html", "base_side.html", "base_bare.html", "base_error.html"}
FORBIDDEN = {
    "a style attribute": r"""\sstyle\s*=""",
    "an event handler": r"""<[^>]*\son[a-z]+\s*=""",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "a data address": r"""["'(]data:""",
    "a javascript address": r"javascript:",
}


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def source(path: Path) -> str:
    text = re.sub(r"{#.*?#}|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"{%\s*comment\b.*?endcomment\s*%}", "", text, flags=re.DOTALL)


def templates() -> dict[str, str]:
    """Every template a browser gets, by name, without its comments."""
    paths = (
        path for path in sorted(TEMPLATES.rglob("*.html")) if path.relative_to(TEMPLATES).parts[0] not in ELSEWHERE
    )
    return {name(path): source(path) for path in paths}


def pages() -> dict[str, str]:
    return {
        name: text for name, text in templates().items() if Path(name).parts[0] not in {"components", "admin", *FRAME}
    }


def uses(text: str) -> Iterator[str]:
    return (one for one in re.findall(r"<c-([a-z0-9-]+)", text) if one not in {"vars", "slot"})


def test_there_are_templates_to_look_at() -> None:
    assert "base.html" in templates()
    assert "404.html" in pages()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_the_policy_forbids(what: str) -> None:
    assert [name for name, text in templates().items() if re.search(FORBIDDEN[what], text)] == []


def test_pages_carry_no_css_class() -> None:
    frame = r"{%\s*block html_class\s*%}.*?{%\s*endblock"
    assert [name for name, text in pages().items() if re.search(r"\sclass\s*=", re.sub(frame, "", text))] == []


def test_every_button_says_its_type() -> None:
    assert [name for name, text in templates().items() if re.search(r"<button(?![^>]*\btype=)[^>]*>", text)] == []


def test_every_component_used_exists() -> None:
    missing = {
        (name, one)
        for name, text in templates().items()
        for one in uses(text)
        if not (TEMPLATES / "components" / f"{one.replace('-', '_')}.html").is_file()
    }
    assert missing == set()


def test_every_component_has_its_example_on_komponentes() -> None:
    """A component without an example cannot be looked at; those of the frame are seen around the page itself."""
    shown = [text for name, text in templates().items() if name.startswith("demo/") or name in FRAME]
    frame = source(TEMPLATES / "components/top.html")
    examples = {one.replace("-", "_") for text in [*shown, frame] for one in uses(text)}
    assert {path.stem for path in (TEMPLATES / "components").glob("[!_]*.html")} - examples == set()


def test_every_template_compiles() -> None:
    assert all(get_template(name) for name in templates())


def test_every_component_is_described() -> None:
    described = (ROOT / "docs/components.md").read_text(encoding="utf-8")
    components = [p.stem.replace("_", "-") for p in (TEMPLATES / "components").glob("[!_]*.html")]
    assert [one for one in components if not re.search(rf"\bc-{one}(?![\w-])", described)] == []
