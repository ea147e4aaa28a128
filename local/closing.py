"""The last words of bin/serve's start: where everything is, and who can sign in."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WHO = {
    "learner": "Learners: Pieslēgties → Iedzīvotājs → Smart-ID, then choose the name or type anyone's",
    "coordinator": "Municipal coordinators: Pieslēgties → Pašvaldības koordinators, then choose the name",
    "consultant": "Career consultants: Pieslēgties → Karjeras konsultants, then choose the name",
    "institution": "People of an institution and of the commission",
    "agency": "Agency staff",
}
BY_SIGN_ON = {"learner", "coordinator", "consultant"}


def table(at: dict[str, int], logins: Path, seconds: float) -> str:
    """The whole text; plain where the output is no terminal."""
    portal = f"http://127.0.0.1:{at['web']}"
    lines = ["", _bold(f"STARS is ready ({seconds:.1f} s)."), ""]
    lines += _rows(
        [
            ("Portal", portal, "agency: /admin/, institutions: /provider/login"),
            ("Single sign-on", f"http://localhost:{at['sso']}", "stands in for the state's page"),
            ("Mail that arrived", f"http://127.0.0.1:{at['mail']}", f"SMTP on port {at['smtp']}"),
            (
                "One-time codes",
                f"http://127.0.0.1:{at['mail']}/kodi",
                "the authenticator app of agency and administrators",
            ),
            ("Registries", f"http://127.0.0.1:{at['registries']}", "FPR, VID, VIIS"),
            ("Virus scanner", f"http://127.0.0.1:{at['scanner_page']}", f"clamd's protocol on port {at['scanner']}"),
        ]
    )
    lines += _who(portal, _read(logins))
    lines += ["", "Logs: var/log. Ctrl-C ends everything; bin/serve --fresh begins anew.", ""]
    return "\n".join(lines)


def _who(portal: str, people: Sequence[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for who, title in WHO.items():
        found = [person for person in people if person.get("who") == who]
        if not found:
            continue
        address = "" if who in BY_SIGN_ON else f": {portal}{found[0].get('address', '')}"
        lines += ["", _bold(f"{title}{address}")]
        lines += _rows(
            [[str(person[key]) for key in ("name", "login", "password", "shows") if person[key]] for person in found]
        )
    return lines


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _read(logins: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(logins.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [person for person in found if isinstance(person, dict)] if isinstance(found, list) else []


def _bold(text: str) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\033[1m{text}\033[0m"
