"""Every app has the same rooms, files stay small, and nothing is imported where it may not be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import house

ROOMS = {
    *("states", "models", "policies", "selectors", "services", "forms", "views", "tasks", "signals", "receivers"),
    *("errors", "admin", "urls", "apps", "management", "migrations", "__init__"),
}
# A room of another name needs its reason.
EXTRA_ROOMS: dict[str, dict[str, str]] = {
    "stars/kernel": {
        "sheets": "tables as files for spreadsheet programs, for every app",
        "actor": "who acts, known to every app",
        "alarms": "what a person must look at, asked of the data",
        "audit": "the only writer of the audit trail",
        "acts": "the words for what stands in the trail",
        "kept": "names of what is kept in the cache",
        "by_hand": "rows the agency writes itself, each change in the trail",
        "beat": "Celery's clock, of which one rings",
        "direct": "a connection past Django's pool, for probes and locks",
        "health": "what the portal needs and how it is",
        "jobs": "the run log of what runs by the clock",
        "keys": "whether the keys are this database's, and their change",
        "lists": "what every list of the admin keeps to",
        "logs": "one line an event with the request id",
        "look": "text size, contrast and colours of this browser, on error pages too",
        "middleware": "first and last thing of each request",
        "money": "cents and rounding",
        "place": "whether this database is still where it was, or a restored copy",
        "compiled": "queries whose SQL is written once a process",
        "pooled": "a connection of Django's pool",
        "refusals": "a service's no becomes a form error",
        "secrets": "sealed fields and the blind index",
        "security": "the list of security events and their lines in the log",
        "templatetags": "formats, icons, charts of every page",
        "transactions": "what a service does when the database says not now",
        "static": "how static files are gathered and made small",
        "toasts": "a message with a way back",
        "typed": "form fields for days, sums and account numbers",
        "working_days": "the calendar terms are counted by, pure",
    },
    "accounts": {
        "middleware": "puts the actor on the request",
        "gates": "who may open a view",
        "backends": "Django's hook for signing in",
        "browsers": "what is known of the browser that signs in",
        "passwords": "rules of a password and the offline list, Django's hook",
        "registries": "the state's registers behind one question, strict and pure",
        "totp": "codes of an authenticator app, pure",
        "sso": "the state's sign-on behind one adapter",
    },
    "applications": {"questions": "wording and rules of the form's questions, pure"},
    "calls": {
        "contents": "fields of a programme, their reading and their weighing against a call, pure",
        "costs": "what an offered programme may cost and how that was reckoned, pure",
        "results": "averages, agreement and places of scores, pure",
    },
    "catalog": {"search": "folding and stems of Latvian words, pure"},
    "stars/files": {
        "contents": "what a file really is, told from its bytes by parsers; pure",
        "pdf": "makes PDFs in a process of its own",
        "signatures": "who signed a file, unbroken and stamped when, told from its bytes; pure",
        "telling": "what a page tells of a file and of its signatures",
        "taking": "how a view of any app takes files and holds them while a form is corrected",
        "handing": "how any app's view gives out a PDF",
    },
    "funding": {
        "rates": "pure arithmetic of prices and shares",
        "rules": "which fact decides each rule of the target group, pure",
    },
    "stars/demo": {
        "loading": "rows of the demo, app by app",
        "acceptance": "rows of the acceptance machine (AC-02)",
        "signing": "invented signers whose signatures are true",
    },
    "stars/pages": {
        "retention": "what goes by itself after its time, beside the model that says when",
        "agency": "the admin's menu and first page",
        "content": "the agency's first texts, as rows to load",
        "invariants": "what must always be true of the data, asked across apps",
        "navigation": "context processor of the menus",
        "structured": "a programme as search engines read it, pure",
        "own_data": "what a person may know of their own data: who looked, what is kept, the file of it",
        "texts": "plain text with headings and lists into safe pieces",
    },
}
JUNK_DRAWERS = {"utils", "helpers", "common", "managers", "constants", "misc", "util", "helper", "base_views"}
WEB = ("django.http", "django.shortcuts", "django.contrib.messages")
# Q, F, lazy texts are fine everywhere; HttpRequest as an annotation of the actor's request lives in the kernel only.
PURE = {"delay_before"}  # arithmetic among the services: nothing is changed, one argument is clear
NO_WEB_ROOMS = {"services", "selectors", "policies", "models", "states", "signals", "errors", "rates"}


def rooms() -> Iterator[tuple[str, Path, str]]:
    for app in house.APPS:
        for path in house.files(app):
            yield app, path, house.module_of(path, app)


@pytest.mark.parametrize("app", house.APPS)
def test_every_app_has_the_same_rooms(app: str) -> None:
    found = {house.module_of(path, app) for path in house.files(app)}
    strange = found - ROOMS - set(EXTRA_ROOMS.get(app, {}))
    assert strange == set(), f"a room of this name needs its reason in {__name__}"


@pytest.mark.parametrize("app", EXTRA_ROOMS)
def test_every_reason_has_its_room(app: str) -> None:
    found = {house.module_of(path, app) for path in house.files(app)}
    assert set(EXTRA_ROOMS[app]) - found == set()


def test_no_junk_drawer() -> None:
    assert [house.name(path) for path in house.files() if {path.stem, *path.parent.parts} & JUNK_DRAWERS] == []


@pytest.mark.parametrize("path", house.files(), ids=house.name)
def test_files_stay_small(path: Path) -> None:
    most = 800 if "tests" in path.parts else 500
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("path", [path for path in house.files() if path.name != "apps.py"], ids=house.name)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    functions = [
        node for node in ast.walk(house.tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [f"line {line}: {what}" for function in functions for what, line in house.imported(function)] == []


def test_the_rules_of_the_portal_know_nothing_of_the_web() -> None:
    wrong = [
        f"{house.name(path)}:{line} {what}"
        for _, path, room in rooms()
        if room in NO_WEB_ROOMS
        for what, line in house.imported(house.tree(path))
        if what.startswith(WEB)
    ]
    assert wrong == []


def test_forms_never_save() -> None:
    wrong = []
    for _, path, room in rooms():
        if room == "forms":
            calls = [
                node for node in ast.walk(house.tree(path)) if isinstance(node, ast.FunctionDef) and node.name == "save"
            ]
            kinds = [what for what, _ in house.imported(house.tree(path)) if what.endswith("ModelForm")]
            wrong += [f"{house.name(path)}:{node.lineno}" for node in calls] + [
                f"{house.name(path)} {kind}" for kind in kinds
            ]
    assert wrong == []


def test_views_are_functions() -> None:
    wrong = [
        f"{house.name(path)}:{line} {what}"
        for _, path, room in rooms()
        if room == "views"
        for what, line in house.imported(house.tree(path))
        if what.startswith("django.views.generic") or what == "django.views.View"
    ]
    assert wrong == []


def services() -> list[tuple[Path, ast.FunctionDef]]:
    """The actions of the portal: what `<app>.services` offers, not what its files share among themselves."""
    found = []
    for app in house.APPS:
        folder, file = house.ROOT / app / "services", house.ROOT / app / "services.py"
        door = folder / "__init__.py"
        offered = {what.rpartition(".")[2] for what, _ in house.imported(house.tree(door))} if door.exists() else None
        for path in house.files(f"{app}/services") if folder.is_dir() else [file] if file.exists() else []:
            for node in house.tree(path).body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                if offered is None or node.name in offered:
                    found.append((path, node))
    return found


def test_services_take_names_and_say_why_they_exist() -> None:
    wrong = []
    for path, function in services():
        if (function.args.args or function.args.posonlyargs) and function.name not in PURE:
            wrong.append(f"{house.name(path)}:{function.lineno} {function.name} takes arguments without their names")
        if ast.get_docstring(function) is None:
            wrong.append(f"{house.name(path)}:{function.lineno} {function.name} does not say why it exists")
    assert wrong == []


def test_every_service_is_tested_by_name() -> None:
    """By its own name, or by the name of the signal whose receiver does nothing but call it."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in house.files("tests"))
    heard = "\n".join(path.read_text(encoding="utf-8") for _, path, room in rooms() if room == "receivers")
    untested = {function.name for _, function in services() if function.name not in tests}
    assert sorted(name for name in untested if f"services.{name}(" not in heard) == []


