"""What institutions and employees type when they register, for the tests of every verb of it."""

import re
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.selectors import current_policies
from stars.demo import signing
from stars.notices.models import Delivery

GOOD = "Zilonis-7-kalns"
INSTITUTION, EMPLOYEE = "/provider/registracija", "/provider/registracija/darbinieks"


@cache
def statement() -> bytes:
    return signing.signed_container(signing.signer("Vita Kalniņa", code="010190-12345"), {"apliecinājums.txt": b"Jo"})


def signed_file(name: str = "apliecinājums.edoc") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, statement())


def _agreed() -> dict[str, Any]:
    return {"agreed": "on", "shown": ",".join(str(one.pk) for one in current_policies()) or "0"}


def institution(**changes: Any) -> dict[str, Any]:
    """The form of /provider/registracija, filled in well."""
    fields = {
        "institution_name": "Rīgas Jaunā tehnikuma skola",
        "company_number": "40003 123 456",
        "institution_number": "3334567890",
        "name": "Vita Kalniņa",
        "email": "vita@jauna.example",
        "password": GOOD,
        "statement": signed_file(),
    }
    return {name: value for name, value in (fields | _agreed() | changes).items() if value is not None}


def employee(name_of_institution: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "name": "Jānis Ābele",
        "institution": name_of_institution,
        "email": "janis@jauna.example",
        "password": GOOD,
    }
    return {name: value for name, value in (fields | _agreed() | changes).items() if value is not None}


def link_to(email: str) -> str:
    """The path of the newest link that was mailed to this address."""
    text = Delivery.objects.filter(address=email).order_by("-pk")[0].text
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def registered(browser: Client | None = None, **changes: Any) -> str:
    """An institution has sent the form; gives the path of its link."""
    answer = (browser or Client()).post(INSTITUTION, institution(**changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return link_to(changes.get("email", "vita@jauna.example"))
