"""Natural persons, their users and profiles."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.models import ClientProfile, Person, PersonalCode, User

ADULT_AT = 18  # years: who is younger opens no profile


def profile_of(person_id: UUID) -> ClientProfile | None:
    return (
        ClientProfile.objects.select_related("person", "economic_status", "education", "region")
        .filter(person_id=person_id)
        .first()
    )


def is_registered(user: User) -> bool:
    """A client who has filled in the registration form."""
    return user.person is not None and hasattr(user.person, "profile")


def user_of(person_id: UUID) -> User | None:
    return User.objects.select_related("person").filter(person_id=person_id).first()


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Names of users as they are now: the trails keep numbers (GDP-03). One query."""
    return {user.pk: user.label for user in User.objects.select_related("person").filter(pk__in=user_ids)}


def grown_up_on(person: Person) -> date | None:
    """The day somebody who is too young for a profile turns 18; None for everybody else.

    By the birth date of the register (COD-05): what it has not told, or what is disputed, keeps nobody out (I15, D2).
    """
    born = person.birth_date
    if born is None:
        return None
    year = born.year + ADULT_AT
    is_leap_day = (born.month, born.day) == (2, 29)
    day = date(year, 3, 1) if is_leap_day else born.replace(year=year)  # 18 years after a leap day there is none
    return day if day > timezone.localdate() else None


def owners_of(digits: list[str]) -> list[UUID]:
    """The people who have or had any of these personal codes (SSO-10); mostly one or none."""
    found: set[UUID] = set()
    for code in digits:
        found.update(PersonalCode.objects.matching(code).values_list("person_id", flat=True))
    return sorted(found)
