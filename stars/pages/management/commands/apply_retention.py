from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.kernel.actor import Actor
from stars.pages import services


class Command(BaseCommand):
    help = "What is past its time goes (GDP-02). With --dry-run nothing goes, and the report says what would."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in services.apply_retention(by=Actor.system("apply_retention"), dry_run=options["dry_run"]):
            self.stdout.write(f"{line.subject}: {line.number} (after {line.days} days)")
