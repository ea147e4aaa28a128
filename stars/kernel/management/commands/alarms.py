import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.kernel import alarms


class Command(BaseCommand):
    help = "Lists what a person must look at (reliability.md 9). Exit status: 0 nothing, 1 something rings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = alarms.ringing()
        if options["json"]:
            self.stdout.write(json.dumps({"alarms": [alarm.as_json() for alarm in found]}, indent=1))
        else:
            for alarm in found:
                self.stdout.write(f"{alarm.name}: {alarm.count}: {alarm.what}")
            self.stdout.write(f"{len(found)} alarms" if found else "nothing rings")
        sys.exit(1 if found else 0)
