import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.pages import invariants

CLEAN, BROKEN, COULD_NOT_RUN = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Asks whether everything that must always be true is true (AC-03). Exit status: 0 yes, 1 no, 2 could not run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
        parser.add_argument(
            "--acked", type=Path, metavar="FILE", help="what a driver saw accepted, one JSON object a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            acked = invariants.read_acknowledged(options["acked"]) if options["acked"] else None
            with invariants.snapshot():
                found = invariants.check(acked)
        except Exception as error:  # noqa: BLE001 - whatever stops the check is "could not run", never "clean"
            self.stderr.write(f"could not run: {type(error).__name__}: {error}")
            sys.exit(COULD_NOT_RUN)
        asked = [*invariants.RULES, *(["I3"] if acked is not None else [])]
        if options["json"]:
            said = {"clean": not found, "asked": asked, "breaches": [breach.as_json() for breach in found]}
            self.stdout.write(json.dumps(said, indent=1))
        else:
            for breach in found:
                self.stdout.write(f"{breach.rule}: {breach.count} {breach.says}: {', '.join(breach.ids)}")
            verdict = "clean" if not found else f"{len(found)} broken"
            self.stdout.write(f"{len(asked)} rules, {verdict}, {time.monotonic() - began:.1f} s")
        sys.exit(BROKEN if found else CLEAN)
