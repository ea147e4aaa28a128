"""The state's registers: a question by POST, a strict answer, and nothing else (terms 26.1; reliability.md 7, D1 and D2).

Nothing here touches the database. Whatever a register does wrong becomes one `Unanswered` with a word for the log;
"no answer" is never "no".
"""

import json
from collections.abc import Mapping

from django.conf import settings

from .answers import ALIVE, AddressAnswer, Answer, nothing_known, read, read_address
from .judging import Declared, judge
from .refusals import NotKnown, Unanswered, WrongPerson
from .transport import post
from .wording import in_words

__all__ = [
    "ALIVE",
    "AddressAnswer",
    "Answer",
    "Declared",
    "NotKnown",
    "Unanswered",
    "WrongPerson",
    "ask",
    "ask_address",
    "in_words",
    "is_configured",
    "judge",
    "nothing_known",
]


def address_of(registry: str) -> str:
    """The fixed address of a register; empty where this portal is not connected to it."""
    addresses: Mapping[str, str] = settings.STARS_REGISTRY_URLS
    return addresses.get(registry, "")


def is_configured(registry: str) -> bool:
    return bool(address_of(registry))


def ask(registry: str, digits: str, *, request_id: str) -> Answer:
    """What the register says of the person with this code, within 5 seconds in all.

    The code travels in the body over a verified connection, never in an address (COD-04). Raises NotKnown where the
    register has nobody under this code, WrongPerson where it answers about somebody else, Unanswered for all the rest.
    """
    base = address_of(registry)
    if not base:
        raise Unanswered("not_connected")
    question = json.dumps({"personal_code": digits}).encode()
    body = post(f"{base}/person", question, request_id=request_id)
    return read(registry, body, digits=digits)


def ask_address(address: str, *, institution_number: str, request_id: str) -> AddressAnswer:
    """Whether the education register knows this address of an institution (seed 003, step 1). Raises Unanswered."""
    base = address_of("viis")
    if not base:
        raise Unanswered("not_connected")
    question = json.dumps({"institution_number": institution_number, "address": address}).encode()
    try:
        body = post(f"{base}/address", question, request_id=request_id)
    except NotKnown as error:  # this question is answered with yes or no
        raise Unanswered("status_404") from error
    return read_address(body, address=address)
