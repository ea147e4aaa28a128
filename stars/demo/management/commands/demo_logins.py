import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import SecondFactor
from stars.demo.loading.people import PASSWORD

PEOPLE = (
    ("Ilze Sūnkalne", "approved account with 500 €, no application yet"),
    ("Anna Krastmale", "an application that waits for its answer"),
    ("Mārtiņš Ogulejs", "admitted, one notice unread"),
    ("Aija Skujkalne", "has completed a programme"),
)
ADMINISTRATOR = ("evija.lapkalne@mcp.example", "administrator of Mācību centrs plus; asks for a code")
EMPLOYEE = ("lina.stirnleja@mcp.example", "employee of Mācību centrs plus, applications wait for an answer")
OFFICER = ("agate.tornkalne@agentura.example", "agency administrator, at /admin/; asks for a code")


class Command(BaseCommand):
    help = "Who can sign in to the demo, and how."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        logins: dict[str, Any] = {
            "people": [{"name": name, "shows": shows} for name, shows in PEOPLE],
            "anyone": "type any name and personal code at the sign-on to be somebody who has never been here",
            "employee": {"email": EMPLOYEE[0], "password": PASSWORD, "shows": EMPLOYEE[1]},
            "administrator": {"email": ADMINISTRATOR[0], "password": PASSWORD, "shows": ADMINISTRATOR[1]},
            "agency": {"email": OFFICER[0], "password": PASSWORD, "shows": OFFICER[1]},
        }
        factors = SecondFactor.objects.select_related("user").order_by("user__name")
        logins["codes"] = [{"name": one.user.name, "email": one.user.email, "secret": one.secret} for one in factors]
        if options["json"]:
            self.stdout.write(json.dumps(logins, ensure_ascii=False))
            return
        for person in logins["people"]:
            self.stdout.write(f"{person['name']}: {person['shows']}")
        for way in ("employee", "administrator", "agency"):
            self.stdout.write(f"{logins[way]['email']} / {PASSWORD}: {logins[way]['shows']}")
