"""AC-02: the same seed gives the same portal, with two of everybody and an application in every state."""

import io
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import totp
from accounts.models import Consent, PersonalCode, User
from accounts.selectors import actor_of, is_obliged, needs_consent
from accounts.services import pass_second_step
from applications import questions, services
from applications.models import Application
from applications.states import State
from calls.states import OfferState
from catalog.models import CourseGroup, ProgrammeOffer
from stars.pages import invariants
from tests.factories.applications import DraftFactory, complete_answers
from tests.strict import reference

# Hold chance by design: ciphertext and salt.
CHANCE = {
    ("accounts_personalcode", "sealed"),
    ("accounts_registryfact", "sealed"),
    ("accounts_secondfactor", "sealed"),
    ("accounts_user", "password"),
    ("catalog_coursegroup", "turned_in"),  # the number of a transaction
    ("catalog_catalogueversion", "version"),  # counts the clearing between two sets too
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def seeded(seed: int = 7) -> dict[str, Any]:
    out = io.StringIO()
    call_command("seed_acceptance", "--seed", str(seed), stdout=out)
    said: dict[str, Any] = json.loads(out.getvalue())
    return said


def everything() -> dict[str, list[str]]:
    """Every row of every table but what holds chance, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.django_table_names(only_existing=True, include_views=False)):
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            names = ", ".join(f'"{column}"::text' for column in columns if (table, column) not in CHANCE)
            cursor.execute(f"SELECT concat_ws('|', {names}) FROM \"{table}\" ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.mark.django_db(transaction=True)
def test_ac_02_the_same_seed_gives_the_same_rows_and_json_on_any_day() -> None:
    first, first_rows = seeded(), everything()
    reference.restore()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        second, second_rows = seeded(), everything()
    assert second == first
    assert [table for table in first_rows if first_rows[table] != second_rows[table]] == []
    reference.restore()
    assert seeded(8) != first


@pytest.mark.django_db
def test_ac_02_two_of_every_role_and_an_application_in_every_state() -> None:
    said = seeded()
    roles = Counter(user["role"] for user in said["users"])
    assert set(roles) == {
        "client",
        "newcomer",
        "provider_administrator",
        "provider_employee",
        "agency_admin",
        "agency_staff",
        "agency_evaluator",
        "commission_member",
    }
    assert min(roles.values()) >= 2
    members = [user for user in said["users"] if user["role"].startswith("provider")]
    assert len({user["institution"] for user in members}) == len({user["municipality"] for user in members}) == 2
    states = Counter(one["state"] for one in said["objects"]["applications"])
    assert states == dict.fromkeys(State.values, 2)
    assert {0, 1} <= {group["free"] for group in said["objects"]["groups"] if group["state"] == "forming"}
    assert {window["when"] for window in said["objects"]["windows"]} == {"past", "open", "to_come"}
    assert {call["when"] for call in said["objects"]["calls"]} == {"past", "open"}
    assert len({offer["institution"] for offer in said["objects"]["offers"]}) == 2
    assert {offer["state"] for offer in said["objects"]["offers"]} == set(OfferState.values)
    assert {one["state"] for one in said["objects"]["offered_programmes"]} == set(OfferState.values) - {"draft"}
    assert len(said["objects"]["commission"]) == 2
    assert {account["state"] for account in said["objects"]["ledger_accounts"]} == {"pending", "approved", "refused"}


@pytest.mark.django_db
def test_ac_02_breaks_no_invariant() -> None:
    seeded()
    assert invariants.check() == []


@pytest.mark.django_db
def test_ac_02_who_is_named_can_sign_in_and_go_on() -> None:
    said = {user["key"]: user for user in seeded()["users"]}
    for user in said.values():
        if user["sign_in"] == "password":
            found = authenticate(None, username=user["email"], password=user["password"])
            assert isinstance(found, User)
            assert bool(user["totp_secret"]) == is_obliged(found)
            if user["totp_secret"]:
                shown = totp.code_at(user["totp_secret"], totp.step_of(timezone.now()))
                assert pass_second_step(user_id=found.pk, code=shown, address="198.51.100.7") == found
        elif user["role"] == "client":
            code = PersonalCode.objects.matching(user["personal_code"].replace("-", "")).get()
            assert code.clear == user["personal_code"].replace("-", "")
            assert not needs_consent(code.person.user)
    assert Consent.objects.exists()


@pytest.mark.django_db
def test_ac_02_the_portal_works_on_from_there() -> None:
    """Rows made afterwards get ids of their own, and an application can be sent."""
    said = {user["key"]: user for user in seeded()["users"]}
    client = PersonalCode.objects.matching(said["approved_1"]["personal_code"].replace("-", "")).get().person
    group = CourseGroup.objects.filter(state="forming", taken=0, programme__offers__source__code="imk").order_by("pk")[
        0
    ]
    offer = ProgrammeOffer.objects.get(programme=group.programme, source__code="imk")
    answers = complete_answers(group.programme, group="", venue=str(group.venue_id))
    draft = DraftFactory(client=client, programme=group.programme, source=offer.source, answers=answers)
    mark = questions.fingerprint(offer.programme_id, offer.source_id, offer.price_cents, draft.answers)
    by = actor_of(User.objects.get(person=client))
    sent = services.submit(reference=draft.reference, fingerprint=mark, arrived_at=timezone.now(), by=by)
    assert Application.objects.filter(number=sent.number).count() == 1
    assert invariants.check() == []


@pytest.mark.django_db
def test_ac_02_a_database_with_rows_is_refused() -> None:
    seeded()
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("seed_acceptance", "--seed", "7", stdout=io.StringIO(), stderr=err)
    assert ended.value.code == 1
    assert "not empty" in err.getvalue()
