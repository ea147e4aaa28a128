import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stars.demo.loading.people import PASSWORD

PEOPLE = (
    ("Ilze Sūnkalne", "approved account with 500 €, no application yet"),
    ("Anna Krastmale", "an application that waits for its answer"),
    ("Mārtiņš Ogulejs", "admitted, one notice unread"),
    ("Aija Skujkalne", "has completed a programme"),
)
EMPLOYEE = ("lina.stirnleja@mcp.example", "employee of Mācību centrs plus, applications wait for an answer")
OFFICER = ("agate.tornkalne@agentura.example", "agency administrator, at /admin/")


class Command(BaseCommand):
    help = "Who can sign in to the demo, and how."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        logins: dict[str, Any] = {
            "people": [{"name": name, "shows": shows} for name, shows in PEOPLE],
            "anyone": "type any name and personal code at the sign-on to be somebody who has never been here",
            "employee": {"email": EMPLOYEE[0], "password": PASSWORD, "shows": EMPLOYEE[1]},
            "agency": {"email": OFFICER[0], "password": PASSWORD, "shows": OFFICER[1]},
        }
        if options["json"]:
            self.stdout.write(json.dumps(logins, ensure_ascii=False))
            return
        for person in logins["people"]:
            self.stdout.write(f"{person['name']}: {person['shows']}")
        for way in ("employee", "agency"):
            self.stdout.write(f"{logins[way]['email']} / {PASSWORD}: {logins[way]['shows']}")
