from typing import Any

from django.core.management.base import BaseCommand

from stars.demo import loading


class Command(BaseCommand):
    help = "Loads the demo; where it is there already, nothing changes."

    def handle(self, *args: Any, **options: Any) -> None:
        if not loading.load(lambda words: self.stdout.write(f"  {words}")):
            self.stdout.write("  the demo is there already")
