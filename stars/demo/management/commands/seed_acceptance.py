import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.demo import acceptance


class Command(BaseCommand):
    help = "Fills an empty migrated database for acceptance and prints one JSON document that names everything (AC-02)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, required=True, help="the same number gives the same rows, ids and JSON")
        parser.add_argument("--scale", choices=("small", "large"), default="small", help="large: the load set")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = acceptance.build(options["seed"], options["scale"])
        except acceptance.NotEmpty as error:
            self.stderr.write(f"The database is not empty ({error}); nothing was written.")
            sys.exit(1)
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