def test_no_model_signals() -> None:
    names = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    wrong = [
        f"{house.name(path)}:{line} {what}"
        for _, path, _ in rooms()
        for what, line in house.imported(house.tree(path))
        if what.rpartition(".")[2] in names
    ]
    assert wrong == []


def test_nobody_catches_everything_quietly() -> None:
    """`except Exception` raises again, or its reason stands beside it (BLE001)."""
    wrong = []
    for path in house.files("accounts", "applications", "calls", "catalog", "documents", "funding", "stars"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "Exception"):
                raises_again = isinstance(node.body[-1], ast.Raise)
                if not raises_again and "noqa: BLE001 - " not in lines[node.lineno - 1]:
                    wrong.append(f"{house.name(path)}:{node.lineno}")
    assert wrong == []


def test_no_debt_is_marked_and_left() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    wrong = [
        f"{house.name(path)}: {mark}"
        for path in house.files()
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_lock_files_name_no_host() -> None:
    folder = house.ROOT / "requirements"
    assert [path.name for path in folder.iterdir() if "://" in path.read_text(encoding="utf-8")] == []


def test_every_requirement_has_its_reason() -> None:
    reasons = (house.ROOT / "docs/adr/0002-dependencies.md").read_text(encoding="utf-8").lower()
    names = []
    for path in (house.ROOT / "requirements").glob("*.in"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                names.append(
                    line.partition("[")[0].partition(">")[0].partition("=")[0].partition("<")[0].strip().lower()
                )
    assert [name for name in names if f"`{name}`" not in reasons] == []
