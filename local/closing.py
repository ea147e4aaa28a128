"""The last words of bin/serve's start: where everything is, and who can sign in."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def table(at: dict[str, int], logins: Path, seconds: float) -> str:
    """The whole text; plain where the output is no terminal."""
    portal = f"http://127.0.0.1:{at['web']}"
    lines = ["", _bold(f"STARS is ready ({seconds:.1f} s)."), ""]
    lines += _rows(
        [
            ("Portal", portal, "agency: /admin/, institutions: /provider/login"),
            ("Single sign-on", f"http://localhost:{at['sso']}", "stands in for the state's page"),
            ("Mail that arrived", f"http://127.0.0.1:{at['mail']}", f"SMTP on port {at['smtp']}"),
            ("Registries", f"http://127.0.0.1:{at['registries']}", "FPR, VID, VIIS"),
            ("Virus scanner", f"http://127.0.0.1:{at['scanner_page']}", f"clamd's protocol on port {at['scanner']}"),
        ]
    )
    lines += _who(portal, _read(logins))
    lines += ["", "Logs: var/log. Ctrl-C ends everything; bin/serve --fresh begins anew.", ""]
    return "\n".join(lines)


def _who(portal: str, logins: dict[str, Any]) -> list[str]:
    """The people of `manage.py demo_logins --json`, each with what they show."""
    lines: list[str] = []
    people = [(str(one.get("name", "")), str(one.get("shows", ""))) for one in logins.get("people", [])]
    if people:
        lines += ["", _bold("Learners: Pieslēgties → Iedzīvotājs → Smart-ID, then choose the name"), *_rows(people)]
    if logins.get("anyone"):
        lines += [f"  Or {logins['anyone']}."]
    for key, title, path in (("employee", "An institution", "/provider/login"), ("agency", "The agency", "/admin/")):
        if one := logins.get(key):
            lines += [
                "",
                _bold(f"{title}: {portal}{path}"),
                *_rows([(one["email"], one["password"], one.get("shows", ""))]),
            ]
    return lines


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _read(logins: Path) -> dict[str, Any]:
    try:
        found = json.loads(logins.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _bold(text: str) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\033[1m{text}\033[0m"
