"""`python -m tests.faults.people COUNT PLACES`: clients, a programme and its employee for a portal that runs, as JSON."""

import json
import secrets
import sys
from typing import Any

import django

django.setup()

from accounts.models import User  # noqa: E402
from tests.factories.accounts import ClientFactory, ProviderFactory  # noqa: E402
from tests.factories.catalog import ProgrammeFactory  # noqa: E402
from tests.factories.funding import approved_account, imk  # noqa: E402


def main(count: int, places: int) -> dict[str, Any]:
    run = secrets.token_hex(3)
    programme = ProgrammeFactory.create(
        number=7_000_000 + secrets.randbelow(900_000), group__capacity=places, group__minimum=1
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


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201
