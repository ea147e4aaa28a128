"""Run by bin/serve in a process of its own: migrations and the demo, in one start of Django."""

import io
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(logins: Path) -> None:
    """Bring the database up to date, load the demo, and write who can sign in to `logins`."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    print("migrated", flush=True)
    call_command("load_demo", verbosity=0)
    told = io.StringIO()
    call_command("demo_logins", "--json", stdout=told)
    logins.write_text(told.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
