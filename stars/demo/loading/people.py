"""Registered people with their codes sealed, employees of institutions, staff of the agency."""

import base64
import hashlib
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import (
    ClientProfile,
    Consent,
    Institution,
    Membership,
    Person,
    PersonalCode,
    SecondFactor,
    User,
)
from accounts.selectors import current_policies
from funding.models import LearningAccount
from stars.classifiers.models import (
    EconomicStatus,
    EducationLevel,
    InformationSource,
    PlanningRegion,
    RegistrationReason,
    Sector,
)
from stars.kernel.actor import Actor, Role

from .calendar import Calendar, read
from .past import Told, write_past

PASSWORD = "Macos-Stars-2025!"  # noqa: S105 - the demo's one password; this app is never installed in production


def secret_of(email: str) -> str:
    """What this user's authenticator app knows: the same on every machine, for the demo only."""
    return base64.b32encode(hashlib.sha1(f"stars demo {email}".encode()).digest()).decode()  # noqa: S324 - no secret


Staff = list[tuple[User, dict[str, Any]]]


def load(calendar: Calendar) -> Staff:
    """Gives those who sign in by password, each with the row of the file."""
    _clients(calendar)
    return _staff()


def _person(row: dict[str, Any], calendar: Calendar) -> Person:
    first_name, last_name = row["names"]
    return Person(
        first_name=first_name,
        last_name=last_name,
        gender=row["gender"],
        created_at=calendar.moment(row["registered"], 10),
    )


def _clients(calendar: Calendar) -> None:
    rows = read("people")
    people = Person.objects.bulk_create(_person(row, calendar) for row in rows)
    pairs = list(zip(people, rows, strict=True))
    PersonalCode.objects.bulk_create(
        PersonalCode.of(person, code.replace("-", ""), is_current=place == 0)
        for person, row in pairs
        for place, code in enumerate(row["personal_codes"])
    )
    users = User.objects.bulk_create(
        User(person=person, created_at=person.created_at, password=make_password(None)) for person in people
    )
    policies = list(current_policies())
    Consent.objects.bulk_create(
        Consent(user=user, policy=policy, at=user.created_at) for user in users for policy in policies
    )
    _profiles(pairs, calendar)
    accounts = LearningAccount.objects.bulk_create(
        LearningAccount(person=person, opened_at=person.created_at) for person in people
    )
    write_past(
        told
        for user, account in zip(users, accounts, strict=True)
        for told in (
            Told(user.person, "register", at=user.created_at, by=client(user)),
            Told(account, "open", at=user.created_at, by=client(user), after="pending"),
        )
        if told.subject is not None
    )


def client(user: User) -> Actor:
    return Actor(role=Role.CLIENT, user_id=user.pk, person_id=user.person_id, label=user.label)


def _profiles(pairs: list[tuple[Person, dict[str, Any]]], calendar: Calendar) -> None:
    statuses = {status.code: status for status in EconomicStatus.objects.all()}
    levels = {level.code: level for level in EducationLevel.objects.all()}
    regions = {region.label: region for region in PlanningRegion.objects.all()}
    ClientProfile.objects.bulk_create(
        ClientProfile(
            person=person,
            email=row["email"],
            email_confirmed_at=calendar.moment(row["registered"], 10, 12),
            phone=row["phone"],
            economic_status=statuses[row["status"]],
            education=levels[row["education"]],
            low_income=row["low_income"],
            region=regions[row["region"]],
            profession=row["profession"],
            workplace=row["workplace"] or "",
            registered_at=person.created_at,
        )
        for person, row in pairs
    )
    _ticks(
        pairs,
        "registration_reasons",
        "reasons",
        {reason.code: reason.pk for reason in RegistrationReason.objects.all()},
    )
    _ticks(pairs, "sectors", "sectors", {sector.number: sector.pk for sector in Sector.objects.all()})
    _ticks(
        pairs, "information_sources", "heard", {source.code: source.pk for source in InformationSource.objects.all()}
    )


def _ticks(pairs: list[tuple[Person, dict[str, Any]]], field: str, key: str, keys: dict[Any, int]) -> None:
    """The rows of one many-to-many field of all profiles in one statement."""
    through = getattr(ClientProfile, field).through
    target = getattr(ClientProfile, field).field.m2m_reverse_field_name()
    through.objects.bulk_create(
        through(clientprofile_id=person.pk, **{f"{target}_id": keys[value]})
        for person, row in pairs
        for value in row[key]
    )


def _staff() -> Staff:
    rows = read("staff")
    institutions = {institution.code: institution for institution in Institution.objects.all()}
    hashed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=row["email"],
            name=row["name"],
            password=hashed,
            is_staff=row["role"] == "officer",
            is_superuser="administrator" in row.get("duties", []),
        )
        for row in rows
    )
    Membership.objects.bulk_create(
        Membership(user=user, institution=institutions[row["institution"]], role=row["role"])
        for user, row in zip(users, rows, strict=True)
        if row["institution"]
    )
    SecondFactor.objects.bulk_create(
        SecondFactor.of(user, secret_of(row["email"]), last_step=-1)
        for user, row in zip(users, rows, strict=True)
        if row["role"] in {"administrator", "officer"}
    )
    policies = list(current_policies())
    Consent.objects.bulk_create(Consent(user=user, policy=policy) for user in users for policy in policies)
    return list(zip(users, rows, strict=True))
