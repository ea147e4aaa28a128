"""`python -m tests.faults.people`: does by a portal's own code what a test asks for, one JSON line in, one out.

One process for many questions: the start of Django is what costs.
"""

import json
import secrets
import sys
import traceback
from collections.abc import Callable
from typing import Any
from uuid import UUID

import django

django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from stars.kernel import alarms  # noqa: E402
from stars.pages import invariants  # noqa: E402
from tests.factories.accounts import ClientFactory, InstitutionFactory, ProviderFactory  # noqa: E402
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, VenueFactory  # noqa: E402
from tests.factories.funding import approved_account, imk  # noqa: E402


def people(count: int, places: int) -> dict[str, Any]:
    run = secrets.token_hex(3)
    for one in (InstitutionFactory, VenueFactory, ProgrammeFactory, CourseGroupFactory, ProviderFactory, ClientFactory):
        one.reset_sequence(1_000_000 + secrets.randbelow(2**30), force=True)  # a portal is filled by many runs of this
    programme = ProgrammeFactory.create(
        number=7_000_000 + secrets.randbelow(90_000_000), group__capacity=places, group__minimum=1
    )
    password = f"Parole-{secrets.token_hex(8)}"
    employee = ProviderFactory.create(
        membership__institution=programme.institution, email=f"darbinieks-{run}@iestade.example"
    )
    employee.set_password(password)
    employee.save()
    return {
        "programme": programme.number,
        "group": programme.groups.get().pk,
        "source": imk().code,
        "employee": {"email": employee.email, "password": password},
        "clients": [_client(run, number) for number in range(count)],
    }


def _client(run: str, number: int) -> dict[str, str]:
    code = f"3{2 + secrets.randbelow(8)}{secrets.randbelow(10**9):09d}"
    user: User = ClientFactory.create(person__code=code, profile__email=f"cilveks-{run}-{number}@pasts.example")
    assert user.person is not None
    approved_account(user.person)
    return {
        "name": user.person.full_name,
        "code": code,
        "email": f"cilveks-{run}-{number}@pasts.example",
        "person": str(user.person.pk),
    }


def check(acked: list[dict[str, str]]) -> dict[str, Any]:
    """As `check_invariants --json --acked`."""
    told = [invariants.Acknowledged(UUID(one["reference"]), one["number"]) for one in acked]
    with invariants.snapshot():
        found = invariants.check(told)
    return {"asked": [*invariants.RULES, "I3"], "breaches": [breach.as_json() for breach in found]}


def ring() -> list[str]:
    cache.clear()
    return [alarm.name for alarm in alarms.ringing()]


ANSWERS: dict[str, Callable[..., Any]] = {"people": people, "check": check, "alarms": ring}

if __name__ == "__main__":
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: Any = {"answer": ANSWERS[asked.pop("what")](**asked)}
        except Exception:  # noqa: BLE001 - whatever it is, the test shows it
            answer = {"error": traceback.format_exc()}
        connection.close()  # the test may take the database away until the next question
        print(json.dumps(answer), flush=True)  # noqa: T201
