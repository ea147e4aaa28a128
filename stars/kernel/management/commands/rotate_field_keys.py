from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.kernel import keys


class Command(BaseCommand):
    help = (
        "Seals every sealed column anew under the first of STARS_FIELD_KEYS (COD-03). May be stopped and begun again; "
        "search works throughout. When it says that nothing is left, the old key may go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=keys.BATCH, help="rows a transaction")
        parser.add_argument("--dry-run", action="store_true", help="only tell how much is left")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            done = sum(keys.rotate(batch=options["batch"]))
            self.stdout.write(f"{done} sealed anew")
        for column, count in keys.left().items():
            self.stdout.write(f"{column}: {count} left")
