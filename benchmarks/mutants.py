"""DEP-04, H6: how many small mistakes in permissions, ledger, places and windows the tests of each would notice.

`.venv/bin/python -m benchmarks.mutants [--most 30] [--seed 47] [places windows]` works in a copy of the committed tree:
one mistake at a time, the tests of its subject until the first fails. Half a minute to two minutes each; what
stands is to be looked at.
"""

import argparse
import ast
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.install import ROOT

PATIENCE_SECONDS = 900
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SUBJECTS = {
    "permissions": (
        [f"{app}/policies.py" for app in ("accounts", "applications", "catalog", "funding", "calls")],
        ["tests/{app}", "tests/architecture/test_matrix.py"],
    ),
    "ledger": (["funding/services/ledger.py"], ["tests/funding"]),
    "places": (["applications/services/submitting.py", "catalog/services/publishing.py"], ["tests/applications"]),
    "windows": (
        ["catalog/selectors/rounds.py", "applications/selectors/options.py"],
        ["tests/catalog/test_rounds.py", "tests/catalog/test_programme_page.py", "tests/applications"],
    ),
}

ONLY = {"catalog/services/publishing.py": {"take_place_at", "free_place"}}  # the rest of the file is no place


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: what kind, at which node of the file's tree."""

    path: str
    node: int
    kind: str
    line: int

    def written(self, source: str) -> str:
        tree = ast.parse(source)
        nodes = list(ast.walk(tree))
        node = nodes[self.node]
        match node:
            case ast.Compare():
                node.ops[0] = TURNED[type(node.ops[0])]()
            case ast.BoolOp():
                node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            case ast.Constant():
                node.value = not node.value if self.kind == "flag" else int(str(node.value)) + 1
            case _:
                _replace(nodes, node, node.operand if isinstance(node, ast.UnaryOp) else ast.Pass())
        return ast.unparse(ast.fix_missing_locations(tree))


def _replace(nodes: list[ast.AST], old: ast.AST, new: ast.AST) -> None:
    for parent in nodes:
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and old in value:
                value[value.index(old)] = ast.copy_location(new, old)


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Comparisons turned, "and" for "or", "not" left out, numbers and flags changed, calls and refusals left out."""
    tree = ast.parse(source)
    wanted = [one for one in tree.body if getattr(one, "name", "") in ONLY[path]] if path in ONLY else tree.body
    inside = {id(node) for one in wanted for node in ast.walk(one)} - {id(node) for node in _decorators(tree)}
    for place, node in enumerate(ast.walk(tree)):
        kind = ""
        match node:
            case ast.Compare(ops=[operator, *_]) if type(operator) in TURNED:
                kind = "comparison"
            case ast.BoolOp():
                kind = "and, or"
            case ast.UnaryOp(op=ast.Not()):
                kind = "not"
            case ast.Constant(value=bool()):
                kind = "flag"
            case ast.Constant(value=int()):
                kind = "number"
            case ast.Raise() | ast.Expr(value=ast.Call()):
                kind = "left out"
        if kind and id(node) in inside:
            yield Mutant(path, place, kind, getattr(node, "lineno", 0))


def _decorators(tree: ast.AST) -> Iterator[ast.AST]:
    """Whether a dataclass is frozen or has slots is no behaviour a test of these subjects could see."""
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", []):
            yield from ast.walk(decorator)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subjects", nargs="*", default=list(SUBJECTS), help="of: " + ", ".join(SUBJECTS))
    parser.add_argument("--most", type=int, default=30, help="of each subject")
    parser.add_argument("--seed", type=int, default=47)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stars-mutants-") as folder:
        tree = Path(folder) / "stars"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tree)], check=True)
        for subject in asked.subjects:
            paths, tests = SUBJECTS[subject]
            _measure(tree, subject, paths, tests, asked.most, random.Random(asked.seed))
        shutil.rmtree(tree)


def _measure(tree: Path, subject: str, paths: list[str], tests: list[str], most: int, chance: random.Random) -> None:
    for app in sorted({path.split("/")[0] for path in paths}):
        if failed := _first_failure(tree, tests, app):
            raise SystemExit(
                f"{subject}: the tests of {app} fail without any mistake, so they notice nothing: {failed}"
            )
    found = [one for path in paths for one in mutants(path, (tree / path).read_text())]
    chosen = chance.sample(found, min(most, len(found)))
    noticed = 0
    for mutant in chosen:
        failed = _failure_with(tree, mutant, tests)
        noticed += bool(failed)
        print(
            f"  {'noticed' if failed else 'STANDS '}  {mutant.path}:{mutant.line} {mutant.kind}  {failed}", flush=True
        )
    print(f"{subject:<12} {noticed} of {len(chosen)} noticed, {100 * noticed / len(chosen):.0f} % (goal 75 %)")


def _failure_with(tree: Path, mutant: Mutant, tests: list[str]) -> str:
    path = tree / mutant.path
    source = path.read_text()
    path.write_text(mutant.written(source))
    try:
        return _first_failure(tree, tests, mutant.path.split("/")[0])
    finally:
        path.write_text(source)


def _first_failure(tree: Path, tests: list[str], app: str) -> str:
    """Which of the tests of an app's subject fails first, so that a chance failure can be told; "" when all pass."""
    asked = ["bin/test", "-q", "-x", "--no-header", *(one.format(app=app) for one in tests)]
    try:
        ended = subprocess.run(asked, cwd=tree, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "never ended"
    named = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (named or [f"exit {ended.returncode}"])[0].split(" - ")[0] if ended.returncode else ""


if __name__ == "__main__":
    main()
