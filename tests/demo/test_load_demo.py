"""The demo looks like life, and everything that must be true is true of it."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Institution, Person, Registration, Right, User
from accounts.selectors import actor_of, contexts_of, is_obliged
from accounts.services import pass_second_step
from applications.models import Application
from applications.states import State
from calls.models import Call
from catalog.models import ApplicationRound, CourseGroup, Programme
from funding.models import LearningAccount
from stars.demo import loading
from stars.demo.loading.calendar import Calendar
from stars.demo.loading.people import PASSWORD
from stars.demo.management.commands import demo_logins
from stars.files.contents import look
from stars.files.contents.kinds import DOCX
from stars.files.models import StoredFile
from stars.kernel.actor import Duty, Role
from stars.notices.models import Delivery
from stars.pages import invariants


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """What loading the demo said. It is loaded once for all tests here and rolled back after the last."""
    media, around = tmp_path_factory.mktemp("media"), transaction.atomic()
    # As Django marks its own: what is done inside is not inside a transaction of the code under test.
    around._from_testcase = True  # type: ignore[attr-defined]
    with override_settings(MEDIA_ROOT=str(media)), django_db_blocker.unblock(), around:
        said = io.StringIO()
        call_command("load_demo", stdout=said)
        yield said.getvalue().splitlines()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_demo_loads_once_looks_like_life_and_breaks_nothing(loaded: list[str]) -> None:
    assert len(loaded) >= 4

    assert invariants.check() == []

    assert (Institution.objects.count(), Programme.objects.published().count(), CourseGroup.objects.count()) == (
        20,
        110,
        271,
    )
    assert Person.objects.count() == 60
    assert set(Application.objects.values_list("state", flat=True)) == set(State.values)
    assert set(LearningAccount.objects.values_list("state", flat=True)) == {"pending", "approved", "refused"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}

    now = timezone.now()
    assert set(ApplicationRound.objects.open_at(now).values_list("source__code", flat=True)) == {"imk", "mn", "varam"}
    assert ApplicationRound.objects.filter(closes_at__lt=now).exists()
    assert Application.objects.filter(submitted_at__gt=now).count() == 0
    forming = CourseGroup.objects.filter(state="forming", taken__gt=0)
    assert {0, 1, 2, 3} <= {group.free for group in forming}

    for call in Call.objects.all():
        assert {"Nolikums", *(f"Nolikuma {one}. pielikums" for one in (2, 3, 4))} <= {
            paper.title.partition(":")[0] for paper in call.documents.all()
        }
    for paper in StoredFile.objects.filter(display_name__endswith=".docx"):
        with default_storage.open(paper.path) as content:
            assert look(content, name=paper.display_name).kind is DOCX

    several = Programme.objects.get(number=817)
    assert set(several.offers.values_list("source__code", flat=True)) == {"mn", "imk"}
    assert Programme.objects.get(number=7).offers.get().source.code == "varam"

    assert not loading.load(loaded.append)
    assert Programme.objects.count() == 110


@pytest.mark.django_db
def test_everybody_who_is_named_can_sign_in(loaded: list[str]) -> None:
    out = io.StringIO()
    call_command("demo_logins", "--json", stdout=out)
    logins = json.dumps(json.loads(out.getvalue()), ensure_ascii=False)
    named = [person for person in Person.objects.all() if person.full_name in logins]
    assert len(named) >= 3
    by_mail = [user for user in User.objects.exclude(email=None) if str(user.email) in logins]
    assert len(by_mail) >= 3
    assert {user.is_staff for user in by_mail} == {True, False}
    for user in by_mail:
        assert authenticate(None, username=user.email, password=PASSWORD) == user


@pytest.mark.django_db
def test_whose_role_demands_a_code_has_one_at_hand(loaded: list[str]) -> None:
    out = io.StringIO()
    call_command("demo_code", stdout=out)
    shown = {line.split()[1]: line.split()[0] for line in out.getvalue().splitlines()}
    obliged = [user for user in User.objects.exclude(email=None) if is_obliged(user)]
    assert set(shown) == {user.email for user in obliged}
    officer = User.objects.get(email=demo_logins.OFFICERS[0][0])
    assert pass_second_step(user_id=officer.pk, code=shown[str(officer.email)], address="198.51.100.7") == officer
    one = io.StringIO()
    call_command("demo_code", str(officer.email), stdout=one)
    assert one.getvalue().split()[1] == officer.email


@pytest.mark.django_db
def test_what_is_promised_of_the_named_people_is_true(loaded: list[str]) -> None:

    def states_of(name: str) -> list[str]:
        first_name, last_name = name.split()
        return list(
            Application.objects.filter(client__first_name=first_name, client__last_name=last_name)
            .order_by("pk")
            .values_list("state", flat=True)
        )

    promised = dict(demo_logins.PEOPLE)
    assert {name: states_of(name) for name in promised} == {
        "Ilze Sūnkalne": [],
        "Anna Krastmale": [State.SUBMITTED],
        "Mārtiņš Ogulejs": [State.ADMITTED],
        "Aija Skujkalne": [State.COMPLETED],
    }
    assert LearningAccount.objects.get(person__first_name="Ilze", person__last_name="Sūnkalne").state == "approved"
    employee = User.objects.get(email=demo_logins.EMPLOYEE[0])
    institution = employee.memberships.get().institution
    assert Application.objects.filter(programme__institution=institution, state=State.SUBMITTED).count() >= 2


@pytest.mark.django_db
def test_there_is_somebody_of_every_role_and_somebody_who_waits(loaded: list[str]) -> None:
    roles = {one.actor.role for user in User.objects.all() for one in contexts_of(user)}
    assert roles == set(Role) - {Role.ANONYMOUS, Role.SYSTEM}
    duties = {duty for user in User.objects.filter(is_staff=True) for duty in actor_of(user).duties}
    assert duties == set(Duty)
    for who, name, _shows in demo_logins.WORKERS:
        [person] = [one for one in Person.objects.all() if one.full_name == name]
        assert {one.actor.role.value for one in contexts_of(person.user)} == {"client", who}
    waiting = Registration.objects.filter(state="waiting")
    assert sorted(waiting.values_list("kind", flat=True)) == ["employee", "institution", "institution"]
    assert any(one.is_overdue for one in waiting)
    assert Right.objects.filter(state="waiting").count() == 2
    coordinators = Right.objects.in_force().filter(kind="coordinator")
    assert coordinators.values("municipality").distinct().count() == 2


@pytest.mark.parametrize("today", [date(2025, 6, 12), date(2026, 1, 1), date(2028, 2, 29), date(2026, 10, 25)])
def test_the_base_is_a_monday_some_days_ago(today: date) -> None:
    base = Calendar(today).base
    assert base.weekday() == 0
    assert 3 <= (today - base).days <= 9
