import gzip
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.passwords import frequent, making


class Command(BaseCommand):
    help = "Writes the list of frequent passwords from the words in accounts/passwords/words; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        entries = making.dressed(frequent.listed())
        text = "".join(f"{entry}\n" for entry in entries)
        if options["check"]:
            kept = gzip.decompress(frequent.LIST.read_bytes()).decode()
            if kept != text:
                raise CommandError("The list is not what the words give; run manage.py frequent_passwords")
            return
        frequent.LIST.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        self.stdout.write(f"{len(entries)} passwords, {frequent.LIST.stat().st_size} bytes")
