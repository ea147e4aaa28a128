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
ASSESSOR = ("katrina.menesupe@etv.example", "employee and skills assessor; change the role in the menu")
COMMISSION = ("inguna.vertskalne@komisija.example", "member of the evaluation commission")
OFFICERS = (
    ("zenija.pulkstenite@agentura.example", "approver: two institutions and a coordinator wait; asks for a code"),
    ("karina.lapmale@agentura.example", "finance; asks for a code"),
    ("arija.malupe@agentura.example", "content; asks for a code"),
    ("betija.raksta@agentura.example", "evaluator; asks for a code"),
    ("selga.jurzvaigzne@agentura.example", "security; asks for a code"),
    ("agate.tornkalne@agentura.example", "administrator; asks for a code"),
)
WORKERS = (
    ("coordinator", "Zane Liepziede", "coordinator of Mārupes novads"),
    ("coordinator", "Sandra Ķiršlape", "coordinator of Dobeles novads"),
    ("consultant", "Evita Ievkalne", "independent career consultant"),
    ("consultant", "Ieva Saulgrieze", "career consultant of Mācību centrs plus"),
)


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
            "assessor": {"email": ASSESSOR[0], "password": PASSWORD, "shows": ASSESSOR[1]},
            "commission": {"email": COMMISSION[0], "password": PASSWORD, "shows": COMMISSION[1]},
            "agency": [{"email": email, "password": PASSWORD, "shows": shows} for email, shows in OFFICERS],
            "workers": [{"who": who, "name": name, "shows": shows} for who, name, shows in WORKERS],
        }
        factors = SecondFactor.objects.select_related("user").order_by("user__name")
        logins["codes"] = [{"name": one.user.name, "email": one.user.email, "secret": one.secret} for one in factors]
        if options["json"]:
            self.stdout.write(json.dumps(logins, ensure_ascii=False))
            return
        for person in logins["people"]:
            self.stdout.write(f"{person['name']}: {person['shows']}")
        for person in logins["workers"]:
            self.stdout.write(f"{person['name']}: {person['shows']}")
        ways = [logins[way] for way in ("employee", "administrator", "assessor", "commission")]
        for one in [*ways, *logins["agency"]]:
            self.stdout.write(f"{one['email']} / {PASSWORD}: {one['shows']}")
