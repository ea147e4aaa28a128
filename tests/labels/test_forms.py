"""The label contract: each form as it is rendered, letter by letter against the manuals (screens.md 5 and 7)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html

from accounts.models import User
from funding.models import FundingSource
from tests.factories.accounts import ClientFactory, PolicyVersionFactory, UserFactory, agree
from tests.factories.applications import DraftFactory
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, ProgrammeOfferFactory, RoundFactory
from tests.labels.reading import Field, fields_of

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
ANSWERS = {"text", "select", "tick", "ticks", "one"}


def contract(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def answers(fields: list[Field]) -> list[Field]:
    return [field for field in fields if field.kind in ANSWERS]


def in_order(fields: list[Field], wanted: list[Field]) -> list[str]:
    """Labels of the page that the contract names, in the order of the page, each once."""
    names = {field.label for field in wanted}
    return list(dict.fromkeys(field.label for field in fields if field.label in names))


def person() -> User:
    PolicyVersionFactory.create(kind="terms")
    PolicyVersionFactory.create(kind="privacy")
    user: User = UserFactory.create()
    agree(user)
    return user


def test_registration(as_client: Callable[[User], Client]) -> None:
    wanted = [Field.wanted(row) for row in contract("registration")]
    response = as_client(person()).get("/registreties")
    found = fields_of(response.content)

    assert in_order(found, wanted) == [field.label for field in wanted]
    extra = {"Jūsu cita atbilde"}  # the words behind "Cita atbilde"
    asked = [field for field in answers(found) if field.label not in extra]
    assert asked[: len(answers(wanted))] == answers(wanted)
    assert len(asked) <= len(answers(wanted)) + 1
    assert "Saglabāt" in response.content.decode()


def test_profile_asks_the_same(as_client: Callable[[User], Client]) -> None:
    wanted = [Field.wanted(row) for row in contract("registration")]
    response = as_client(ClientFactory.create()).get("/profils/mans-profils")
    found = fields_of(response.content)
    assert [field for field in answers(found) if field in wanted] == answers(wanted)
    assert "Saglabāt" in response.content.decode()


def programme_under(source: str) -> Any:
    """Two venues (so that one must be chosen) and two periods."""
    paying = FundingSource.objects.get(code=source)
    programme = ProgrammeFactory.create(offer=False)
    ProgrammeOfferFactory.create(programme=programme, source=paying)
    other = ProgrammeFactory.create(institution=programme.institution, offer=False, group=False).venues.get()
    programme.venues.add(other)
    CourseGroupFactory.create(programme=programme, venue=other)
    RoundFactory.create(source=paying)
    return programme


@pytest.mark.parametrize("source", ["imk", "mn", "varam"])
def test_application(source: str, as_client: Callable[[User], Client]) -> None:
    wanted = [Field.wanted(row) for row in contract("application")[source]]
    programme = programme_under(source)
    client = ClientFactory.create()
    DraftFactory.create(client=client.person, programme=programme, source=FundingSource.objects.get(code=source))
    browser = as_client(client)
    pages = [browser.get(f"/pieteikums/jauns/{programme.number}/{source}/{step}") for step in (1, 2, 3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    steps = [fields_of(page.content) for page in pages]
    found = [field for step in steps for field in step]

    labels = [field.label for field in wanted]
    assert sorted(in_order(found, wanted)) == sorted(labels)
    for step in steps:  # declarations are gathered in the last step; within each step the manuals' order stays
        assert in_order(step, wanted) == [label for label in labels if label in in_order(step, wanted)]
    bare = [Field(field.label, field.kind, field.required) for field in answers(found)]
    expected = [Field(field.label, field.kind, field.required) for field in answers(wanted)]
    assert sorted(bare, key=repr) == sorted(expected, key=repr)
    for field in answers(wanted):
        if field.choices:
            assert field in found, field.label


# The approved drawing of the check page says the longest questions briefly; the form and the receipt word for word.
BRIEFLY = {
    "Lūdzu apstiprināt vai labot iepriekš sniegto informāciju par savu ekonomiskās aktivitātes statusu": (
        "Ekonomiskās aktivitātes statuss"
    ),
    "Lūdzu nosauciet profesiju, amatu darba vietā": "Profesija, amats darba vietā",
    "Lūdzu apstiprināt vai labot iepriekš sniegto informāciju par savu līdz šim iegūto izglītību (visaugstākā no iegūtajām "
    "izglītībām)": "Līdz šim iegūtā izglītība",
}


@pytest.mark.parametrize("source", ["imk", "mn", "varam"])
def test_the_check_page_shows_every_answer(source: str, as_client: Callable[[User], Client]) -> None:
    """What is sent is what was read: no question of the form is missing before the last press."""
    client = ClientFactory.create()
    programme = programme_under(source)
    paying = FundingSource.objects.get(code=source)
    draft = DraftFactory.create(client=client.person, programme=programme, source=paying)
    page = as_client(client).get(f"/pieteikums/{draft.reference}/parbaudit")
    assert page.status_code == 200
    shown = " ".join(html.fromstring(page.content.decode()).xpath("//main")[0].text_content().split())
    wanted = [row["label"] for row in contract("application")[source] if row["kind"] != "heading"]
    assert [label for label in wanted if BRIEFLY.get(label, label) not in shown] == []
