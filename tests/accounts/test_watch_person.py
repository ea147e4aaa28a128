"""AUD-03: too many looks, looks at one's own family and at people who are watched ring; security sees which they were."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Person
from stars.kernel import alarms, audit
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.kernel.secrets import blind_index
from tests.conftest import signed_in
from tests.factories.accounts import AgencyOfficerFactory, ClientFactory, CoordinatorFactory, PersonFactory
from tests.factories.registries import StaffTieFactory

pytestmark = pytest.mark.django_db
GUARD = Actor(role=Role.AGENCY, user_id=None, duties=frozenset({"security"}))  # type: ignore[arg-type]


def ringing() -> dict[str, int]:
    return {one.name: one.count for one in alarms.ringing() if one.name.startswith("looks_")}


def officer(name: str = "Ilze Zaķe") -> Actor:
    user = AgencyOfficerFactory.create(name=name, duties=["approver"])
    return Actor(role=Role.AGENCY, user_id=user.pk, label=user.label)


def looked(by: Actor, number: int, *, minutes_ago: float = 1.0, is_list: bool = False) -> list[Person]:
    """So many different people, opened at one moment."""
    people = [Person(first_name="Ēriks", last_name=f"Uzvārds{one}") for one in range(number)]
    Person.objects.bulk_create(people)
    at = timezone.now() - timedelta(minutes=minutes_ago)
    AccessEntry.objects.bulk_create(
        AccessEntry(
            person_id=one.pk,
            actor_role="agency",
            actor_user_id=by.user_id,
            what="x",
            purpose="x",
            at=at,
            is_list=is_list,
        )
        for one in people
    )
    return people


def test_aud_03_more_than_a_hundred_people_opened_in_an_hour_ring_and_a_hundred_do_not() -> None:
    by = officer()
    looked(by, 100, minutes_ago=50)
    assert ringing() == {}
    looked(by, 1)
    assert ringing() == {"looks_many": 1}


def test_aud_03_the_hour_slides_and_a_look_of_the_hour_before_counts_no_more() -> None:
    by = officer()
    looked(by, 100, minutes_ago=70)
    looked(by, 1)
    assert ringing() == {}


def test_aud_03_an_alarm_of_the_night_still_rings_in_the_morning_and_not_the_day_after() -> None:
    looked(officer(), 101, minutes_ago=10 * 60)
    assert ringing() == {"looks_many": 1}
    looked(officer("Juris Vilks"), 101, minutes_ago=24 * 60 + 1)
    assert ringing() == {"looks_many": 1}


def test_aud_03_lines_of_lists_one_person_again_and_other_users_are_counted_apart() -> None:
    by = officer()
    looked(by, 200, is_list=True)
    looked(by, 60)
    looked(officer("Juris Vilks"), 60)
    [person] = looked(by, 1, minutes_ago=55)
    for _ in range(60):
        audit.note_read(person.pk, by=by, what="x", purpose="x")
    assert ringing() == {}


@pytest.mark.parametrize(
    ("officer_s", "client_s", "rings"),
    [
        ("Ilze Bērziņa", "Bērziņš", True),
        ("Ilze Bērziņa", "BĒRZIŅA", True),
        ("Jānis Lācis", "Lāce", True),
        ("Ilze Bērziņa-Kalna", "Bērziņa", False),
        ("Ilze Bērziņa", "Bērza", False),
    ],
)
def test_aud_03_opening_somebody_of_one_s_own_surname_rings(officer_s: str, client_s: str, *, rings: bool) -> None:
    person = PersonFactory.create(last_name=client_s)
    audit.note_read(person.pk, by=officer(officer_s), what="x", purpose="x")
    assert ringing() == ({"looks_near": 1} if rings else {})


def test_aud_03_a_coordinator_s_own_surname_is_that_of_the_register() -> None:
    coordinator = CoordinatorFactory.create(person__last_name="Egle")
    by = Actor(role=Role.COORDINATOR, user_id=coordinator.pk, person_id=coordinator.person_id)
    audit.note_read(PersonFactory.create(last_name="Eglis").pk, by=by, what="x", purpose="x")
    assert ringing() == {"looks_near": 1}


def test_aud_03_a_declared_relative_rings_whatever_the_surname() -> None:
    by, person = officer(), ClientFactory.create(person__code="01019012345", person__last_name="Ozola").person
    audit.note_read(person.pk, by=by, what="x", purpose="x")
    assert ringing() == {}
    StaffTieFactory.create(user_id=by.user_id, digest=blind_index("01019012345"))
    assert ringing() == {"looks_near": 1}


def test_aud_03_somebody_watched_rings_from_then_until_security_ends_it() -> None:
    guard = AgencyOfficerFactory.create(duties=["security"], name="Ilze Zaķe")
    person = ClientFactory.create(person__last_name="Ozola").person
    browser = signed_in(Client(), guard)
    address = f"/admin/accounts/person/{person.pk}/"
    assert browser.post(f"{address}decide/watch/", {"words": "Pazīstama persona."}).status_code == 302
    person.refresh_from_db()
    assert person.is_watched
    assert AuditEntry.objects.get(action="watch").data == {"reason": "Pazīstama persona."}
    assert ringing()["looks_near"] > 0
    page = browser.get("/admin/kernel/accessentry/?neparasts=looks_near")
    assert {row.person_id for row in page.context["cl"].result_list} == {person.pk}
    assert browser.post(f"{address}decide/unwatch/", {"words": "Vairs nav."}).status_code == 302
    assert ringing() == {}


def test_aud_03_only_security_sees_and_says_who_is_watched() -> None:
    person = ClientFactory.create().person
    page = signed_in(Client(), AgencyOfficerFactory.create(duties=["approver"])).get(
        f"/admin/accounts/person/{person.pk}/change/"
    )
    assert page.status_code == 200
    assert "decide/watch" not in page.content.decode()
    for by in (officer(), Actor()):
        with pytest.raises(NotPermitted):
            services.watch_person(person_id=person.pk, is_watched=True, words="x", by=by)
    with pytest.raises(DomainError):
        services.watch_person(person_id=person.pk, is_watched=False, words="x", by=GUARD)


def test_aud_03_lists_of_the_admin_are_marked_and_pages_are_not() -> None:
    person = ClientFactory.create().person
    browser = signed_in(Client(), AgencyOfficerFactory.create(duties=["security"]))
    browser.get("/admin/accounts/person/")
    browser.get(f"/admin/accounts/person/{person.pk}/change/")
    assert list(AccessEntry.objects.about(person.pk).order_by("pk").values_list("is_list", flat=True)) == [True, False]
