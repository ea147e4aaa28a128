"""What every architecture test reads: our Python files as syntax trees, by app."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    *("accounts", "applications", "calls", "catalog", "documents", "funding", "stars"),
    *("standins", "local", "tests", "benchmarks"),
)
APPS = (
    *("accounts", "applications", "calls", "catalog", "documents", "funding"),
    *("stars/classifiers", "stars/demo", "stars/files", "stars/kernel", "stars/notices", "stars/pages"),
)


def files(*folders: str) -> list[Path]:
    """Python files of these folders (all of our code when none is named), without migrations."""
    found = [path for folder in folders or CODE for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(module: ast.AST) -> Iterator[tuple[str, int]]:
    """(dotted name, line) of everything a piece of code imports; `from a import b` gives "a" and "a.b"."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base, node.lineno
            yield from ((f"{base}.{alias.name}".replace("..", "."), node.lineno) for alias in node.names)


def module_of(path: Path, app: str) -> str:
    """The room a file stands in: "services" for services.py and for services/deciding.py."""
    inside = path.relative_to(ROOT / app)
    return inside.parts[0].removesuffix(".py")


def our_configs() -> list[AppConfig]:
    return [
        config
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
    ]


def our_models() -> list[type[Model]]:
    return [model for config in our_configs() for model in config.get_models()]
